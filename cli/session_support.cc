#include "cli/session_support.h"

#include <unistd.h>

#include <charconv>
#include <csignal>
#include <iostream>

#include "cli/run_outputs.h"
#include "support/ascii.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

/// The token that Ctrl-C cancels. A signal handler can reach nothing but a global.
runtime::CancellationToken& interrupt_token() {
  static runtime::CancellationToken token;
  return token;
}

void on_interrupt(int signal) {
  interrupt_token().cancel();
  // A second Ctrl-C ends the program as usual; the next command will settle what is left.
  std::signal(signal, SIG_DFL);
}

/// One line on a terminal that is written over and over, and cleared before anything else is said.
class ProgressLine {
 public:
  ~ProgressLine() { clear(); }
  void show(const runtime::Progress& progress) {
    std::string line(workbench::stage_text(progress.stage));
    if (progress.total > 0) {
      constexpr uint64_t kPercent = 100;
      line += " " + std::to_string(progress.done * kPercent / progress.total) + "%";
    }
    if (!progress.subject.empty()) line += "  " + progress.subject;
    std::cerr << "\r\x1b[K" << line << std::flush;
    shown_ = true;
  }
  void clear() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
    shown_ = false;
  }

 private:
  bool shown_ = false;
};

ProgressLine& progress_line() {
  static ProgressLine line;
  return line;
}

/// Whether others' writes may be lost: nobody wrote, or a person has agreed.
bool may_discard(const runtime::ForeignWrites& writes) {
  using Certainty = runtime::ForeignWrites::Certainty;
  std::string question = writes.certainty == Certainty::kSome
                             ? "Others have written to the database since `belay begin`"
                             : "Others may have written to the database since `belay begin`";
  for (const std::string& detail : writes.details) question += "\n  " + detail;
  return confirm(question + "\nRoll back and lose that?");
}

/// Asks about others' writes and, where the environment wants it, about the rollback as a whole.
Result<void> confirm_rollback(const Arguments& arguments, const workbench::SessionTarget& target,
                              bool& discard_foreign_writes) {
  const bool careful = may_have_to_confirm(arguments, target);
  if (discard_foreign_writes && !careful) return {};
  const Result<runtime::StatusReport> status = workbench::status(target);
  const bool foreign =
      status && status->foreign_writes.certainty != runtime::ForeignWrites::Certainty::kNone;
  if (careful) BELAY_TRY(confirm_run(arguments, workbench::rollback_facts(target, status)));
  if (foreign && !discard_foreign_writes) {
    discard_foreign_writes = may_discard(status->foreign_writes);
  }
  return {};
}

}  // namespace

runtime::CancellationToken listen_to_interrupts() {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  interrupt_token() = {};
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, on_interrupt);
  return interrupt_token();
}

runtime::ProgressCallback terminal_progress() {
  if (isatty(STDERR_FILENO) != 1) return {};
  return [](const runtime::Progress& p) { progress_line().show(p); };
}

void clear_progress() { progress_line().clear(); }

std::vector<OptionSpec> session_options() {
  return {{"path", "The project, or the folder of its migrations (default: this folder)",
           Kind::kValue, "."},
          {"--database", "The database's URL, instead of the configured one", Kind::kValue},
          {"--wait", "Seconds to wait for others that use the database", Kind::kValue, "10"},
          {"--end-other-sessions",
           "PostgreSQL: end others' connections where a snapshot needs the database for itself"},
          config_option(),
          environment_option()};
}

Result<workbench::SessionTarget> session_target(const Arguments& arguments,
                                                std::shared_ptr<workbench::CppSourceReader> cpp) {
  static const DiskFileSystem disk;
  workbench::SessionRequest request;
  request.path = arguments.value("path");
  request.load.config_path = arguments.value("--config");
  request.load.overrides.environment = arguments.value("--environment");
  request.load.cpp = std::move(cpp);
  request.load.cpp_outside_unasked = false;
  request.database_url = arguments.value("--database");
  const std::string wait = arguments.value("--wait");
  int seconds = 0;
  const auto [end, error] = std::from_chars(wait.data(), wait.data() + wait.size(), seconds);
  if (error != std::errc{} || end != wait.data() + wait.size() || seconds < 0) {
    return Error{"`" + wait + "` is no number of seconds", "--wait", ""};
  }
  request.wait = std::chrono::seconds(seconds);
  request.end_other_sessions = arguments.has("--end-other-sessions");
  request.cancellation = listen_to_interrupts();
  request.progress = terminal_progress();
  return workbench::find_target(disk, request);
}

