#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "down-without-up",
    .title = "A down without its up",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(There is a down for a version that has no up: the up was renamed or removed, or one of the two
names is misspelt. The runner will not find the pair.)",
    .instead = "Give both the same version and name.",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kDownWithoutUp, report);
}

}  // namespace

Rule make_down_without_up() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
