#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/session_support.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using Json = nlohmann::ordered_json;
using Outcome = runtime::AdoptedMigration::Outcome;

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAdopted: return "adopted";
    case Outcome::kKnown: return "known";
    case Outcome::kPending: return "pending";
    case Outcome::kTakenBack: return "taken-back";
  }
  return "";
}

Json text_or_null_of(const std::string& text) { return text.empty() ? Json() : Json(text); }

/// `docs/adopt.md` describes it.
Json adopt_json(const runtime::AdoptReport& report, const workbench::SessionTarget& target) {
  Json migrations = Json::array();
  for (const runtime::AdoptedMigration& m : report.migrations) {
    migrations.push_back({{"id", m.display_name},
                          {"version", m.version},
                          {"outcome", outcome_name(m.outcome)},
                          {"their_version", text_or_null_of(m.their_version)},
                          {"applied_at", text_or_null_of(m.applied_at)}});
  }
  return {{"database", target.url},
          {"tool", report.tool},
          {"table", report.table},
          {"dry_run", report.dry_run},
          {"in_sync", report.in_sync},
          {"headline", report.headline},
          {"session", text_or_null_of(report.session)},
          {"migrations", std::move(migrations)},
          {"noted", report.noted},
          {"without_file", report.without_file},
          {"late", report.late},
          {"warnings", report.warnings},
          {"notes", report.notes}};
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  runtime::AdoptOptions options;
  options.tool = arguments.value("--from");
  options.table = arguments.value("--table");
  options.keep_in_sync = arguments.has("--keep-in-sync");
  options.stop_sync = arguments.has("--stop-sync");
  options.dry_run = arguments.has("--dry-run");
  if (options.keep_in_sync && options.stop_sync) {
    return fail({"--keep-in-sync and --stop-sync exclude each other", "", "pass one of them"},
                kUsage);
  }
  const Result<runtime::AdoptReport> report = workbench::adopt(*target, options);
  if (!report) return fail(report.error(), kFindings);
  if (arguments.value("--format") == "json") {
    std::cout << adopt_json(*report, *target).dump(-1, ' ', false, Json::error_handler_t::replace)
              << '\n';
  } else {
    print_report(*report);
  }
  return kClean;
}

}  // namespace

Command adopt_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--from",
                     "The tool whose history is taken over (default: the one that is found)",
                     Kind::kValue,
                     "",
                     {"golang-migrate", "dbmate", "goose", "diesel", "sqlx", "flyway", "prisma",
                      "node-pg-migrate", "sqitch"}});
  options.push_back({"--table", "Its table, where it has another name than usual", Kind::kValue});
  options.push_back({"--keep-in-sync",
                     "Write what Belay does from now on to the tool's own table, too, so that it "
                     "can still be used"});
  options.push_back({"--stop-sync", "Leave the table that was kept in sync alone from now on"});
  options.push_back({"--dry-run", "Show what would be adopted, and write nothing"});
  options.push_back({"--format", "How to print it", Kind::kValue, "human", {"human", "json"}});
  return {"adopt", "Take over what another migration tool has applied", std::move(options), run};
}

}  // namespace belay::cli
