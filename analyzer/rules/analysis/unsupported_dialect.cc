#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "unsupported-dialect",
    .title = "A dialect that is not analysed yet",
    .category = Category::kAnalysis,
    .engines = {Engine::kMysql, Engine::kMariadb},
    .severity = Severity::kInfo,
    .why =
        R"(Belay reads the files of this history, but not yet their statements: silence about them means
nothing.)",
    .instead =
        R"(If the dialect was guessed wrongly, set `dialect` in belay.toml; `belay lint --explain-config`
tells why it was chosen.)",
    .always_on = true,
};

void check(const HistoryContext& history, Report& report) {
  const project::MigrationSet& set = history.set;
  for (const project::Migration& m : set.migrations) {
    if (!m.up) continue;
    report.at(
        Place{m.up->path, {m.up->range.begin, m.up->range.begin}},
        std::string(engine_display_name(set.dialect.engine)) + " is not analysed yet: " +
            (set.migrations.size() == 1 ? "the migration of this history was not checked."
                                        : "none of the " + std::to_string(set.migrations.size()) +
                                              " migrations of this history was checked."));
    return;
  }
}

}  // namespace

Rule make_unsupported_dialect() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
