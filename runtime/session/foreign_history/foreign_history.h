#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>
#include <belay/migration.h>

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
  /// Something failed half way under their hands: what, and how to settle it first.
  std::optional<Error> unfinished;
  std::vector<std::string> notes;
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

  /// Why nothing can be written to it; empty where that is possible.
  virtual std::string read_only_because() const { return {}; }
  /// Makes the table as the tool does, where it is missing.
  virtual Result<void> create(Connection& database) const = 0;
  /// Notes, in the caller's transaction, that a migration was applied, or undone; `last` is the
  /// last one that is still applied, if any is.
  virtual Result<void> note_applied(Connection& database, const MigrationScript& migration,
                                    int64_t duration_ms) const = 0;
  virtual Result<void> note_undone(Connection& database, const MigrationScript& migration,
                                   const MigrationScript* last) const = 0;

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
