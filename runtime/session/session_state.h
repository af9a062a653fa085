#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <belay/report.h>

#include "runtime/session/baseline.h"
#include "runtime/session/journal.h"
#include "runtime/snapshot/manifest.h"

namespace belay::runtime {

/// The events of a journal, in the order in which a session meets them.
namespace event {
inline constexpr const char* kSessionStarted = "session-started";
inline constexpr const char* kSessionOpen = "session-open";
inline constexpr const char* kApplyStarted = "apply-started";
inline constexpr const char* kMigrationStarted = "migration-started";
inline constexpr const char* kUnitStarted = "unit-started";
inline constexpr const char* kMigrationDone = "migration-done";
inline constexpr const char* kMigrationFailed = "migration-failed";
inline constexpr const char* kApplyDone = "apply-done";
inline constexpr const char* kLedgerEdit = "ledger-edit";
inline constexpr const char* kLedgerEdited = "ledger-edited";
inline constexpr const char* kMarkMoved = "mark-moved";
inline constexpr const char* kCommitStarted = "commit-started";
inline constexpr const char* kRollbackStarted = "rollback-started";
inline constexpr const char* kRollbackUndone = "rollback-undone";
inline constexpr const char* kRestored = "restored";
inline constexpr const char* kSessionClosed = "session-closed";
}  // namespace event

/// Where a session stands, as its journal alone tells it.
struct SessionState {
  enum class Phase : uint8_t {
    kNone,         ///< no journal
    kBeginning,    ///< the snapshot is not known to be good
    kOpen,         ///< between two commands
    kApplying,     ///< migrations may be running, up or down, or the ledger is being put right
    kCommitting,   ///< the snapshot may be gone
    kRollingBack,  ///< the database may be restored
    kRestored,     ///< it is, and verified; the snapshot may be gone
    kClosed,       ///< only the journal is left to be archived
  };

  /// A migration that was begun and of which no end is known.
  struct InFlight {
    Direction direction = Direction::kUp;
    std::string history, version, name, display_name;
    bool in_transaction = true;
    uint32_t statements = 0;
    uint32_t unit_end = 0;    ///< statement by statement: done when the ledger counts so many
    uint64_t unit_batch = 0;  ///< of a statement in batches: the batch that was begun
    bool unit_bare = false;   ///< a statement outside any transaction: what it commits is not known
  };

  /// A migration that the command named when it began and of which no end is known. They run in
  /// their order, each once.
  struct Announced {
    std::string history, version, display_name;
  };

  /// A change of one row of the ledger by hand.
  struct LedgerEdit {
    std::string history, version, name;
    bool removed = false;  ///< the row goes; else it is written, under this session
    std::string state;     ///< that it gets, as the ledger has it
  };

  Phase phase = Phase::kNone;
  std::string id;
  std::string since;
  std::string database;
  bool guarded = true;  ///< false: a run without a snapshot
  std::string strategy;
  Manifest manifest;  ///< from kOpen on
  std::optional<InFlight> in_flight;
  std::string command = "apply";          ///< the last one that ran migrations or edited the ledger
  Direction direction = Direction::kUp;   ///< of all that is announced
  std::deque<Announced> announced;        ///< the one in flight is the first
  std::vector<LedgerEdit> ledger_edits;   ///< under way, all in one transaction
  std::vector<std::string> applied;       ///< display names, in order; and not taken back again
  std::vector<std::string> taken_back;    ///< display names, in order; and not applied again
  std::optional<MigrationReport> failed;  ///< the last one, unless it was applied later
  /// What the database was at the session's last record that says so. While migrations run the mark
  /// is younger than the rest; the digest is dropped as soon as it is out of date.
  Baseline baseline;
  /// Migrations whose end was recorded without a mark since the last mark: each has committed.
  uint64_t done_since_mark = 0;
  /// A row about a failure may have been committed since the mark.
  bool failure_row_due = false;
  ChangeMark rollback_mark;  ///< of the database when the rollback was begun
  ForeignWrites foreign;     ///< seen so far
  bool keep_snapshot = false;
  bool replacing = false;   ///< the whole content is being replaced: `restore`, `clear`
  std::string new_content;  ///< the digest of what comes; empty: not known
  /// The session of the kept snapshot that the content was last to come from.
  std::string source;
};

/// Reads a session's state off its journal. Errors: a record of a kind that this version does not
/// know.
Result<SessionState> fold_journal(const std::vector<JournalRecord>& records,
                                  const std::string& journal_path);

/// The state after one more record.
Result<void> fold_record(SessionState& state, const JournalRecord& record,
                         const std::string& journal_path);

Json to_json(const ForeignWrites& writes);
ForeignWrites foreign_writes_from_json(const Json& json);
/// Both together; the worse certainty wins.
void add_foreign_writes(ForeignWrites& all, const ForeignWrites& more);

}  // namespace belay::runtime
