#pragma once

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

  /// Writes what was asked for; each file is there as a whole or not at all. What cannot be written
  /// is told, and does not change how the command ended.
  void write(const workbench::RunReport& report) const;
  bool wanted() const { return !reports_.empty() || !metrics_.empty(); }

 private:
  std::vector<std::string> reports_;
  std::string metrics_;
};

}  // namespace belay::cli
