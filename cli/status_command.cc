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

Json migration_json(const runtime::MigrationReport& m) {
  Json out = {{"version", m.version},
              {"name", m.name},
              {"state", runtime::state_name(m.state)},
              {"statements", m.statements},
              {"statements_done", m.statements_done}};
  if (m.error) {
    out["error"] = {{"message", m.error->message}, {"place", m.error->to_error().where}};
  }
  return out;
}

Json status_json(const runtime::StatusReport& s, const workbench::SessionTarget& target) {
  Json out = {{"database", target.url},
              {"migrations", target.history},
              {"phase", runtime::phase_name(s.phase)},
              {"headline", s.headline},
              {"session", s.session},
              {"since", s.since},
              {"guarded", s.guarded},
              {"database_exists", s.database_exists},
              {"reachable", s.reachable},
              {"pending", s.pending},
              {"applied_in_session", s.applied},
              {"recovery", s.recovery}};
  if (!s.unreachable_because.empty()) out["unreachable_because"] = s.unreachable_because;
  if (s.snapshot) {
    out["snapshot"] = {{"path", s.snapshot->path},       {"bytes", s.snapshot->bytes},
                       {"tables", s.snapshot->tables},   {"rows", s.snapshot->rows},
                       {"present", s.snapshot->present}, {"verified", s.snapshot->verified},
                       {"sha256", s.snapshot->sha256}};
  }
  if (s.failed) out["failed"] = migration_json(*s.failed);
  if (s.running) out["running"] = s.running->to_string();
  out["foreign_writes"] = {{"certainty", certainty_name(s.foreign_writes.certainty)},
                           {"details", s.foreign_writes.details}};
  out["ledger"] = Json::array();
  for (const runtime::LedgerEntry& e : s.ledger) {
    out["ledger"].push_back({{"version", e.version},
                             {"name", e.name},
                             {"state", runtime::state_name(e.state)},
                             {"applied_at", e.applied_at},
                             {"duration_ms", e.duration_ms}});
  }
  out["notes"] = s.notes;
  out["next_steps"] = Json::array();
  for (const runtime::NextStep& step : s.next_steps) {
    out["next_steps"].push_back({{"action", action_name(step.action)},
                                 {"command", step.command},
                                 {"explanation", step.explanation}});
  }
  return out;
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<runtime::StatusReport> report = workbench::status(*target);
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
  return {"status", "Say where things stand, without changing anything", std::move(options), run};
}

}  // namespace belay::cli
