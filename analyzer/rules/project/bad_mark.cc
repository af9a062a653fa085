#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "bad-mark",
    .title = "A mark in the script that the layout cannot read",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(Layouts with up and down in one file tell them apart by marks in comments. One that is misspelt,
doubled or out of order puts statements into the wrong script: a down that runs with the up
destroys what was just made.)",
    .instead = "Write the mark as the layout demands.",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kBadMark, report);
}

}  // namespace

Rule make_bad_mark() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
