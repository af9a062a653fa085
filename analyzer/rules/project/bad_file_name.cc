#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "bad-file-name",
    .title = "A file whose name the layout cannot read",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(The file lies among migrations and looks like one, but its name does not have the form of the
layout: the runner skips it without a word, or stops at it.)",
    .instead =
        R"(Rename it to the layout's form, or move it elsewhere. `exclude` in belay.toml leaves files out.)",
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kBadFileName, report);
}

}  // namespace

Rule make_bad_file_name() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
