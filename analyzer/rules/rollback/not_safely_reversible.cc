#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/differences.h"
#include "analyzer/rules/rollback/pair.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "The column comes back empty", .cpp = R"x(class AddPeople : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add people"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE people (id int, phone text)"); }
};
BELAY_MIGRATION(AddPeople);

class [[DropPhone]] : public belay::SafelyReversible {
  std::string version() const override { return "2"; }
  std::string description() const override { return "drop phone"; }
  void up(belay::Database& db) override { db.execute("ALTER TABLE people DROP COLUMN phone"); }
  void down(belay::Database& db) override {
    db.execute("ALTER TABLE people ADD COLUMN phone text");
  }
};
BELAY_MIGRATION(DropPhone);)x"},
    {.title = "Something stays behind",
     .cpp = R"x(class [[AddPhones]] : public belay::SafelyReversible {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phones"; }
  void up(belay::Database& db) override {
    db.execute("CREATE TABLE phones (number text)");
    db.execute("CREATE TABLE carriers (name text)");
  }
  void down(belay::Database& db) override { db.execute("DROP TABLE phones"); }
};
BELAY_MIGRATION(AddPhones);)x"},
};

constexpr Example kGood[] = {
    {.title = "What the up makes, the down takes away",
     .cpp = R"x(class AddPhones : public belay::SafelyReversible {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phones"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
  void down(belay::Database& db) override { db.execute("DROP TABLE phones"); }
};
BELAY_MIGRATION(AddPhones);)x"},
};

constexpr std::string_view kDetails[] = {"attribute-lost", "down-restores-shape-not-data",
                                         "fake-down", "incomplete-down",
                                         "irreversible-not-declared"};

constexpr Descriptor kDescriptor = {
    .id = "not-safely-reversible",
    .title = "A promise that the down loses nothing, and it does",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(`belay::SafelyReversible` is a promise: a rollback takes the migration back without asking,
because nothing is lost by that. Belay replays the up and the down and finds that the schema or the
data are not as they were before. Whoever rolls back in an emergency believes the class.)",
    .instead =
        R"(Make it true: take back all that the up made, and keep what it takes away until nobody wants to go
back (rename it aside, or copy it to a table that the down reads). Or derive from `belay::Migration`
without a `down`: the way back is then the snapshot of the session.)",
    .exemptions =
        R"(For information only where a statement decides when it runs what it does, so that nobody can tell,
and where only the order of columns differs. Silent where the down fails, which is told at its
statement ([down-fails](down-fails.md)), where it always throws ([down-throws](down-throws.md)), and
for what can only have been written since the up. What other rules have to say of the same down
([incomplete-down](incomplete-down.md),
[down-restores-shape-not-data](down-restores-shape-not-data.md), ...) is told with this finding.)",
    .bad = kBad,
    .good = kGood,
    .sums_up = kDetails,
};

std::string broken(const project::ClassDeclaration& of, const std::string& reason) {
  return code(of.name) + " promises that its down loses nothing, but it is not true: " + reason +
         ".";
}

void add_places(FindingBuilder& finding, const MigrationContext& migration) {
  const rollback::Reversibility& r = migration.reversibility;
  if (r.place) finding.related(migration.place_of(*r.place), "Here.");
  if (r.verdict == rollback::Verdict::kRestoredDataLost) {
    const rollback::Loss& loss = *r.lasting_loss();
    const bool by_up = loss.place.direction == project::Direction::kUp;
    finding.related(place_of(migration, loss), "The " + std::string(by_up ? "up" : "down") +
                                                   " destroys " + loss.what.to_string() + ".");
  }
  for (const schema::Change& change : r.differences) {
    if (change.certain) return add_origin(finding, migration, change);
  }
}

void check(const MigrationContext& migration, Report& up, Report& /*down*/) {
  const project::ClassDeclaration* of = migration.up.migration.declaration.get();
  if (of == nullptr || !of->declares_reversible || of->down_throws) return;
  const rollback::Reversibility& r = migration.reversibility;
  switch (r.verdict) {
    case rollback::Verdict::kRestored:
    case rollback::Verdict::kNoDown:
    case rollback::Verdict::kDownFailed: return;
    case rollback::Verdict::kUnknown: {
      FindingBuilder finding = up.at(of->place, code(of->name) +
                                                    " promises that its down loses nothing, which "
                                                    "nobody can tell: " +
                                                    r.reason + ".");
      finding.at_most(Severity::kInfo);
      return add_places(finding, migration);
    }
    case rollback::Verdict::kRestoredButOrder: {
      FindingBuilder finding =
          up.at(of->place, "The down of " + code(of->name) +
                               " brings all back, but in another order: " + r.reason + ".");
      finding.at_most(Severity::kInfo);
      return add_places(finding, migration);
    }
    case rollback::Verdict::kRestoredDataLost:
    case rollback::Verdict::kDiffers:
    case rollback::Verdict::kDeclaredIrreversible: {
      FindingBuilder finding = up.at(of->place, broken(*of, r.reason));
      return add_places(finding, migration);
    }
  }
}

}  // namespace

Rule make_not_safely_reversible() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules
