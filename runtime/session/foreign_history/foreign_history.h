#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>
#include <belay/migration.h>
#include <belay/report.h>

/// The history tables of other tools: what they say was applied, and how to tell them of more. One
/// file for each tool, after the statements in its own sources.
namespace belay::runtime {

/// One thing that a tool has applied.
struct ForeignEntry {
  std::string version;     ///< what identifies it, as their table writes it
  std::string name;        ///< empty where the table has none
  std::string applied_at;  ///< UTC, ISO 8601; empty: they do not note it
  std::optional<int64_t> duration_ms;
  /// It stands for all before it, too: a tool that notes the last version alone, or a baseline.
  bool sums_up = false;
  /// A baseline is there without a file of its own.
  bool needs_file = true;
};

struct ForeignRecords {
  std::vector<ForeignEntry> applied;  ///< in the order of application
  std::vector<ForeignEntry> begun;    ///< what was begun, up or down, and not ended
  /// Where something was begun and not ended: what, and how to settle it first.
  std::optional<Error> unfinished;
  std::vector<std::string> notes;
};

/// What a table is to say of a migration.
enum class ForeignState : uint8_t {
  kPending,  ///< it is not applied, or was taken back
  kApplying,
  kApplied,
  kTakingBack,
};
/// What it follows from; nullptr where the ledger has no entry.
ForeignState foreign_state(const LedgerEntry* entry);

struct ForeignChange {
  const MigrationScript* migration = nullptr;
  ForeignState state = ForeignState::kPending;
  /// False where a person said so and nothing was run.
  bool executed = true;
  int64_t duration_ms = 0;
  std::string error;  ///< why it is there by half
  /// As it is behind the change.
  std::span<const LedgerEntry> ledger;
};

class ForeignHistory {
 public:
  explicit ForeignHistory(std::string table) : table_(std::move(table)) {}
  virtual ~ForeignHistory() = default;

  virtual std::string_view tool() const = 0;
  const std::string& table() const { return table_; }

  virtual Result<bool> is_there(Connection& database) const = 0;
  /// What it holds. Errors: the table is not as the tool makes it.
  virtual Result<ForeignRecords> read(Connection& database) const = 0;
  /// Whether the entry is about that migration.
  virtual bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const = 0;
  /// Whether the entry says that the migration was applied.
  virtual bool covers(const ForeignEntry& entry, const MigrationScript& migration) const {
    return is_about(entry, migration);
  }

  /// Why nothing can be written to it, or nothing about that migration; empty where that is
  /// possible.
  virtual std::string read_only_because() const { return {}; }
  virtual std::string cannot_note(const MigrationScript& /*migration*/) const { return {}; }
  /// Whether it can say that something was begun and not ended.
  virtual bool tells_of_begun() const { return false; }
  /// Makes the table as the tool does, where it is missing.
  virtual Result<void> create(Connection& database) const = 0;
  /// Makes it say, in the caller's transaction, what the tool itself would have written. What it
  /// says already stays as it is.
  virtual Result<void> set(Connection& database, const ForeignChange& change) const = 0;
  /// The text of now counts as the one that was applied.
  virtual Result<void> accept_text(Connection& /*database*/,
                                   const MigrationScript& /*migration*/) const {
    return {};
  }
  /// Where it says something else than the ledger, a phrase each.
  virtual std::vector<std::string> differences(const ForeignRecords& records,
                                               std::span<const MigrationScript> migrations,
                                               std::span<const LedgerEntry> ledger) const;

 private:
  std::string table_;
};

/// The history of that tool; nullptr for a name that is none. `table` is empty for its usual name.
std::unique_ptr<ForeignHistory> foreign_history(std::string_view tool, const std::string& table);
/// Every tool's name.
std::vector<std::string_view> foreign_tools();

// One for each tool; `table` is the name to use.
std::unique_ptr<ForeignHistory> golang_migrate_history(const std::string& table);
std::unique_ptr<ForeignHistory> dbmate_history(const std::string& table);
std::unique_ptr<ForeignHistory> goose_history(const std::string& table);
std::unique_ptr<ForeignHistory> diesel_history(const std::string& table);
std::unique_ptr<ForeignHistory> sqlx_history(const std::string& table);
std::unique_ptr<ForeignHistory> flyway_history(const std::string& table);
std::unique_ptr<ForeignHistory> prisma_history(const std::string& table);
std::unique_ptr<ForeignHistory> node_pg_migrate_history(const std::string& table);
std::unique_ptr<ForeignHistory> sqitch_history(const std::string& table);

}  // namespace belay::runtime