bool can_ask() { return isatty(STDIN_FILENO) == 1; }

bool confirm_typed(const std::string& question, const std::string& expected) {
  progress_line().clear();
  if (!can_ask()) return false;
  std::cout << question << " " << std::flush;
  std::string answer;
  return std::getline(std::cin, answer) && ascii::trim(answer) == expected;
}

OptionSpec format_option() {
  return {"--format", "How to print it", Kind::kValue, "human", {"human", "json"}};
}

bool wants_json(const Arguments& arguments) { return arguments.value("--format") == "json"; }

Result<size_t> count_of(const Arguments& arguments, std::string_view option, size_t otherwise) {
  if (!arguments.has(option)) return otherwise;
  const std::string text = arguments.value(option);
  size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc{} && end == text.data() + text.size() && count > 0) return count;
  return Error{"`" + text + "` is no number of migrations", std::string(option), "name 1 or more"};
}

void add_unguarded_option(std::vector<OptionSpec>& options) {
  options.push_back(
      {"--without-snapshot", "Run without an open session: nothing can be taken back"});
}

Result<bool> may_run_unguarded(const Arguments& arguments, const workbench::SessionTarget& target) {
  if (!arguments.has("--without-snapshot")) return false;
  if (arguments.has("--yes")) return true;
  if (confirm("Run migrations on " + target.url +
              " without a snapshot? What goes wrong cannot be taken back.")) {
    return true;
  }
  return Error{"nothing was run: running without a snapshot was not confirmed", "",
               "answer yes, or pass --yes where no person can be asked"};
}

void offer_rollback(const Arguments& arguments) {
  if (confirm("Roll back now, to the state before `belay begin`?")) {
    roll_back(arguments, /*discard_foreign_writes=*/false, /*report_wanted=*/false);
  }
}

bool confirm(const std::string& question) {
  progress_line().clear();
  if (!can_ask()) return false;
  std::cout << question << " (yes/no) [no] " << std::flush;
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  return ascii::equal_ignoring_case(ascii::trim(answer), "yes");
}

std::vector<OptionSpec> with_permission(std::vector<OptionSpec> options) {
  options.push_back({"--yes", "Do not ask; on production only together with --production"});
  options.push_back({"--production", "Treat the database as production, whatever it is called"});
  return options;
}

Result<void> confirm_run(const Arguments& arguments, const workbench::RunFacts& run) {
  using How = workbench::Confirmation::How;
  const workbench::Confirmation confirmation = workbench::confirmation_for(
      run, {can_ask(), arguments.has("--yes"), arguments.has("--production")});
  bool confirmed = true;
  switch (confirmation.how) {
    case How::kNone: break;
    case How::kRefused: return confirmation.refusal;
    case How::kYes: confirmed = confirm(confirmation.question); break;
    case How::kTypeName:
      confirmed = confirm_typed(confirmation.question, confirmation.expected);
      break;
  }
  if (confirmed) return {};
  return Error{"nothing was run: it was not confirmed", "", ""};
}

bool may_have_to_confirm(const Arguments& arguments, const workbench::SessionTarget& target) {
  return arguments.has("--production") || target.kind != project::EnvironmentKind::kDevelopment ||
         target.confirm != project::ConfirmWhen::kNever;
}

void print_report(const runtime::Report& report) {
  progress_line().clear();
  std::cout << runtime::to_text(report) << std::flush;
}

int roll_back(const Arguments& arguments, bool discard_foreign_writes, bool report_wanted) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  Result<RunOutputs> outputs = RunOutputs::from(arguments);
  if (!outputs) return fail(outputs.error(), kUsage);
  const Result<void> confirmed = confirm_rollback(arguments, *target, discard_foreign_writes);
  if (!confirmed) return fail(confirmed.error(), kFindings);
  if (report_wanted) outputs->start(*target, "rollback");
  const Result<runtime::RollbackReport> report =
      workbench::rollback(*target, discard_foreign_writes);
  outputs->write(*target, report);
  progress_line().clear();
  if (!report) return fail(report.error(), kFindings);
  print_report(*report);
  return kClean;
}

}  // namespace belay::cli
