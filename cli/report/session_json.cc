#include "cli/report/session_json.h"

#include <iostream>
#include <string_view>

namespace belay::cli {
namespace {

std::string_view action_name(runtime::Action action) {
  switch (action) {
    case runtime::Action::kBegin: return "begin";
    case runtime::Action::kApply: return "apply";
    case runtime::Action::kDown: return "down";
    case runtime::Action::kCommit: return "commit";
    case runtime::Action::kRollback: return "rollback";
    case runtime::Action::kStatus: return "status";
    case runtime::Action::kRepair: return "repair";
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

}  // namespace

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json error_json(const runtime::DatabaseError& error) {
  const bool has_place = error.place.line != 0;
  return {{"message", error.message},
          {"code", text_or_null(error.code_name)},
          {"statement", text_or_null(error.statement)},
          {"path", text_or_null(error.place.path)},
          {"line", has_place ? Json(error.place.line) : Json()},
          {"column", has_place ? Json(error.place.column) : Json()}};
}

Json snapshot_json(const runtime::SnapshotInfo& s) {
  return {{"path", s.path},       {"strategy", s.strategy}, {"bytes", s.bytes},
          {"tables", s.tables},   {"rows", s.rows},         {"checksum", s.checksum},
          {"present", s.present}, {"verified", s.verified}};
}

Json foreign_writes_json(const runtime::ForeignWrites& writes) {
  return {{"certainty", certainty_name(writes.certainty)}, {"details", writes.details}};
}

Json entry_json(const runtime::LedgerEntry& e) {
  return {{"version", e.version},
          {"name", e.name},
          {"state", runtime::state_name(e.state)},
          {"applied_at", text_or_null(e.applied_at)},
          {"rolled_back_at", text_or_null(e.rolled_back_at)},
          {"duration_ms", e.duration_ms},
          {"statements", e.statements},
          {"statements_done", e.statements_done},
          {"batches", text_or_null(e.batches)},
          {"checksum", e.checksum},
          {"sql_checksum", text_or_null(e.sql_checksum)},
          {"session", e.session},
          {"error", text_or_null(e.error)}};
}

Json ledger_json(const std::vector<runtime::LedgerEntry>& ledger) {
  Json out = Json::array();
  for (const runtime::LedgerEntry& entry : ledger) out.push_back(entry_json(entry));
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

Json row_changes_json(const std::vector<runtime::RowChange>& changes) {
  Json out = Json::array();
  for (const runtime::RowChange& change : changes) {
    out.push_back({{"table", change.table},
                   {"before", value_or_null(change.before)},
                   {"after", value_or_null(change.after)}});
  }
  return out;
}

Json batched_json(const std::vector<runtime::BatchedStatement>& batched) {
  Json out = Json::array();
  for (const runtime::BatchedStatement& b : batched) {
    out.push_back({{"statement", b.statement},
                   {"batches", b.batches},
                   {"rows", b.rows},
                   {"changed", b.changed},
                   {"came_to", b.came_to},
                   {"done", b.done}});
  }
  return out;
}

Json migration_json(const runtime::MigrationReport& m) {
  Json warnings = Json::array();
  for (const runtime::MigrationWarning& warning : m.warnings) warnings.push_back(warning.message);
  return {{"version", m.version},
          {"name", m.name},
          {"id", m.display_name},
          {"direction", runtime::direction_name(m.direction)},
          {"state", runtime::state_name(m.state)},
          {"in_transaction", m.in_transaction},
          {"statements", m.statements},
          {"statements_done", m.statements_done},
          {"batched", batched_json(m.batched)},
          {"duration_ms", m.duration_ms},
          {"row_changes", row_changes_json(m.row_changes)},
          {"warnings", std::move(warnings)},
          {"notes", m.notes},
          {"error", m.error ? error_json(*m.error) : Json()}};
}

Json drift_json(const runtime::SchemaDrift& drift) {
  return {{"state", runtime::drift_name(drift.state)},
          {"fingerprint", text_or_null(drift.fingerprint)},
          {"recorded", text_or_null(drift.recorded)},
          {"recorded_by", text_or_null(drift.recorded_by)},
          {"reason", drift.reason}};
}

Json down_items_json(const std::vector<runtime::DownItem>& items) {
  Json out = Json::array();
  for (const runtime::DownItem& item : items) {
    out.push_back({{"version", item.version},
                   {"name", item.name},
                   {"id", item.display_name},
                   {"applied_at", text_or_null(item.applied_at)},
                   {"verdict", runtime::verdict_name(item.verdict)},
                   {"reason", text_or_null(item.reason)},
                   {"risk", text_or_null(item.risk)},
                   {"lost", item.lost},
                   {"needs_confirmation", item.needs_confirmation},
                   {"in_transaction", item.in_transaction},
                   {"statements", item.statements},
                   {"resume_at", item.resume_at},
                   {"up_duration_ms", value_or_null(item.up_duration_ms)}});
  }
  return out;
}

void add_report(Json& out, const runtime::Report& report) {
  out["headline"] = report.headline;
  Json recovered = Json::array();
  for (const runtime::Recovery& recovery : report.recovered) {
    recovered.push_back(
        {{"command", recovery.command}, {"finished", recovery.finished}, {"text", recovery.text}});
  }
  out["recovered"] = std::move(recovered);
  out["warnings"] = report.warnings;
  out["notes"] = report.notes;
  out["next_steps"] = next_steps_json(report.next_steps);
}

Json run_json(const runtime::RunReport& report) {
  Json migrations = Json::array();
  for (const runtime::MigrationReport& m : report.migrations) {
    migrations.push_back(migration_json(m));
  }
  Json out = {{"session", text_or_null(report.session)},
              {"failed", report.failed},
              {"cancelled", report.cancelled},
              {"migrations", std::move(migrations)},
              {"snapshot", report.snapshot ? snapshot_json(*report.snapshot) : Json()},
              {"foreign_writes", foreign_writes_json(report.foreign_writes)}};
  add_report(out, report);
  return out;
}

void print_json(const Json& json) {
  std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace belay::cli
