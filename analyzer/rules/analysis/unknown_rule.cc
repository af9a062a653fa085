#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

// The comments themselves are read in suppressions.cc, behind all other rules.
constexpr Descriptor kDescriptor = {
    .id = "unknown-rule",
    .title = "A suppression of a rule that does not exist",
    .category = Category::kAnalysis,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why = R"(The name is misspelt, or the rule has another name: the comment silences nothing.)",
    .instead = "`belay rules` lists all names.",
    .checks_downs = true,
    .outside_migrations = true,
    .always_on = true,
};

}  // namespace

Rule make_unknown_rule() { return {&kDescriptor, {}}; }

}  // namespace belay::rules
