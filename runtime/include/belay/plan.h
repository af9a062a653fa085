#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/guard.h>
#include <belay/report.h>
#include <belay/result.h>

/// What would be done, and whether the database is what it is taken to be.
namespace belay::runtime {

/// A migration that is pending.
struct PlannedMigration {
  std::string history;
  std::string version;
  std::string name;
  std::string display_name;
  std::string path;  ///< of its up; empty: not known
  bool has_down = false;
  uint32_t statements = 0;
  bool in_transaction = true;
  uint32_t resume_at = 0;     ///< statements that an earlier run has done
  bool out_of_order = false;  ///< one that follows it in the list is applied already
  /// What was decided about the script, a sentence each.
  std::vector<std::string> notes;
  /// What it reaches that no snapshot brings back.
  std::vector<std::string> beyond_guard;
  /// Why it cannot be run as it is; `apply` would refuse, and run none.
  std::optional<Error> problem;
};

/// The schema of the database against the one that the newest entry of the ledger left.
struct SchemaDrift {
  enum class State : uint8_t { kNone, kDrifted, kUnknown };
  State state = State::kUnknown;
  std::string fingerprint;  ///< now; empty without a database
  std::string recorded;     ///< empty: none was
  std::string recorded_by;  ///< the migration
  /// In a sentence without a full stop.
  std::string reason;
};
/// `none`, `drifted`, `unknown`.
std::string_view drift_name(SchemaDrift::State state);

struct TableSize {
  std::string table;
  uint64_t rows = 0;
  std::optional<uint64_t> bytes;  ///< with its indexes; empty: not known
};

/// What a `begin` would guard with, and why.
struct GuardChoice {
  Guard guard = Guard::kDatabase;
  std::string reason;
};

struct PlanReport : Report {
  bool database_exists = false;
  bool session_open = false;
  uint32_t applied = 0;
  std::vector<PlannedMigration> pending;  ///< in the order in which they run
  std::vector<std::string> edited;        ///< applied, and with other statements since
  std::vector<std::string> comments_edited;
  std::vector<std::string> missing;       ///< applied, and not among the migrations
  std::vector<std::string> half_applied;  ///< some of their statements have run
  std::vector<std::string> half_taken_back;
  SchemaDrift drift;
  GuardChoice guard;
  std::vector<TableSize> tables;  ///< the live ones; empty where they were not asked for
  std::optional<uint64_t> database_bytes;
  /// Why an `apply` would refuse to run anything.
  std::vector<std::string> obstacles;
};

/// A migration that a dry run could not try.
struct NotTried {
  std::string display_name;
  std::string why;
};

struct DryRunReport : Report {
  bool failed = false;
  bool cancelled = false;
  /// What was tried and taken back again, in order; the last one is the one that failed, if any.
  std::vector<MigrationReport> migrations;
  std::vector<NotTried> not_tried;
};

}  // namespace belay::runtime
