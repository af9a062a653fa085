#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workbench/checked_apply.h"

/// What a run did, for the record: one plain value from what the runtime measured and what the
/// analyzer knows. Whatever is not known is empty; nothing is guessed.
namespace belay::workbench {

/// Taken just before a run.
struct RunStart {
  std::string command;  ///< `begin`, `apply`, `commit`, `rollback`
  std::string at;       ///< UTC, ISO 8601
  int64_t clock_ms = 0;
  std::optional<uint64_t> size;
};
RunStart start_run(const SessionTarget& target, std::string command);

struct RunReport {
  enum class Status : uint8_t {
    kSucceeded,
    kPartial,  ///< something was applied and stays, and something failed
    kFailed,   ///< refused, or nothing of it has stayed
  };
  enum class ChangeType : uint8_t { kUnknown, kNothing, kSchema, kData, kSchemaAndData };
  enum class Checks : uint8_t { kNotMade, kPassed, kIssues };
  enum class Backup : uint8_t {
    kNone,          ///< the run had no snapshot
    kNothingThere,  ///< there was no database to copy
    kCreated,       ///< there is a snapshot
    kKept,          ///< the session is over, its snapshot is not
    kDropped,       ///< the session is over, and its snapshot with it
    kFailed,        ///< it could not be taken
  };

  struct Migration {
    std::string version, name, id;
    std::string state;  ///< in the ledger's words
    std::string started_at, ended_at;
    int64_t duration_ms = 0;
    bool succeeded = false;
    uint32_t statements = 0, statements_done = 0;
    bool in_transaction = true;
    /// Of its statements that ran in batches, all runs together; empty where none did.
    std::optional<uint64_t> batches, rows_changed_in_batches;
    std::string error;
    std::string risk, reversibility;  ///< empty without analysis
    std::string rollback_script;      ///< the file of the down; empty where there is none
    /// What it destroys that no down brings back, a phrase each.
    std::vector<std::string> data_loss;
  };

  struct Table {
    std::string name;
    std::optional<uint64_t> rows_before, rows_after;  ///< where the number changed
    std::string lock;    ///< the strongest that the analyzer expects; empty: none, not known
    std::string blocks;  ///< what waits for it: `reads and writes`
    bool rewritten = false;
    std::string lock_taken;  ///< the strongest that kept writers out, in the engine's words
    std::optional<int64_t> lock_held_ms;  ///< the longest time at a stretch
  };

  struct SlowStatement {
    std::string migration, place, statement;
    int64_t duration_ms = 0;
  };

  struct Snapshot {
    std::string path, strategy;
    std::optional<uint64_t> bytes, rows, tables;
    bool verified = false;
  };

  std::string command;
  std::string started_at, ended_at;
  int64_t duration_ms = 0;
  std::string database;  ///< without password
  std::string environment;
  std::string session;
  Status status = Status::kSucceeded;
  std::string headline;
  std::string error;  ///< why it was refused or failed

  std::vector<Migration> migrations;
  std::optional<uint64_t> pending;

  ChangeType change_type = ChangeType::kUnknown;
  /// The analyzer's account of what the applied migrations made of the schema; a phrase each.
  bool schema_known = false;
  std::vector<std::string> added, modified, deleted;

  std::vector<Table> tables;
  std::optional<int64_t> rows_added, rows_removed;  ///< net, by table
  /// The longest time at a stretch that a table, or the database where it has one writer, was
  /// locked against writers; empty where no migration ran.
  std::optional<int64_t> lock_duration_ms;
  std::optional<int64_t> lock_wait_ms;  ///< of all migrations
  std::vector<SlowStatement> slow_statements;
  Checks checks = Checks::kNotMade;
  std::vector<std::string> issues;

  Backup backup = Backup::kNone;
  std::optional<Snapshot> snapshot;
  /// The database was restored from its snapshot in this run, and compared with it.
  bool rollback_tested = false;

  std::optional<uint64_t> size_before, size_after;
  std::optional<uint64_t> peak_memory_bytes;  ///< of this process
  std::optional<uint32_t> health_checks, health_failures;
  std::vector<std::string> monitoring;  ///< what to keep an eye on, a sentence each
  std::vector<std::string> warnings, notes;

  /// Migrations that failed, of those that ran; empty where none ran.
  std::optional<double> error_rate() const;
  std::optional<int64_t> size_delta() const;
};

std::string_view status_name(RunReport::Status status);  ///< `succeeded`, `partial`, `failed`
std::string_view change_type_name(RunReport::ChangeType type);  ///< empty for unknown
std::string_view checks_name(RunReport::Checks checks);         ///< empty where none were made
std::string_view backup_name(RunReport::Backup backup);         ///< `none`, `created`, ...

RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::BeginReport>& result);
RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::ApplyReport>& result);
RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<CheckedApply>& result);
RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::CommitReport>& result);
RunReport report_run(const SessionTarget& target, const RunStart& start,
                     const Result<runtime::RollbackReport>& result);

}  // namespace belay::workbench
