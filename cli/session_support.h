#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "workbench/confirmation.h"
#include "workbench/sessions.h"

/// What the commands of a session share.
namespace belay::cli {

/// Where the database and the migrations come from.
std::vector<OptionSpec> session_options();

/// A fresh token that Ctrl-C and SIGTERM cancel, so that an interrupt of what came before does not
/// stop what comes now. A second Ctrl-C ends the program as usual.
runtime::CancellationToken listen_to_interrupts();

/// Shows on a terminal how far a command is; nothing where there is none.
runtime::ProgressCallback terminal_progress();
/// Before anything else is printed.
void clear_progress();

/// The session's target from the command line. Ctrl-C asks a running command to stop, as does
/// SIGTERM, and a terminal shows how far it is. `cpp` reads the sources of migrations in C++, for
/// commands that tell of them; null: they are what the program says.
Result<workbench::SessionTarget> session_target(
    const Arguments& arguments, std::shared_ptr<workbench::CppSourceReader> cpp = nullptr);

/// Asks on the terminal; `no` where there is none, or the answer is anything but yes.
bool confirm(const std::string& question);

/// Whether there is a person who can be asked.
bool can_ask();
/// Asks for a word to be typed; false where it is not, or where nobody can be asked.
bool confirm_typed(const std::string& question, const std::string& expected);

/// `--format`, for commands whose answer is data.
OptionSpec format_option();
bool wants_json(const Arguments& arguments);

/// The whole number of an option; `otherwise` where it is not given. Errors: it is none, or 0.
Result<size_t> count_of(const Arguments& arguments, std::string_view option, size_t otherwise);

/// `--without-snapshot`.
void add_unguarded_option(std::vector<OptionSpec>& options);
/// Whether to run without a session. Errors: it was asked for, and nobody has confirmed it.
Result<bool> may_run_unguarded(const Arguments& arguments, const workbench::SessionTarget& target);

/// A migration failed in an open session: offers what brings everything back.
void offer_rollback(const Arguments& arguments);
/// `--yes` and `--production`, for commands that a person may have to confirm.
std::vector<OptionSpec> with_permission(std::vector<OptionSpec> options);
/// Whether the run may go on: asks where it has to be confirmed. Errors: it was not confirmed.
Result<void> confirm_run(const Arguments& arguments, const workbench::RunFacts& run);
/// Whether anybody would be asked at all, so that what to ask about is worth finding out.
bool may_have_to_confirm(const Arguments& arguments, const workbench::SessionTarget& target);

/// Prints what a command answers.
void print_report(const runtime::Report& report);

/// Rolls the session back and prints what came of it. Where others have written since, a person is
/// asked first, unless `discard_foreign_writes` says that one was. `report`: write the report that
/// was asked for. Returns the exit code.
int roll_back(const Arguments& arguments, bool discard_foreign_writes, bool report);

}  // namespace belay::cli
