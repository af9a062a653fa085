#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "A down that only refuses", .cpp = R"x(#include <stdexcept>

class DropPhone : public belay::SafelyReversible {
  std::string version() const override { return "1"; }
  std::string description() const override { return "drop phone"; }
  void up(belay::Database& db) override { db.execute("ALTER TABLE people DROP COLUMN phone"); }
  void down(belay::Database&) override { [[throw std::logic_error("there is no way back")]]; }
};
BELAY_MIGRATION(DropPhone);)x"},
};

constexpr Example kGood[] = {
    {.title = "A class that promises no down",
     .cpp = R"x(class DropPhone : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "drop phone"; }
  void up(belay::Database& db) override { db.execute("ALTER TABLE people DROP COLUMN phone"); }
};
BELAY_MIGRATION(DropPhone);)x"},
    {.title = "It refuses only where it has to", .cpp = R"x(#include <stdexcept>

class AddPhone : public belay::SafelyReversible {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
  void down(belay::Database& db) override {
    if (!db.query("SELECT 1 FROM phones LIMIT 1").empty()) throw std::logic_error("in use");
    db.execute("DROP TABLE phones");
  }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-throws",
    .title = "A down that always throws",
    .category = Category::kRollback,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(A class that derives from `belay::SafelyReversible` promises that it can be taken back, and plans
and rollbacks count on that. This one throws whatever it finds: `belay down` stops at it, after it
has taken back what came later.)",
    .instead =
        R"(Derive from `belay::Migration` and write no `down`: that says that the migration only goes forward,
and `belay plan` tells so beforehand. The way back is then the snapshot of the session.)",
    .exemptions =
        R"(Silent where the down throws on a condition, and for classes of other libraries, in many of which a
down that throws is how an author says that there is no way back.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  const project::ClassDeclaration* of = migration.up.migration.declaration.get();
  if (of == nullptr || !of->is_ours || !of->down_throws) return;
  down.at(*of->down_throws, "The down always throws: without a down, " + code(of->name) +
                                " would say itself that there is no way back.")
      .related(of->place, "It promises that it can be taken back.");
}

}  // namespace

Rule make_down_throws() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules
