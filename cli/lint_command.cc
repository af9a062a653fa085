#include <fstream>
#include <iostream>
#include <iterator>

#include "analyzer/rules/rule.h"
#include "cli/command.h"
#include "cli/load_options.h"
#include "cli/report/report.h"
#include "cli/report/source_view.h"
#include "support/overlay_file_system.h"
#include "workbench/cpp/reader_process.h"
#include "workbench/lint.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

std::string standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

void report(const workbench::LintResult& result, const Arguments& arguments) {
  const std::string format = arguments.value("--format");
  if (format == "json") return report_json(std::cout, result);
  if (format == "sarif") return report_sarif(std::cout, result);
  if (format == "github") return report_github(std::cout, result);
  report_human(std::cout, result, {terminal_wants_colours(), arguments.has("--quiet")});
}

int run(const Arguments& arguments) {
  workbench::LintOptions options;
  options.paths = arguments.values("path");
  if (options.paths.empty()) options.paths = {"."};
  Result<workbench::LoadOptions> load = load_options(arguments);
  if (!load) return fail(load.error(), kUsage);
  options.load = std::move(*load);
  options.load.cpp = std::make_shared<workbench::CppReaders>();

  const DiskFileSystem disk;
  OverlayFileSystem files(disk);
  for (std::string& path : options.paths) {
    if (path != "-") continue;
    path = arguments.has("--stdin-path") ? arguments.value("--stdin-path") : "stdin.sql";
    files.put(path, standard_input());
  }
  Result<workbench::LintResult> result = workbench::lint(files, options);
  if (!result) return fail(result.error(), kUsage);
  if (!report_configuration(std::cerr, result->configs, terminal_wants_colours())) return kUsage;
  if (arguments.has("--explain-config")) {
    // Standard output is for people only in the format for people.
    report_choices(arguments.value("--format") == "human" ? std::cout : std::cerr, *result);
  }
  report(*result, arguments);
  const std::string fail_on = arguments.value("--fail-on");
  if (fail_on == "never") return kClean;
  const Severity level = severity_from_name(fail_on).value_or(Severity::kError);
  return result->worst() >= level ? kFindings : kClean;
}

}  // namespace

Command lint_command() {
  return {
      "lint",
      "Say what migrations lock, rewrite and destroy",
      {{"path", "Folders or files; `-` for standard input (default: this folder)", Kind::kValues},
       {"--format",
        "How to print what was found",
        Kind::kValue,
        "human",
        {"human", "json", "sarif", "github"}},
       {"--fail-on",
        "The severity from which on the exit code is 1",
        Kind::kValue,
        "error",
        {"info", "warning", "error", "never"}},
       {"--quiet", "Print errors and the summary only"},
       dialect_option(),
       dialect_version_option(),
       layout_option(),
       {"--stdin-path", "The path that standard input is to be taken for", Kind::kValue},
       {"--explain-config", "Say what was found out about the project, and why"},
       config_option(),
       environment_option()},
      run};
}

}  // namespace belay::cli
