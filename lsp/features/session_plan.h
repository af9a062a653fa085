#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/code_lens.h"
#include "lsp/features/live_sizes.h"
#include "lsp/features/run_failure.h"
#include "lsp/protocol/types.h"
#include "workbench/upkeep.h"

/// The commands that are about a database, without protocol and threads: what is asked before
/// anything changes, what is done, and what is told.
namespace belay::lsp {

enum class SessionCommand : uint8_t {
  // Those that change the database, or what is kept of it.
  kBegin,
  kApply,
  kCommit,
  kRollback,
  kDown,
  kRedo,
  kRestore,
  kFresh,
  kDropSnapshot,
  kPruneSnapshots,
  kRehearse,  ///< changes a copy alone
  // Those that only look.
  kStatus,
  kPlan,
  kDoctor,
  kCheck,
  kVerifySchema,
  kLedgerProblems,
  kSnapshots,
  kEnvironments,
};

/// What the person asked for, and what the editor knows about it.
struct SessionOrder {
  SessionCommand command = SessionCommand::kStatus;
  /// The last migration to apply, empty: all; the oldest one to take back.
  std::string migration;
  /// How many to take back, where no migration is named.
  std::optional<uint32_t> steps;
  /// The session of the snapshot that is meant.
  std::string snapshot;
  /// The session that the person has agreed to roll back where nobody else's work is lost by that.
  std::string agreed_session;
  OpenFiles open;
};

/// What a person is to be told.
struct Notice {
  MessageType type = MessageType::kInfo;
  std::string text;
};

struct SessionOutcome {
  bool done = false;
  Notice notice;
  std::string report;  ///< Markdown, for those who want all of it; empty: none
  /// What further commands may name; none where the command is not about that.
  std::optional<std::vector<Choice>> choices;
  /// The session that a failure can be taken back in, where the person is to be asked.
  std::string offered_rollback;
  /// What the history's files have to show from now on; none where the command ran no script.
  std::optional<RunFailures> failures;
  /// What a plan has found.
  std::optional<LiveSizes> sizes;
};

/// Either a question whose answer is `verb`, or else what came of it without one.
struct SessionPlan {
  std::string question;  ///< empty: there is nothing to be done
  std::string verb;
  bool is_agreed = false;  ///< the person has said yes already
  SessionOutcome outcome;
  /// The person was told that others' writes are lost.
  bool discard_foreign_writes = false;
  /// What is taken back; what loses something is confirmed by the question.
  workbench::DownRequest down;
  std::vector<std::string> taken_back;  ///< the versions that the question named, in order
  std::string snapshot;                 ///< the session of the one that is restored or removed
};

/// Decides whether the order makes sense now, and what to ask. Reads the database's state in
/// `status`, and compares files on `disk` with what is open.
SessionPlan plan_session_command(const SessionOrder& order, const workbench::SessionTarget& target,
                                 const runtime::StatusReport& status, const FileSystem& disk);

/// Does it: this changes the database.
SessionOutcome run_session_command(const SessionOrder& order, const SessionPlan& plan,
                                   const workbench::SessionTarget& target);

/// How the database stands, and how far its journals had come just before.
Result<std::pair<runtime::StatusReport, SessionView>> look_at_session(
    const workbench::SessionTarget& target);

}  // namespace belay::lsp
