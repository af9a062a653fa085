#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <belay/session.h>

#include "runner/arguments.h"

namespace belay::runner {

/// What a command works with.
struct Context {
  const runtime::Session& session;
  std::span<const runtime::MigrationScript> migrations;
  const Arguments& arguments;
  /// Versions that some of them depend on and that stand elsewhere: they must have been applied.
  std::span<const std::string> elsewhere;
};

/// What the shell is answered with.
enum ExitCode : int {
  kDone = 0,
  kFailed = 1,  ///< refused, failed, or something was found
  kUsage = 2,
};

struct Command {
  std::string_view name;
  std::string_view word;  ///< what stands behind the name, for the help; empty: nothing
  std::string_view description;
  std::vector<Option> options;
  /// Prints what there is to say; an error is the caller's to tell.
  Result<int> (*run)(const Context&) = nullptr;
};

std::span<const Command> all_commands();

}  // namespace belay::runner
