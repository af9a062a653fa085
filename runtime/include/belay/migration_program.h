#pragma once

#include <functional>
#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/migration.h>
#include <belay/progress.h>

/// Programs that hold C++ migrations: how such a program answers, and how Belay asks it.
namespace belay::runtime {

/// Answers the questions that come in, a line each, until there are no more: what migrations there
/// are, and to run one, whose statements are asked back. Opens no connection of its own. `tell`
/// sends one line, its end included. Returns an exit code.
int serve_migrations(std::span<const MigrationScript> migrations, std::istream& questions,
                     const std::function<void(std::string_view line)>& tell);

/// Starts `command` (a program, and its arguments) in `directory`, asks it for its migrations, and
/// returns them as a session takes them: each runs in that program, which sends its statements here
/// and sees nothing else of the database. The program lives as long as one of them; that it dies is
/// an error of the migration that was running. Errors: it cannot be started, or is no such program.
Result<std::vector<MigrationScript>> migrations_of_program(const std::vector<std::string>& command,
                                                           const std::string& directory,
                                                           const CancellationToken& cancellation);

}  // namespace belay::runtime
