#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/cpp/reader_process.h"
#include "workbench/plan.h"

namespace belay::cli {
namespace {

Json losses_json(const std::vector<workbench::PlannedLoss>& losses) {
  Json out = Json::array();
  for (const workbench::PlannedLoss& loss : losses) {
    out.push_back(
        {{"what", loss.what}, {"table", loss.table}, {"column", text_or_null(loss.column)}});
  }
  return out;
}

Json locks_json(const std::vector<workbench::PlannedLock>& locks) {
  Json out = Json::array();
  for (const workbench::PlannedLock& lock : locks) {
    out.push_back({{"relation", lock.relation},
                   {"mode", text_or_null(lock.mode)},
                   {"blocks", text_or_null(lock.blocks)},
                   {"rewrite", lock.rewrite},
                   {"scan", lock.scan},
                   {"builds_index", lock.builds_index},
                   {"new", lock.is_new}});
  }
  return out;
}

Json problem_json(const std::optional<Error>& error) {
  if (!error) return {};
  return {{"message", error->message},
          {"where", text_or_null(error->where)},
          {"hint", text_or_null(error->hint)}};
}

Json planned_json(const runtime::PlannedMigration& m, const workbench::PlannedCost& cost) {
  return {{"version", m.version},
          {"name", m.name},
          {"id", m.display_name},
          {"path", text_or_null(m.path)},
          {"has_down", m.has_down},
          {"statements", m.statements},
          {"in_transaction", m.in_transaction},
          {"resume_at", m.resume_at},
          {"out_of_order", m.out_of_order},
          {"notes", m.notes},
          {"beyond_guard", m.beyond_guard},
          {"problem", problem_json(m.problem)},
          {"risk", text_or_null(cost.risk)},
          {"category", text_or_null(cost.category)},
          {"verdict", text_or_null(cost.verdict)},
          {"verdict_reason", text_or_null(cost.verdict_reason)},
          {"losses", losses_json(cost.losses)},
          {"locks", locks_json(cost.locks)},
          {"unknown", cost.unknown},
          {"read_from", text_or_null(cost.read_from)},
          {"guard", {{"guard", runtime::guard_name(cost.guard)}, {"reason", cost.guard_reason}}},
          {"estimate",
           {{"ms", value_or_null(cost.estimate.milliseconds)},
            {"bytes", value_or_null(cost.estimate.bytes)},
            {"basis", cost.estimate.basis}}}};
}

Json plan_json(const workbench::ProjectPlan& plan, const workbench::SessionTarget& target) {
  const runtime::PlanReport& report = plan.report;
  Json pending = Json::array();
  for (size_t i = 0; i < report.pending.size(); ++i) {
    pending.push_back(planned_json(report.pending[i], plan.costs[i]));
  }
  Json tables = Json::array();
  for (const runtime::TableSize& table : report.tables) {
    tables.push_back(
        {{"table", table.table}, {"rows", table.rows}, {"bytes", value_or_null(table.bytes)}});
  }
  Json out = {
      {"database", target.url},
      {"migrations", text_or_null(target.history)},
      {"database_exists", report.database_exists},
      {"session_open", report.session_open},
      {"applied", report.applied},
      {"pending", std::move(pending)},
      {"edited", report.edited},
      {"comments_edited", report.comments_edited},
      {"missing", report.missing},
      {"half_applied", report.half_applied},
      {"half_taken_back", report.half_taken_back},
      {"drift", drift_json(report.drift)},
      {"guard",
       {{"guard", runtime::guard_name(report.guard.guard)}, {"reason", report.guard.reason}}},
      {"tables", std::move(tables)},
      {"database_bytes", value_or_null(report.database_bytes)},
      {"snapshot_bytes", value_or_null(plan.snapshot_bytes)},
      {"obstacles", report.obstacles}};
  add_report(out, report);
  return out;
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target =
      session_target(arguments, std::make_shared<workbench::CppReaders>());
  if (!target) return fail(target.error(), kUsage);
  const Result<workbench::ProjectPlan> plan = workbench::plan(*target);
  if (!plan) return fail(plan.error(), kFindings);
  if (wants_json(arguments)) {
    print_json(plan_json(*plan, *target));
  } else {
    print_report(plan->report);
  }
  return kClean;
}

}  // namespace

Command plan_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back(format_option());
  return {"plan", "Say what an apply would do and what it costs, without changing anything",
          std::move(options), run};
}

}  // namespace belay::cli
