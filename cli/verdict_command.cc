#include <algorithm>
#include <iostream>

#include "cli/command.h"
#include "cli/load_options.h"
#include "cli/report/report.h"
#include "cli/report/source_view.h"
#include "cli/report/verdict.h"
#include "workbench/cpp/reader_process.h"
#include "workbench/verdicts.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using rollback::Verdict;

/// What a migration may be without anything to do.
bool is_fine(const rollback::Reversibility& r) {
  return r.verdict == Verdict::kRestored || r.verdict == Verdict::kDeclaredIrreversible ||
         (r.verdict == Verdict::kRestoredButOrder && r.lasting_loss() == nullptr);
}

int run(const Arguments& arguments) {
  std::vector<std::string> paths = arguments.values("path");
  if (paths.empty()) paths = {"."};
  Result<workbench::LoadOptions> load = load_options(arguments);
  if (!load) return fail(load.error(), kUsage);
  load->cpp = std::make_shared<workbench::CppReaders>();
  const DiskFileSystem disk;
  const Result<workbench::VerdictResult> result = workbench::verdicts(disk, paths, *load);
  if (!result) return fail(result.error(), kUsage);
  if (!report_configuration(std::cerr, result->configs, terminal_wants_colours())) return kUsage;
  if (arguments.value("--format") == "json") {
    report_verdicts_json(std::cout, *result);
  } else {
    report_verdicts_human(std::cout, *result, terminal_wants_colours());
  }
  const bool fine =
      std::all_of(result->migrations.begin(), result->migrations.end(),
                  [](const workbench::MigrationVerdict& m) { return is_fine(m.reversibility()); });
  return fine ? kClean : kFindings;
}

}  // namespace

Command verdict_command() {
  return {"verdict",
          "Say whether each down undoes its up, and what is lost on the way",
          {{"path", "Folders or files of migrations (default: this folder)", Kind::kValues},
           {"--format", "How to print it", Kind::kValue, "human", {"human", "json"}},
           dialect_option(),
           dialect_version_option(),
           layout_option(),
           config_option(),
           environment_option()},
          run};
}

}  // namespace belay::cli
