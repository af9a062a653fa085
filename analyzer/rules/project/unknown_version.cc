#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "Only the running program knows", .cpp = R"x(std::string next_version();

class AddPhone : public belay::Migration {
  std::string [[version]]() const override { return next_version(); }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
    {.title = "An empty one is none", .cpp = R"x(class AddPhone : public belay::Migration {
  std::string [[version]]() const override { return ""; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Example kGood[] = {
    {.title = "A literal, or what is made of literals",
     .cpp = R"x(constexpr const char* kDay = "2026_01_31";

class AddPhone : public belay::Migration {
  std::string version() const override { return std::string(kDay) + "_120000"; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Descriptor kDescriptor = {
    .id = "unknown-version",
    .title = "A class whose version the source does not tell",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(The version orders the migrations and is what the ledger remembers them by. One that is worked out
while the program runs can be another one tomorrow: then the migration runs a second time. Belay
cannot tell what runs before it either, and judges it behind all others.)",
    .instead =
        R"(Write it as a literal, `return "2026_01_31_120000";`, and never change it once it has run
anywhere.)",
    .exemptions =
        R"(Silent where the version follows from constants, and for classes of other libraries, whose version
may be in a name.)",
    .bad = kBad,
    .good = kGood,
};

void check(const MigrationContext& context, Report& up, Report& /*down*/) {
  const project::Migration& migration = context.up.migration;
  const project::ClassDeclaration* of = migration.declaration.get();
  if (of == nullptr || !of->is_ours || !migration.version.empty()) return;
  const bool is_its_own = of->version_method && of->version_method->path == of->place.path;
  up.at(is_its_own ? *of->version_method : of->place, "The source does not tell the version of " +
                                                          code(of->name) +
                                                          ", so nobody knows what runs before it.");
}

}  // namespace

Rule make_unknown_version() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules
