#include "lsp/protocol/migration_results.h"

#include "analyzer/rollback/risk.h"
#include "lsp/protocol/write_values.h"

namespace belay::lsp {
namespace {

void write_strings(JsonWriter& w, std::string_view key, const std::vector<std::string>& texts) {
  w.key(key);
  write_array(w, texts, [&](const std::string& text) { w.string(text); });
}

void write_place(JsonWriter& w, std::string_view key, const std::optional<Location>& place) {
  if (!place) return;
  w.key(key);
  write(w, *place);
}

void write_migration(JsonWriter& w, const ListedMigration& m) {
  w.begin_object();
  w.member("id", m.id);
  w.member("version", m.version);
  w.member("name", m.name);
  write_place(w, "up", m.up);
  write_place(w, "down", m.down);
  if (!m.verdict.empty()) {
    w.key("verdict");
    w.begin_object();
    w.member("word", m.verdict);
    w.member("reason", m.reason);
    w.member("line", m.verdict_line);
    w.end_object();
  }
  w.member("risk", rollback::risk_name(m.risk.risk));
  write_strings(w, "losses", m.risk.losses);
  w.member("runsInSessions", m.is_step);
  w.member("state", standing_name(m.standing));
  if (!m.detail.empty()) w.member("detail", m.detail);
  w.end_object();
}

void write_database(JsonWriter& w, const workbench::NamedDatabase& database) {
  w.key("database");
  w.begin_object();
  w.member("url", database.url);
  w.member("name", database.name);
  w.member("place", workbench::place_of(database));
  w.member("environment", database.environment);
  w.member("kind", project::environment_kind_name(database.kind));
  w.end_object();
}

void write_session(JsonWriter& w, const SessionView& session) {
  w.key("session");
  w.begin_object();
  w.member("open", session.open);
  if (session.open) {
    w.member("id", session.session);
    w.member("since", session.since);
    w.member("canRollBack", session.guarded);
    write_strings(w, "applied", session.applied_in_session);
  }
  w.end_object();
}

void write_history(JsonWriter& w, const ListedHistory& history) {
  w.begin_object();
  w.member("folder", history.folder);
  w.member("uri", history.uri);
  w.member("dialect", history.dialect);
  w.member("layout", history.layout);
  if (!history.config_uri.empty()) w.member("configuration", history.config_uri);
  if (history.database) write_database(w, *history.database);
  if (!history.database_problem.empty()) w.member("databaseProblem", history.database_problem);
  if (history.session) write_session(w, *history.session);
  w.key("migrations");
  write_array(w, history.migrations, [&](const ListedMigration& m) { write_migration(w, m); });
  w.end_object();
}

}  // namespace

std::string migrations_json(const std::vector<ListedHistory>& histories) {
  return written_object([&](JsonWriter& w) {
    w.key("histories");
    write_array(w, histories, [&](const ListedHistory& history) { write_history(w, history); });
  });
}

std::string schema_json(std::string_view title, std::string_view text) {
  return written_object([&](JsonWriter& w) {
    w.member("title", title);
    w.member("text", text);
  });
}

}  // namespace belay::lsp
