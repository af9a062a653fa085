#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

// The comments themselves are read in suppressions.cc, behind all other rules.
constexpr Descriptor kDescriptor = {
    .id = "suppression-without-reason",
    .title = "A suppression without a reason",
    .category = Category::kAnalysis,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(A finding that is silenced without a word is a riddle for the next reader. The comment has no
effect until it says which rules it is about, and why.)",
    .instead = "`-- belay:ignore set-not-null: the table has 40 rows`",
    .checks_downs = true,
    .outside_migrations = true,
    .always_on = true,
};

}  // namespace

Rule make_suppression_without_reason() { return {&kDescriptor, {}}; }

}  // namespace belay::rules
