#include "cli/report/session_json.h"
#include "cli/session_support.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

Json failed_json(const runtime::MigrationReport& m) {
  Json out = {{"version", m.version},       {"name", m.name},
              {"id", m.display_name},       {"state", runtime::state_name(m.state)},
              {"statements", m.statements}, {"statements_done", m.statements_done}};
  out["batched"] = batched_json(m.batched);
  out["direction"] = runtime::direction_name(m.direction);
  out["error"] = error_json(m.error.value_or(runtime::DatabaseError{}));
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
  Json in_sync;
  if (s.in_sync) {
    in_sync = {{"tool", s.in_sync->tool},
               {"table", s.in_sync->table},
               {"differences", s.in_sync->differences}};
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
          {"taken_back_in_session", s.taken_back},
          {"failed", s.failed ? failed_json(*s.failed) : Json()},
          {"pending", known ? Json(s.pending) : Json()},
          {"pending_migrations", known ? Json(s.pending_migrations) : Json()},
          {"foreign_writes", foreign_writes_json(s.foreign_writes)},
          {"recovery", text_or_null(s.recovery)},
          {"ledger", ledger_json(s.ledger)},
          {"in_sync", std::move(in_sync)},
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
    print_json(status_json(*report, *target));
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
