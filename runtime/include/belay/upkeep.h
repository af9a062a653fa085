#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/plan.h>
#include <belay/report.h>

/// Looking after the ledger and the database: what happened, what is wrong, what is put right.
namespace belay::runtime {

/// Something that the journals tell.
struct HistoryEvent {
  enum class Kind : uint8_t {
    kBegun,
    kApplied,
    kTakenBack,
    kFailed,
    kEdited,    ///< a row of the ledger, by `baseline` or `repair`
    kReplaced,  ///< the whole content, by `restore` or `clear`
    kCommitted,
    kRestored,  ///< a rollback brought the database back
    kClosed,    ///< a session that ended in another way
  };
  Kind kind = Kind::kBegun;
  std::string at;  ///< UTC, ISO 8601
  std::string by;  ///< `user@host`; empty: not recorded
  std::string session;
  std::string command;  ///< that was running; empty: not recorded
  std::string version;  ///< empty where it is about no migration
  std::string name;     ///< as people call the migration
  Direction direction = Direction::kUp;
  std::optional<int64_t> duration_ms;
  std::string text;  ///< the error, or how a session was closed
};
/// `begun`, `applied`, `taken-back`, ...
std::string_view history_kind_name(HistoryEvent::Kind kind);

struct HistoryReport : Report {
  std::vector<LedgerEntry> ledger;
  std::vector<HistoryEvent> events;  ///< the oldest first
};

/// What the journals alone tell, without a look at the database: as true as their writers left it.
struct RecordsReport {
  bool open = false;    ///< a session is
  std::string session;  ///< the open one
  std::string since;    ///< UTC, ISO 8601
  bool guarded = true;  ///< false: a run without a snapshot
  /// Migrations that were applied in the open session, in order; and not taken back again.
  std::vector<std::string> applied;
  std::vector<HistoryEvent> events;  ///< the oldest first
};

struct CheckReport : Report {
  bool integrity_checked = false;
  std::vector<std::string> integrity_problems;
  bool foreign_keys_checked = false;
  uint64_t foreign_key_violations = 0;
  /// Tables whose number of rows is not what the last run left.
  std::vector<RowChange> row_changes;
  std::string rows_recorded_at;  ///< empty: no run has recorded any

  bool sound() const { return integrity_problems.empty() && foreign_key_violations == 0; }
};

struct VerifySchemaReport : Report {
  SchemaDrift drift;
};

/// Something about the ledger that is not as it should be.
struct LedgerProblem {
  enum class Kind : uint8_t {
    kHalfApplied,    ///< some statements of the up have run
    kHalfTakenBack,  ///< some statements of the down have run
    kFailed,         ///< a failed run of which nothing stayed
    kEdited,         ///< applied, and with other statements since
    kMissing,        ///< applied, and not among the migrations
  };
  Kind kind = Kind::kFailed;
  std::string version;
  std::string display_name;
  std::string message;
  std::string remedy;  ///< what to do about it
};
/// `half-applied`, `half-taken-back`, ...
std::string_view problem_name(LedgerProblem::Kind kind);

struct RepairReport : Report {
  std::vector<LedgerProblem> problems;  ///< as they were before
  /// What was changed in the ledger, or would be; a phrase each.
  std::vector<std::string> changes;
  bool changed = false;
};

struct BaselineReport : Report {
  /// Marked as applied by this command.
  std::vector<std::string> marked;
  /// They were applied before.
  uint32_t known = 0;
};

}  // namespace belay::runtime
