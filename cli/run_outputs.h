#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "workbench/run_report.h"

/// `--report` and `--metrics`, for every command that does something to a database.
namespace belay::cli {

/// A command's options and these.
std::vector<OptionSpec> with_run_outputs(std::vector<OptionSpec> options);

class RunOutputs {
 public:
  /// What the command line asks for. Errors: a file whose name does not say how to write it.
  static Result<RunOutputs> from(const Arguments& arguments);

  /// Called before the run. Where nothing was asked for, the database is not asked either.
  void start(const workbench::SessionTarget& target, std::string command);
  /// Called after it. Writes what was asked for; each file is there as a whole or not at all. What
  /// cannot be written is told, and does not change how the command ended.
  template <class Outcome>
  void write(const workbench::SessionTarget& target, const Result<Outcome>& outcome) const {
    if (start_) write(workbench::report_run(target, *start_, outcome));
  }

 private:
  void write(const workbench::RunReport& report) const;

  std::optional<workbench::RunStart> start_;
  std::vector<std::string> reports_;
  std::string metrics_;
};

}  // namespace belay::cli
