#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

// The comments themselves are read in suppressions.cc, behind all other rules.
constexpr Descriptor kDescriptor = {
    .id = "unused-suppression",
    .title = "A suppression that silences nothing",
    .category = Category::kAnalysis,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(The rule has nothing to report here any more. Left in place, the comment would silence the next
finding of that rule, whatever it is about.)",
    .instead = "Remove the comment.",
    .checks_downs = true,
    .outside_migrations = true,
    .always_on = false,
};

}  // namespace

Rule make_unused_suppression() { return {&kDescriptor, {}}; }

}  // namespace belay::rules
