#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <belay/plan.h>
#include <belay/report.h>
#include <belay/upkeep.h>

/// What the commands of a session tell machines. Every key is always there; what does not apply or
/// is not known is null.
namespace belay::cli {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text);
template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json error_json(const runtime::DatabaseError& error);
Json snapshot_json(const runtime::SnapshotInfo& snapshot);
Json foreign_writes_json(const runtime::ForeignWrites& writes);
Json entry_json(const runtime::LedgerEntry& entry);
Json ledger_json(const std::vector<runtime::LedgerEntry>& ledger);
Json next_steps_json(const std::vector<runtime::NextStep>& steps);
/// Statements that ran in batches.
Json batched_json(const std::vector<runtime::BatchedStatement>& batched);
Json migration_json(const runtime::MigrationReport& migration);
Json row_changes_json(const std::vector<runtime::RowChange>& changes);
Json drift_json(const runtime::SchemaDrift& drift);
Json down_items_json(const std::vector<runtime::DownItem>& items);

/// The keys that every report has: `headline`, `warnings`, `notes`, `recovered`, `next_steps`.
void add_report(Json& out, const runtime::Report& report);
/// A command that has run migrations: `session`, `failed`, `cancelled`, `migrations`, ...
Json run_json(const runtime::RunReport& report);

/// On one line, on standard output.
void print_json(const Json& json);

}  // namespace belay::cli
