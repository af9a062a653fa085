#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "A header that the compiler does not find", .cpp = R"x([[]]#include "shop/not_there.h"

class AddPhone : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Example kGood[] = {
    {.title = "All of it is understood", .cpp = R"x(class AddPhone : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add phone"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Descriptor kDescriptor = {
    .id = "source-not-understood",
    .title = "A C++ source with migrations that Clang does not understand",
    .category = Category::kAnalysis,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(Belay reads C++ migrations with Clang, as your compiler is called for them. Where Clang finds an
error, it reads on as well as it can: a class whose base is not known is no migration, a call whose
argument is not understood runs no SQL. What is missing is not checked, and nothing else says so.)",
    .instead =
        R"(Give Belay the commands that the project is compiled with: a `compile_commands.json` (CMake writes
one with `-DCMAKE_EXPORT_COMPILE_COMMANDS=ON`) or a `compile_flags.txt`, at the project's root, in
`build/`, or where `[cpp] compile_commands` in belay.toml says. Sources that are generated have to
be there.)",
    .exemptions =
        R"(Silent for sources without migrations. Only the first error is told, since later ones mostly
follow from it.)",
    .bad = kBad,
    .good = kGood,
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kReadInPart, report);
}

}  // namespace

Rule make_source_not_understood() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
