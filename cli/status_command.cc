#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/session_support.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using Json = nlohmann::ordered_json;

std::string_view action_name(runtime::Action action) {
  switch (action) {
    case runtime::Action::kBegin: return "begin";
    case runtime::Action::kApply: return "apply";
    case runtime::Action::kDown: return "down";
    case runtime::Action::kRepair: return "repair";
    case runtime::Action::kCommit: return "commit";
    case runtime::Action::kRollback: return "rollback";
    case runtime::Action::kStatus: return "status";
    case runtime::Action::kFixMigration: return "fix-migration";
    case runtime::Action::kWait: return "wait";
  }
  return "";
}

std::string_view certainty_name(runtime::ForeignWrites::Certainty certainty) {
  switch (certainty) {
    case runtime::ForeignWrites::Certainty::kNone: return "none";
    case runtime::ForeignWrites::Certainty::kSome: return "some";
    case runtime::ForeignWrites::Certainty::kUnknown: return "unknown";
  }
  return "";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json failed_json(const runtime::MigrationReport& m) {
  Json out = {{"version", m.version},       {"name", m.name},
              {"id", m.display_name},       {"state", runtime::state_name(m.state)},
              {"statements", m.statements}, {"statements_done", m.statements_done}};
  const runtime::DatabaseError error = m.error.value_or(runtime::DatabaseError{});
  const bool has_place = error.place.line != 0;
  out["error"] = {{"message", error.message},
                  {"code", text_or_null(error.code_name)},
                  {"statement", text_or_null(error.statement)},
                  {"path", text_or_null(error.place.path)},
                  {"line", has_place ? Json(error.place.line) : Json()},
                  {"column", has_place ? Json(error.place.column) : Json()}};
  return out;
}

Json snapshot_json(const runtime::SnapshotInfo& s) {
  return {{"path", s.path},       {"strategy", s.strategy}, {"bytes", s.bytes},
          {"tables", s.tables},   {"rows", s.rows},         {"sha256", s.sha256},
          {"present", s.present}, {"verified", s.verified}};
}

Json ledger_json(const std::vector<runtime::LedgerEntry>& ledger) {
  Json out = Json::array();
  for (const runtime::LedgerEntry& e : ledger) {
    out.push_back({{"version", e.version},
                   {"name", e.name},
                   {"state", runtime::state_name(e.state)},
                   {"applied_at", text_or_null(e.applied_at)},
                   {"duration_ms", e.duration_ms},
                   {"statements", e.statements},
                   {"statements_done", e.statements_done},
                   {"checksum", e.checksum},
                   {"session", e.session},
                   {"error", text_or_null(e.error)}});
  }
  return out;
}

Json next_steps_json(const std::vector<runtime::NextStep>& steps) {
  Json out = Json::array();
  for (const runtime::NextStep& step : steps) {
    out.push_back({{"action", action_name(step.action)},
                   {"command", step.command},
                   {"explanation", step.explanation}});
  }
  return out;
}

/// `docs/runtime.md` describes it. Every key is always there; what is not known is null.
Json status_json(const runtime::StatusReport& s, const workbench::SessionTarget& target) {
  Json running;
  if (s.running) {
    running = {{"command", s.running->command},
               {"pid", s.running->pid},
               {"host", s.running->host},
               {"since", s.running->since}};
  }
  const bool known = s.unreachable_because.empty();
  return {{"database", target.url},
          {"database_exists", s.database_exists},
          {"reachable", s.reachable},
          {"unreachable_because", text_or_null(s.unreachable_because)},
          {"migrations", text_or_null(target.history)},
          {"phase", runtime::phase_name(s.phase)},
          {"headline", s.headline},
          {"running", std::move(running)},
          {"session", text_or_null(s.session)},
          {"since", text_or_null(s.since)},
          {"guarded", s.session.empty() ? Json() : Json(s.guarded)},
          {"snapshot", s.snapshot ? snapshot_json(*s.snapshot) : Json()},
          {"applied_in_session", s.applied},
          {"failed", s.failed ? failed_json(*s.failed) : Json()},
          {"pending", known ? Json(s.pending) : Json()},
          {"pending_migrations", known ? Json(s.pending_migrations) : Json()},
          {"foreign_writes",
           {{"certainty", certainty_name(s.foreign_writes.certainty)},
            {"details", s.foreign_writes.details}}},
          {"recovery", text_or_null(s.recovery)},
          {"ledger", ledger_json(s.ledger)},
          {"warnings", s.warnings},
          {"notes", s.notes},
          {"next_steps", next_steps_json(s.next_steps)}};
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::StatusReport> report =
      workbench::status(*target, {arguments.has("--verify-snapshot")});
  if (!report) return fail(report.error(), kFindings);
  if (arguments.value("--format") == "json") {
    std::cout << status_json(*report, *target).dump(-1, ' ', false, Json::error_handler_t::replace)
              << '\n';
  } else {
    print_report(*report);
  }
  return kClean;
}

}  // namespace

Command status_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--format", "How to print it", Kind::kValue, "human", {"human", "json"}});
  options.push_back({"--verify-snapshot", "Read the whole snapshot and compare its checksum"});
  return {"status", "Say where things stand, without changing anything", std::move(options), run};
}

}  // namespace belay::cli
