#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/report/run.h"

namespace belay::cli {
namespace {

using Json = nlohmann::ordered_json;
using workbench::RunReport;

Json text(std::string_view value) { return value.empty() ? Json() : Json(value); }

template <class T>
Json number(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// Megabytes with two places, as structured logs have them.
Json megabytes(const std::optional<int64_t>& bytes) {
  if (!bytes) return {};
  constexpr double kMegabyte = 1024.0 * 1024.0;
  constexpr double kPlaces = 100.0;
  return std::round(static_cast<double>(*bytes) / kMegabyte * kPlaces) / kPlaces;
}

std::optional<int64_t> as_signed(const std::optional<uint64_t>& value) {
  return value ? std::optional<int64_t>(static_cast<int64_t>(*value)) : std::nullopt;
}

Json migration_json(const RunReport::Migration& m) {
  return {{"version", m.version},
          {"description", m.name},
          {"id", m.id},
          {"state", m.state},
          {"success", m.succeeded},
          {"start_time", text(m.started_at)},
          {"end_time", text(m.ended_at)},
          {"duration_ms", m.duration_ms},
          {"in_transaction", m.in_transaction},
          {"statements", m.statements},
          {"statements_done", m.statements_done},
          {"batches", number(m.batches)},
          {"rows_changed_in_batches", number(m.rows_changed_in_batches)},
          {"error", text(m.error)},
          {"risk", text(m.risk)},
          {"reversibility", text(m.reversibility)},
          {"rollback_script", text(m.rollback_script)},
          {"data_loss", m.data_loss}};
}

Json table_json(const RunReport::Table& t) {
  return {{"table", t.name},
          {"rows_before", number(t.rows_before)},
          {"rows_after", number(t.rows_after)},
          {"strongest_lock", text(t.lock)},
          {"lock_blocks", text(t.blocks)},
          {"rewritten", t.rewritten},
          {"lock_taken", text(t.lock_taken)},
          {"lock_held_ms", number(t.lock_held_ms)}};
}

Json slow_json(const RunReport::SlowStatement& s) {
  return {{"migration", s.migration},
          {"place", s.place},
          {"statement", s.statement},
          {"duration_ms", s.duration_ms}};
}

Json snapshot_json_of(const RunReport::Snapshot& s) {
  return {{"path", s.path},           {"strategy", text(s.strategy)},
          {"bytes", number(s.bytes)}, {"tables", number(s.tables)},
          {"rows", number(s.rows)},   {"verified", s.verified}};
}

}  // namespace

std::string run_json(const RunReport& r) {
  Json migrations = Json::array();
  for (const RunReport::Migration& m : r.migrations) migrations.push_back(migration_json(m));
  Json tables = Json::array();
  for (const RunReport::Table& t : r.tables) tables.push_back(table_json(t));
  Json slow = r.migrations.empty() ? Json() : Json::array();
  for (const RunReport::SlowStatement& s : r.slow_statements) slow.push_back(slow_json(s));
  const Json schema = {{"added", r.schema_known ? Json(r.added) : Json()},
                       {"modified", r.schema_known ? Json(r.modified) : Json()},
                       {"deleted", r.schema_known ? Json(r.deleted) : Json()}};
  const Json out = {{"command", r.command},
                    {"status", workbench::status_name(r.status)},
                    {"headline", r.headline},
                    {"error", text(r.error)},
                    {"started_at", r.started_at},
                    {"ended_at", r.ended_at},
                    {"database", r.database},
                    {"environment", text(r.environment)},
                    {"session", text(r.session)},
                    {"change_type", text(workbench::change_type_name(r.change_type))},
                    {"migrations", std::move(migrations)},
                    {"pending", number(r.pending)},
                    {"schema_changes", schema},
                    {"tables", std::move(tables)},
                    {"rows_added", number(r.rows_added)},
                    {"rows_removed", number(r.rows_removed)},
                    {"data_validation", text(workbench::checks_name(r.checks))},
                    {"issues", r.issues},
                    {"backup_status", workbench::backup_name(r.backup)},
                    {"backup", r.snapshot ? snapshot_json_of(*r.snapshot) : Json()},
                    {"rollback_tested", r.rollback_tested},
                    {"execution_time_ms", r.duration_ms},
                    {"lock_duration_ms", number(r.lock_duration_ms)},
                    {"lock_wait_ms", number(r.lock_wait_ms)},
                    {"slow_queries", std::move(slow)},
                    {"memory_bytes", number(r.peak_memory_bytes)},
                    {"size_before_bytes", number(r.size_before)},
                    {"size_after_bytes", number(r.size_after)},
                    {"size_before_mb", megabytes(as_signed(r.size_before))},
                    {"size_after_mb", megabytes(as_signed(r.size_after))},
                    {"size_delta_mb", megabytes(r.size_delta())},
                    {"error_rate", number(r.error_rate())},
                    {"health_checks", number(r.health_checks)},
                    {"health_check_failures", number(r.health_failures)},
                    {"recommended_monitoring", r.monitoring},
                    {"warnings", r.warnings},
                    {"notes", r.notes}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace belay::cli
