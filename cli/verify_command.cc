#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/load_options.h"
#include "cli/session_support.h"
#include "workbench/verify/describe.h"
#include "workbench/verify/verify.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using Json = nlohmann::ordered_json;
using workbench::DataLoss;
using workbench::Difference;
using workbench::RunOutcome;
using workbench::VerifiedMigration;

// --- for machines ---------------------------------------------------------------------------

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json error_json(const std::optional<runtime::DatabaseError>& error) {
  if (!error) return {};
  const bool has_place = error->place.line != 0;
  return {{"code", text_or_null(error->code_name)},
          {"message", error->message},
          {"path", text_or_null(error->place.path)},
          {"line", has_place ? Json(error->place.line) : Json()},
          {"column", has_place ? Json(error->place.column) : Json()},
          {"statement", text_or_null(error->statement)}};
}

Json outcome_json(const std::optional<RunOutcome>& outcome) {
  if (!outcome) return {};
  return {{"ok", outcome->ok()},
          {"mode", workbench::mode_name(outcome->mode)},
          {"error", error_json(outcome->error)}};
}

Json differences_json(const std::vector<Difference>& differences) {
  Json out = Json::array();
  for (const Difference& d : differences) {
    Json attributes = Json::array();
    for (const Difference::Attribute& a : d.attributes) {
      attributes.push_back(
          {{"name", a.name}, {"before", text_or_null(a.before)}, {"after", text_or_null(a.after)}});
    }
    out.push_back({{"how", workbench::how_name(d.how)},
                   {"kind", d.kind},
                   {"id", d.id},
                   {"to", text_or_null(d.new_id)},
                   {"attributes", std::move(attributes)}});
  }
  return out;
}

Json losses_json(const std::vector<DataLoss>& losses) {
  Json out = Json::array();
  for (const DataLoss& loss : losses) {
    out.push_back(
        {{"table", loss.table}, {"column", text_or_null(loss.column)}, {"rows", loss.rows}});
  }
  return out;
}

/// `docs/verify.md` describes it. Every key is always there; what is not known is null.
Json migration_json(const VerifiedMigration& m) {
  const workbench::RoundTrip& trip = m.trip;
  Json refused = Json::array();
  for (const workbench::RefusedTable& t : trip.filled.refused) {
    refused.push_back({{"table", t.table}, {"reason", t.reason}});
  }
  Json reup = outcome_json(trip.reup);
  if (trip.reup) reup["differences"] = differences_json(trip.reup_differences);
  Json expected = {{"verdict", rollback::verdict_name(m.expected.verdict)},
                   {"reason", text_or_null(m.expected.reason)},
                   {"disagrees", m.disagrees()},
                   {"reproducer", text_or_null(m.reproducer_path)}};
  return {{"id", m.id},
          {"history", m.history},
          {"up_path", m.up_path},
          {"down_path", text_or_null(m.down_path)},
          {"verdict", m.word()},
          {"good", m.good()},
          {"differences", differences_json(trip.differences)},
          {"data_lost", losses_json(trip.lost)},
          {"rows_left", losses_json(trip.added)},
          {"up", outcome_json(trip.up)},
          {"down", outcome_json(trip.down)},
          {"reup", std::move(reup)},
          {"generated_rows",
           {{"tables", trip.filled.tables},
            {"refused", std::move(refused)},
            {"up_error", error_json(trip.up_error_on_rows)},
            {"down_fails_only_on_rows", trip.down_fails_on_rows}}},
          {"static", std::move(expected)},
          {"failed_before", m.failed_before},
          {"engine", m.engine},
          {"seconds", m.seconds}};
}

// --- for people -----------------------------------------------------------------------------

void print_migration(const VerifiedMigration& m) {
  std::cout << (m.good() ? "ok    " : "FAIL  ") << m.id << "  " << m.word() << '\n';
  for (const workbench::Detail& detail : workbench::details_of(m)) {
    std::cout << "    " << std::string(size_t{2} * detail.depth, ' ') << detail.text << '\n';
  }
  if (m.good()) return;
  std::cout << "    up   " << m.up_path << '\n';
  if (!m.down_path.empty()) std::cout << "    down " << m.down_path << '\n';
}

