#pragma once

#include <memory>
#include <string>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/postgres/connection.h"
#include "runtime/drivers/postgres/inspect.h"
#include "runtime/drivers/postgres/settings.h"

namespace belay::runtime::postgres {

/// PostgreSQL, by libpq.
class PostgresDriver : public Driver {
 public:
  static Result<std::unique_ptr<PostgresDriver>> open(const DatabaseUrl& url,
                                                      const DriverOptions& options);

  const DatabaseUrl& url() const override { return settings_.url; }
  std::string name() const override { return name_; }
  /// In the project's `.belay` folder: the server's own files are out of reach.
  std::string default_state_directory() const override { return state_directory_; }
  Result<std::unique_ptr<DatabaseLock>> lock(const LockRequest& request) const override;
  Result<void> announce_session(const AnnouncedSession& session) const override;
  Result<void> withdraw_session(const std::string& session) const override;
  Result<std::vector<AnnouncedSession>> announced_sessions(Connection& connection) const override;
  Result<Presence> presence() const override;
  Result<std::unique_ptr<Connection>> connect(Purpose purpose, bool create) const override;
  Result<ScriptPlan> plan(const Script& script, bool transaction) const override;
  Result<std::string> schema_fingerprint(Connection& connection) const override;
  Result<void> check_deferred(Connection& connection) const override;
  Result<RowCounts> row_counts(Connection& connection) const override;
  Result<std::vector<TableLock>> table_locks(Connection& connection) const override;
  /// None: the server checks them itself, at the end of each transaction.
  Result<ForeignKeyViolations> foreign_key_violations(Connection&) const override {
    return ForeignKeyViolations{};
  }
  Result<TableSizes> table_sizes(Connection& connection) const override;
  Result<std::optional<uint64_t>> database_bytes(Connection& connection) const override;
  Result<Integrity> integrity(Connection& connection) const override;
  Result<bool> was_done(Connection& connection, const Script& script,
                        const PlannedStatement& statement) const override;
  Result<ChangeMark> mark(Connection& connection) const override;
  ChangeMark absent_mark() const override { return {}; }
  Result<std::optional<int64_t>> others_version(Connection&) const override {
    return std::optional<int64_t>();
  }
  std::optional<uint64_t> commits_between(const ChangeMark& earlier,
                                          const ChangeMark& later) const override;
  /// Others on the same server move the mark too, so the digest decides.
  bool marks_suffice(const ChangeMark&) const override { return false; }
  Result<std::string> digest() const override;
  bool digests_compare(const ChangeMark& earlier, const ChangeMark& later) const override;
  std::optional<uint64_t> size() const override;
  bool takes_turns() const override { return true; }
  void tidy(Connection&, bool) const override {}
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

  const PostgresSettings& settings() const { return settings_; }

 private:
  PostgresDriver(PostgresSettings settings, std::string name, std::string state_directory)
      : settings_(std::move(settings)),
        name_(std::move(name)),
        state_directory_(std::move(state_directory)) {}

  Result<ChosenGuard> dump_instead(ChosenGuard choice) const;

  PostgresSettings settings_;
  std::string name_;
  std::string state_directory_;
  TableNames ignored_;
};

}  // namespace belay::runtime::postgres
