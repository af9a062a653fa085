#pragma once

#include <memory>
#include <set>
#include <string>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {

struct SqliteSettings {
  std::string path;  ///< absolute, links resolved
  bool read_only = false;
  /// As SQLite itself has it without being told; `?foreign_keys=on` in the URL turns it on.
  bool foreign_keys = false;
  ConnectionOptions connection;
  ProgressCallback progress;
};

/// SQLite, by its library.
class SqliteDriver : public Driver {
 public:
  static Result<std::unique_ptr<SqliteDriver>> open(const DatabaseUrl& url,
                                                    const DriverOptions& options);

  const DatabaseUrl& url() const override { return url_; }
  std::string name() const override { return settings_.path; }
  std::string default_state_directory() const override { return settings_.path + ".belay"; }
  Result<std::unique_ptr<DatabaseLock>> lock(const LockRequest&) const override {
    return std::unique_ptr<DatabaseLock>();
  }
  Result<Presence> presence() const override;
  Result<std::unique_ptr<Connection>> connect(Purpose purpose, bool create) const override;
  Result<ScriptPlan> plan(const Script& script, bool transaction) const override;
  Result<std::string> schema_fingerprint(Connection& connection) const override;
  Result<RowCounts> row_counts(Connection& connection) const override;
  std::vector<TableLock> locks_of_begin() const override;
  Result<std::vector<TableLock>> table_locks(Connection& connection) const override;
  Result<Content> content(Connection& connection) const override;
  void watch(Connection& connection) const override;
  Result<Content> content_since(Connection& connection, const Content& before) const override;
  Result<void> check_deferred(Connection& connection) const override;
  Result<ForeignKeyViolations> foreign_key_violations(Connection& connection) const override;
  Result<TableSizes> table_sizes(Connection& connection) const override;
  Result<std::optional<uint64_t>> database_bytes(Connection& connection) const override;
  Result<Integrity> integrity(Connection& connection) const override;
  Result<bool> is_in_force(Connection& connection, const Script& script,
                           const PlannedStatement& statement) const override;
  bool leaves_nothing(Connection& connection, const Script& script) const override;
  Result<ChangeMark> mark(Connection& connection) const override;
  ChangeMark absent_mark() const override;
  Result<std::optional<int64_t>> others_version(Connection& connection) const override;
  std::optional<uint64_t> commits_between(const ChangeMark& earlier,
                                          const ChangeMark& later) const override;
  bool counts_alike(const ChangeMark& earlier, const ChangeMark& later) const override;
  bool marks_suffice(const ChangeMark& mark) const override;
  Result<std::string> digest() const override;
  void tidy(Connection& connection, bool at_end) const override;
  std::optional<uint64_t> size() const override;
  void ignore_writes_to(std::vector<std::string> tables) override {
    ignored_ = {tables.begin(), tables.end()};
  }
  bool is_left_alone(std::string_view table) const override;
  Result<RowCounts> watched_rows(Connection& connection) const override;
  void disregard_cancellation() override { settings_.connection.cancellation = {}; }
  std::unique_ptr<SnapshotStrategy> strategy(std::string_view name) const override;
  std::unique_ptr<SnapshotStrategy> file_strategy() const override;
  Result<void> clear(const Admit& admit) const override;
  void diagnose(std::vector<Finding>& findings) const override;
  Result<ChosenGuard> choose_guard(const std::optional<GuardAdvice>& advice,
                                   std::unique_ptr<Connection> look) const override;

  const SqliteSettings& settings() const { return settings_; }
  /// A bare connection with SQLite's flags.
  Result<std::unique_ptr<SqliteConnection>> open_connection(
      int flags, std::unique_ptr<KeptJournal> way = nullptr) const;

 private:
  bool has_log() const;

  SqliteDriver(DatabaseUrl url, SqliteSettings settings)
      : url_(std::move(url)), settings_(std::move(settings)) {}

  DatabaseUrl url_;
  SqliteSettings settings_;
  std::set<std::string> ignored_;
};

}  // namespace belay::runtime::sqlite
