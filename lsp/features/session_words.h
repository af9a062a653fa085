#pragma once

#include <string>
#include <vector>

#include "lsp/features/session_plan.h"
#include "workbench/confirmation.h"

/// What the plans of all commands on a database have in common.
namespace belay::lsp {

/// As many as a dialog can hold.
inline constexpr size_t kMostNames = 5;
/// What is lost is named as on the command line.
inline constexpr size_t kMostLosses = 12;

/// Nothing is asked and nothing is done; information counts as an answer.
SessionPlan told_only(MessageType type, std::string text);
SessionPlan refused(const Error& error);
SessionPlan no_session(const workbench::SessionTarget& target);

/// The question as it is where a yes suffices. Where more is demanded, as in production, an editor
/// cannot ask for it: then it is refused, with the command to type. `arguments`: what that command
/// takes besides the project and the environment.
SessionPlan permitted(SessionPlan plan, const workbench::RunFacts& facts,
                      const workbench::SessionTarget& target,
                      const std::vector<std::string>& arguments);

/// `\nThis loses a, b and 2 more.`; empty where nothing is lost.
std::string loss_line(const std::vector<std::string>& losses);
/// An interrupted command is settled before anything else: that, too, changes the database.
std::string recovery_first(const runtime::StatusReport& status);
bool has_session(const runtime::StatusReport& status);

/// What an editor shows and the disk does not have would not run: the name of such a file among the
/// paths; empty where there is none.
std::string unsaved_file(const SessionOrder& order, const FileSystem& disk,
                         const std::vector<std::string>& paths);
/// The refusal, where there is one.
std::optional<SessionPlan> unsaved(const SessionOrder& order, const FileSystem& disk,
                                   const std::vector<std::string>& paths);

/// A report as a message: no commands to type, since the editor has its own.
std::string message_of(const runtime::Report& report);
std::string message_of(const Error& error);
/// The message with the place in front of it, where an environment counts.
std::string with_place(const workbench::SessionTarget& target, std::string message);

template <class Report>
SessionOutcome outcome_of(const Result<Report>& report) {
  SessionOutcome out;
  out.done = report.ok();
  out.notice = report ? Notice{MessageType::kInfo, message_of(*report)}
                      : Notice{MessageType::kError, message_of(report.error())};
  return out;
}

/// As the lenses and menus call it.
std::string_view verb_of(runtime::Action action);

}  // namespace belay::lsp
