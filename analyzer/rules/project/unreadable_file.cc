#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "unreadable-file",
    .title = "A migration that cannot be read",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why = R"(What cannot be read cannot be checked, and later migrations are judged without it.)",
    .instead = "Mend its permissions or its size. Of a C++ source the message says what it lacks.",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kUnreadable, report);
}

}  // namespace

Rule make_unreadable_file() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
