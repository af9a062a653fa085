#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Descriptor kDescriptor = {
    .id = "missing-down",
    .title = "A migration without a down",
    .category = Category::kRollback,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(When this migration goes wrong after its commit, nothing is there to take it back: somebody writes
the down during the incident. `belay rollback` restores a snapshot; a down is what helps when the
snapshot is gone.)",
    .instead =
        R"(Write the down next to the up, in the form of the project's layout. Where there is no way back,
say so: `-- belay:ignore-file missing-down: the rows cannot be restored`.)",
    .exemptions =
        R"(Silent for repeatable and baseline migrations, for layouts without downs, and in sets whose layout
makes downs optional (Flyway, sqlx, plain numbered files) and that have not a single one. Silent
where the layout declares that there is no way back, and for a class that derives from
`belay::Migration` alone, which says so.)",
};

/// Layouts in which a project without downs is in order.
bool downs_are_optional(project::Layout layout) {
  switch (layout) {
    case project::Layout::kFlyway:
    case project::Layout::kSqlx:
    case project::Layout::kPlain:
    case project::Layout::kRollbackFolder:
    case project::Layout::kPrisma:
    case project::Layout::kRefinery: return true;
    default: return false;
  }
}

void check(const HistoryContext& history, Report& report) {
  if (downs_are_optional(history.set.layout) &&
      std::none_of(history.set.migrations.begin(), history.set.migrations.end(),
                   [](const project::Migration& m) { return m.down.has_value(); })) {
    return;
  }
  for (const project::Migration& m : history.set.migrations) {
    if (m.kind != project::Migration::Kind::kVersioned || m.one_way || m.down || !m.up) continue;
    const Place begin = {m.up->path, {m.up->range.begin, m.up->range.begin}};
    report.at(m.declaration != nullptr ? m.declaration->place : begin,
              "Nothing takes " + code(m.id) + " back: it has no down.");
  }
}

}  // namespace

Rule make_missing_down() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
