#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/code_lens.h"
#include "lsp/protocol/types.h"
#include "workbench/sessions.h"

/// The session commands without protocol and threads: what is asked before anything changes, what
/// is done, and what is told.
namespace belay::lsp {

enum class SessionCommand : uint8_t { kBegin, kApply, kCommit, kRollback, kStatus };

/// What the person asked for, and what the editor knows about it.
struct SessionOrder {
  SessionCommand command = SessionCommand::kStatus;
  /// The last migration to apply; empty: all.
  std::string migration;
  /// The analysed history, for what the migrations lose; may be null.
  std::shared_ptr<const AnalyzedSet> set;
  OpenFiles open;
};

/// What a person is to be told.
struct Notice {
  MessageType type = MessageType::kInfo;
  std::string text;
};

/// Either a question whose answer is `verb`, or else what speaks against asking.
struct SessionPlan {
  std::string question;  ///< empty: there is nothing to be done
  std::string verb;
  Notice notice;
  /// The person was told that others' writes are lost.
  bool discard_foreign_writes = false;
};

/// Decides whether the order makes sense now, and what to ask. Reads the database's state in
/// `status`, and compares files on `disk` with what is open.
SessionPlan plan_session_command(const SessionOrder& order, const workbench::SessionTarget& target,
                                 const runtime::StatusReport& status, const FileSystem& disk);

struct SessionOutcome {
  bool done = false;
  Notice notice;
};

/// Does it: this changes the database.
SessionOutcome run_session_command(const SessionOrder& order, const SessionPlan& plan,
                                   const workbench::SessionTarget& target);

/// A report as a message: no commands to type, since the editor has its own.
std::string message_of(const runtime::Report& report);
std::string message_of(const Error& error);

SessionView view_of(const runtime::StatusReport& status);

}  // namespace belay::lsp
