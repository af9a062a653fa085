#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "missing-semicolon",
    .title = "A last statement without the end that its runner wants",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(Some runners cut a script at semicolons themselves and drop, or join to the next part, a last
statement without one.)",
    .instead = "End the statement with a semicolon.",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kMissingSemicolon, report);
}

}  // namespace

Rule make_missing_semicolon() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
