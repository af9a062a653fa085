#include "runtime/session/foreign_history/foreign_history.h"

#include <algorithm>
#include <array>

#include "runtime/session/ledger.h"

namespace belay::runtime {
namespace {

struct Tool {
  std::string_view name;
  std::string_view table;
  std::unique_ptr<ForeignHistory> (*make)(const std::string& table);
};

constexpr std::array<Tool, 9> kTools = {{
    {"golang-migrate", "schema_migrations", golang_migrate_history},
    {"dbmate", "schema_migrations", dbmate_history},
    {"goose", "goose_db_version", goose_history},
    {"diesel", "__diesel_schema_migrations", diesel_history},
    {"sqlx", "_sqlx_migrations", sqlx_history},
    {"flyway", "flyway_schema_history", flyway_history},
    {"prisma", "_prisma_migrations", prisma_history},
    {"node-pg-migrate", "pgmigrations", node_pg_migrate_history},
    {"sqitch", "changes", sqitch_history},
}};

bool has(const std::vector<ForeignEntry>& entries, const auto& matches) {
  return std::any_of(entries.begin(), entries.end(), matches);
}

}  // namespace

ForeignState foreign_state(const LedgerEntry* entry) {
  if (entry == nullptr) return ForeignState::kPending;
  switch (entry->state) {
    case MigrationState::kStarted: return ForeignState::kApplying;
    case MigrationState::kDone: return ForeignState::kApplied;
    case MigrationState::kRollingBack: return ForeignState::kTakingBack;
    case MigrationState::kFailed:
      return is_half(*entry) ? ForeignState::kApplying : ForeignState::kPending;
    case MigrationState::kPending:
    case MigrationState::kRolledBack: break;
  }
  return ForeignState::kPending;
}

std::vector<std::string> ForeignHistory::differences(const ForeignRecords& records,
                                                     std::span<const MigrationScript> migrations,
                                                     std::span<const LedgerEntry> ledger) const {
  std::vector<std::string> out;
  const std::string name(tool());
  for (const MigrationScript& migration : migrations) {
    const ForeignState wanted =
        foreign_state(find_entry(ledger, migration.history, migration.version));
    const auto about = [&](const ForeignEntry& entry) { return is_about(entry, migration); };
    const auto covering = [&](const ForeignEntry& entry) { return covers(entry, migration); };
    const bool begun = has(records.begun, about);
    const bool open = wanted == ForeignState::kApplying || wanted == ForeignState::kTakingBack;
    const std::string id = migration.display_name();
    if (begun && !open) {
      out.push_back(id + " was begun by " + name + " and not ended");
    } else if (!begun && open && tells_of_begun()) {
      out.push_back(name + " no longer has " + id + " as begun");
    } else if (wanted == ForeignState::kApplied && !has(records.applied, covering)) {
      out.push_back(name + " does not have " + id + " as applied, and Belay has");
    } else if (wanted == ForeignState::kPending && has(records.applied, about)) {
      out.push_back(name + " has " + id + " as applied, and Belay has not");
    }
  }
  return out;
}

std::unique_ptr<ForeignHistory> foreign_history(std::string_view tool, const std::string& table) {
  const auto* found = std::find_if(kTools.begin(), kTools.end(),
                                   [tool](const Tool& known) { return known.name == tool; });
  if (found == kTools.end()) return nullptr;
  return found->make(table.empty() ? std::string(found->table) : table);
}

std::vector<std::string_view> foreign_tools() {
  std::vector<std::string_view> out;
  for (const Tool& tool : kTools) out.push_back(tool.name);
  return out;
}

}  // namespace belay::runtime