void print_summary(const workbench::VerifyResult& result) {
  for (const std::string& note : workbench::notes_of(result)) {
    std::cout << "note: " << note << '\n';
  }
  std::cout << workbench::summary_of(result) << '\n';
}

// --- the command ----------------------------------------------------------------------------

Result<workbench::VerifyRequest> request_of(const Arguments& arguments) {
  workbench::VerifyRequest out;
  out.targets = arguments.values("migration");
  Result<workbench::LoadOptions> load = load_options(arguments);
  if (!load) return std::move(load).error();
  out.load = *std::move(load);
  const std::string rows = arguments.value("--rows");
  constexpr uint32_t kMostRows = 1000;
  const auto [end, error] = std::from_chars(rows.data(), rows.data() + rows.size(), out.rows);
  if (error != std::errc{} || end != rows.data() + rows.size() || out.rows > kMostRows) {
    return Error{"`" + rows + "` is no number of rows", "--rows", "from 0 to 1000"};
  }
  out.database_url = arguments.value("--database");
  out.pg_bin = arguments.value("--pg-bin");
  out.setup_path = arguments.value("--setup");
  out.reproducer_directory = arguments.value("--reproducer");
  std::error_code none;
  if (out.reproducer_directory.empty()) {
    out.reproducer_directory = std::filesystem::temp_directory_path(none).string();
  } else if (!std::filesystem::is_directory(out.reproducer_directory, none)) {
    return Error{"there is no folder " + out.reproducer_directory, "--reproducer", ""};
  }
  out.cancellation = listen_to_interrupts();
  out.progress = terminal_progress();
  return out;
}

int run(const Arguments& arguments) {
  Result<workbench::VerifyRequest> request = request_of(arguments);
  if (!request) return fail(request.error(), kUsage);
  const bool json = arguments.value("--format") == "json";
  request->on_migration = [json](const VerifiedMigration& m) {
    clear_progress();
    if (json) {
      std::cout << migration_json(m).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    } else {
      print_migration(m);
    }
    std::cout.flush();
  };
  const DiskFileSystem disk;
  const Result<workbench::VerifyResult> result = workbench::verify(disk, *request);
  clear_progress();
  if (!result) {
    return fail(result.error(), request->cancellation.cancelled() ? kFindings : kUsage);
  }
  if (json) {
    for (const std::string& note : result->notes) std::cerr << "belay: note: " << note << '\n';
  } else {
    print_summary(*result);
  }
  const bool good = std::all_of(result->migrations.begin(), result->migrations.end(),
                                [](const VerifiedMigration& m) { return m.good(); });
  return good ? kClean : kFindings;
}

}  // namespace

Command verify_command() {
  return {
      "verify",
      "Run migrations up, down and up again on a throwaway database, and compare",
      {{"migration", "Ids, versions or files of migrations, or projects (default: all of this one)",
        Kind::kValues},
       dialect_option(),
       dialect_version_option(),
       layout_option(),
       {"--database",
        "A PostgreSQL server to make throwaway databases on (default: one is started)",
        Kind::kValue},
       {"--pg-bin", "The directory of PostgreSQL's programs (default: BELAY_PG_BIN, else found)",
        Kind::kValue},
       {"--rows", "Rows to make up for each table before each up; 0: none", Kind::kValue, "3"},
       {"--setup", "SQL to run before the first migration: what your application makes itself",
        Kind::kValue},
       {"--reproducer",
        "Where to put a file for each disagreement of analysis and execution (default: with "
        "temporary files)",
        Kind::kValue},
       {"--format", "How to print it", Kind::kValue, "human", {"human", "json"}},
       config_option(),
       environment_option()},
      run};
}

}  // namespace belay::cli
