#include <utility>

#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/rehearse.h"

namespace belay::cli {
namespace {

Json measured_json(const std::vector<runtime::MeasuredStatement>& statements) {
  Json out = Json::array();
  for (const runtime::MeasuredStatement& s : statements) {
    out.push_back({{"path", text_or_null(s.place.path)},
                   {"line", s.place.line},
                   {"statement", s.statement},
                   {"us", s.duration_us},
                   {"rows", s.rows},
                   {"locked", s.locked}});
  }
  return out;
}

Json rehearsed_json(const runtime::MigrationReport& m) {
  Json locks = Json::array();
  for (const runtime::HeldLock& lock : m.locks) {
    locks.push_back(
        {{"table", text_or_null(lock.table)}, {"mode", lock.mode}, {"ms", lock.duration_ms}});
  }
  return {{"version", m.version},
          {"name", m.name},
          {"id", m.display_name},
          {"state", runtime::state_name(m.state)},
          {"in_transaction", m.in_transaction},
          {"statements", measured_json(m.measured)},
          {"locks", std::move(locks)},
          {"error", m.error ? Json(m.error->to_error().to_string()) : Json()}};
}

Json rehearsal_json(const workbench::RehearsalReport& report,
                    const workbench::SessionTarget& target) {
  Json migrations = Json::array();
  for (const runtime::MigrationReport& m : report.applied.migrations) {
    migrations.push_back(rehearsed_json(m));
  }
  Json out = {{"database", target.url},
              {"well", report.well()},
              {"copied_bytes", report.copied_bytes},
              {"copy_ms", report.copy_ms},
              {"migrations", std::move(migrations)}};
  add_report(out, report);
  return out;
}

int run(const Arguments& arguments) {
  const Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  workbench::ApplyRequest request;
  request.to = arguments.value("--to");
  const Result<workbench::RehearsalReport> report = workbench::rehearse(*target, request);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  if (wants_json(arguments)) {
    print_json(rehearsal_json(*report, *target));
  } else {
    print_report(*report);
  }
  return report->well() ? kClean : kFindings;
}

}  // namespace

Command rehearse_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--to", "Run the pending migrations up to this version or name, it included",
                     OptionSpec::Kind::kValue});
  options.push_back(format_option());
  return {"rehearse",
          "Run what is pending on a copy of the database, measure it, and throw the copy away",
          std::move(options), run};
}

}  // namespace belay::cli
