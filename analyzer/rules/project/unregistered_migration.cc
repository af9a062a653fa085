#include <algorithm>
#include <iterator>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "The line at the end is missing",
     .cpp = R"x(class [[AddPhone]] : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};)x"},
};

constexpr Example kGood[] = {
    {.title = "Registered in its file", .cpp = R"x(class AddPhone : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
    {.title = "A class that others derive from and that cannot be made",
     .cpp = R"x(class ShopMigration : public belay::Migration {
  std::string description() const override { return version(); }
};

class AddPhone : public ShopMigration {
  std::string version() const override { return "1"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Descriptor kDescriptor = {
    .id = "unregistered-migration",
    .title = "A migration that its program does not know of",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(A program runs the migrations that were registered in it, and nothing misses one that was not:
it compiles, the run succeeds, and the change is not there.)",
    .instead =
        R"(`BELAY_MIGRATION(Class);` behind the class, in the same file and namespace. A class that is
registered elsewhere, with `MigrationRegistry::add`, has a comment that says so: `// belay:ignore
unregistered-migration: registered in main.cc`. Tests with classes of their own are left out of
what is read with `[cpp] sources` in belay.toml.)",
    .exemptions =
        R"(Silent for abstract classes, for classes in headers, which are registered where they are used, and
for classes of other libraries.)",
    .bad = kBad,
    .good = kGood,
};

bool is_in_header(std::string_view path) {
  constexpr std::string_view kEndings[] = {".h", ".hh", ".hpp", ".hxx", ".ipp"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

void check(const MigrationContext& migration, Report& up, Report& /*down*/) {
  const project::ClassDeclaration* of = migration.up.migration.declaration.get();
  if (of == nullptr || !of->is_ours || of->registered || is_in_header(of->place.path)) return;
  up.at(of->place, "Nothing in this file registers " + code(of->name) +
                       ": unless another file does, it never runs.");
}

}  // namespace

Rule make_unregistered_migration() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules
