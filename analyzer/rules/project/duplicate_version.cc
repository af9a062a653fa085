#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "duplicate-version",
    .title = "Two migrations with one version",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(Runners remember what they applied by its version: of two migrations with the same one, one is
never run, or the runner refuses to start. It happens when two branches are merged.)",
    .instead = "Give the one that was applied nowhere yet the next free version.",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kDuplicateVersion, report);
}

}  // namespace

Rule make_duplicate_version() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
