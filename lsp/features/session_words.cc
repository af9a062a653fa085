#include "lsp/features/session_words.h"

#include "lsp/features/markdown.h"
#include "lsp/features/risk.h"

namespace belay::lsp {
namespace {

/// For a shell: in quotes where it is more than a plain word.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@,+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string command_line(const std::string& command, const workbench::SessionTarget& target,
                         const std::vector<std::string>& arguments) {
  std::string out = "belay " + command;
  for (const std::string& argument : arguments) out += " " + shell_word(argument);
  out += " " + shell_word(target.history.empty() ? target.directory : target.history);
  if (!target.environment.empty()) out += " --environment " + shell_word(target.environment);
  return out;
}

}  // namespace

SessionPlan told_only(MessageType type, std::string text) {
  SessionPlan out;
  out.outcome.done = type == MessageType::kInfo;
  out.outcome.notice = {type, std::move(text)};
  return out;
}

SessionPlan refused(const Error& error) {
  return told_only(MessageType::kError, message_of(error));
}

SessionPlan no_session(const workbench::SessionTarget& target) {
  return told_only(MessageType::kWarning,
                   "No session is open on " + workbench::place_of(target) +
                       ". Begin one first: it takes the snapshot that a rollback restores.");
}

SessionPlan permitted(SessionPlan plan, const workbench::RunFacts& facts,
                      const workbench::SessionTarget& target,
                      const std::vector<std::string>& arguments) {
  using How = workbench::Confirmation::How;
  const workbench::Confirmation needed =
      workbench::confirmation_for(facts, {.can_answer = true, .yes = false, .production = false});
  if (needed.how == How::kNone || needed.how == How::kYes) return plan;
  if (needed.how == How::kRefused) return refused(needed.refusal);
  const std::string why = "Nothing was done. " + needed.about +
                          "The name of the database has to be typed for that, which an editor's "
                          "question has no place for. Type in a terminal:\n";
  const std::string command = command_line(facts.command, target, arguments);
  SessionPlan out = told_only(MessageType::kWarning, why + command);
  // A message may be cut off, and its text cannot always be copied.
  out.outcome.report =
      "# To be typed in a terminal\n\n" + escaped_markdown(why) + "\n    " + command + "\n";
  return out;
}

std::string loss_line(const std::vector<std::string>& losses) {
  if (losses.empty()) return "";
  return "\nThis loses " + enumerated(losses, kMostLosses) + ".";
}

std::string recovery_first(const runtime::StatusReport& status) {
  return status.recovery.empty() ? "" : "\nFirst: " + status.recovery + ".";
}

bool has_session(const runtime::StatusReport& status) {
  return status.phase != runtime::SessionPhase::kNone;
}

std::string unsaved_file(const SessionOrder& order, const FileSystem& disk,
                         const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const auto open = order.open.find(path::absolute(path));
    if (open == order.open.end()) continue;
    const std::string_view shown = open->second.text.text();
    const Result<std::string> saved = disk.read(open->first, Document::kMaxBytes);
    if (!saved || *saved != shown) return std::string(path::file_name(open->first));
  }
  return "";
}

std::optional<SessionPlan> unsaved(const SessionOrder& order, const FileSystem& disk,
                                   const std::vector<std::string>& paths) {
  const std::string file = unsaved_file(order, disk, paths);
  if (file.empty()) return std::nullopt;
  return told_only(MessageType::kWarning,
                   file +
                       " has changes that are not saved. Save it first: what stands on the "
                       "disk is what runs.");
}

std::string_view verb_of(runtime::Action action) {
  switch (action) {
    case runtime::Action::kBegin: return "Begin";
    case runtime::Action::kApply: return "Apply";
    case runtime::Action::kDown: return "Take back";
    case runtime::Action::kRepair: return "Repair";
    case runtime::Action::kCommit: return "Commit";
    case runtime::Action::kRollback: return "Rollback";
    case runtime::Action::kStatus: return "Status";
    case runtime::Action::kFixMigration:
    case runtime::Action::kWait: break;
  }
  return "Next";
}

std::string message_of(const runtime::Report& report) {
  std::string out;
  for (const runtime::Recovery& recovery : report.recovered) {
    out += "First, " + recovery.text + ".\n";
  }
  out += report.headline + ".";
  for (const std::string& warning : report.warnings) out += "\nWarning: " + warning + ".";
  for (const std::string& note : report.notes) out += "\nNote: " + note + ".";
  for (const runtime::NextStep& step : report.next_steps) {
    out += "\n" + std::string(verb_of(step.action)) + ": " + step.explanation + ".";
  }
  return out;
}

std::string message_of(const Error& error) { return error.to_string(); }

std::string with_place(const workbench::SessionTarget& target, std::string message) {
  if (target.environment.empty() || message.empty()) return message;
  return workbench::place_of(target) + ": " + std::move(message);
}

}  // namespace belay::lsp
