#pragma once

#include <ostream>
#include <string_view>
#include <vector>

#include "workbench/lint.h"

/// The output formats of `belay lint`, one file each.
namespace belay::cli {

struct HumanOptions {
  bool colours = false;
  /// Only the summary and what is at least an error.
  bool quiet = false;
};

/// For people: each finding with its line, its range underlined, what it costs, and the safe form.
void report_human(std::ostream& out, const workbench::LintResult& result,
                  const HumanOptions& options);
/// One JSON object per line; docs/lint-output.schema.json describes it.
void report_json(std::ostream& out, const workbench::LintResult& result);
/// SARIF 2.1.0, for code scanning services.
void report_sarif(std::ostream& out, const workbench::LintResult& result);
/// Workflow commands that GitHub shows as annotations.
void report_github(std::ostream& out, const workbench::LintResult& result);

/// Mistakes in configuration files, for people. False where one of them is an error.
bool report_configuration(std::ostream& out, const std::vector<workbench::ConfigReport>& configs,
                          bool colours);
/// What was decided for the user, and why.
void report_choices(std::ostream& out, const workbench::LintResult& result);

}  // namespace belay::cli
