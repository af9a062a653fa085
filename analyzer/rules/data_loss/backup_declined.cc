#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/pair.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "The author says that no backup is needed",
     .cpp = R"x(class AddPeople : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add people"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE people (id int, phone text)"); }
};
BELAY_MIGRATION(AddPeople);

class DropPhone : public belay::Migration {
  std::string version() const override { return "2"; }
  std::string description() const override { return "drop phone"; }
  bool [[backup_required]]() const override { return false; }
  void up(belay::Database& db) override { db.execute("ALTER TABLE people DROP COLUMN phone"); }
};
BELAY_MIGRATION(DropPhone);)x"},
};

constexpr Example kGood[] = {
    {.title = "Nothing is destroyed", .cpp = R"x(class AddPeople : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add people"; }
  bool backup_required() const override { return false; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE people (id int, phone text)"); }
};
BELAY_MIGRATION(AddPeople);)x"},
    {.title = "Nothing is said of it", .cpp = R"x(class DropPhones : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "drop phones"; }
  void up(belay::Database& db) override { db.execute("DROP TABLE phones"); }
};
BELAY_MIGRATION(DropPhones);)x"},
};

constexpr Descriptor kDescriptor = {
    .id = "backup-declined",
    .title = "No backup, its author says, of a migration that destroys data",
    .category = Category::kDataLoss,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(The class overrides `backup_required` and returns false, and its up destroys rows or values that
no down brings back. A program that runs its migrations by itself goes by what the class says: it
takes no snapshot for this one, and there is no way back.)",
    .instead =
        R"(Return true, or leave the method out where the migration runs under `belay` alone, which looks for
itself. Better still, destroy nothing: rename it aside first, and drop it in a later migration.)",
    .exemptions =
        R"(Silent where no class of the project says anything, where the down writes into the same table, and
for what the same migration made or filled in where it was NULL.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& up, Report& /*down*/) {
  const project::ClassDeclaration* of = migration.up.migration.declaration.get();
  if (of == nullptr || !of->is_ours || of->backup_required.value_or(true)) return;
  for (const rollback::Loss& loss : migration.reversibility.lost_by_up) {
    if (fills_in_nulls(migration, loss)) continue;
    if (migration.down != nullptr && down_writes(migration, loss.what.table, loss.what.column)) {
      continue;
    }
    up.at(of->backup_method,
          "This says that no backup is needed, but the up destroys " + loss.what.to_string() + ".")
        .related(place_of(migration, loss), "Here.");
    return;
  }
}

}  // namespace

Rule make_backup_declined() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules
