#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "missing-file",
    .title = "A file that the history names and that is not there",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(A plan or a changelog names a script or a change that does not exist: the runner stops there, and
what comes after it was never checked.)",
    .instead = "Add the file, or take its name out.",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kMissingFile, report);
}

}  // namespace

Rule make_missing_file() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
