#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "No migration has that version", .cpp = R"x(class AddPhone : public belay::Migration {
  std::string version() const override { return "2"; }
  std::string description() const override { return "add phone"; }
  std::vector<std::string> dependencies() const override { return {"[[1]]"}; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Example kGood[] = {
    {.title = "It is there", .cpp = R"x(class AddPeople : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "add people"; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE people (name text)"); }
};
BELAY_MIGRATION(AddPeople);

class AddPhone : public belay::Migration {
  std::string version() const override { return "2"; }
  std::string description() const override { return "add phone"; }
  std::vector<std::string> dependencies() const override { return {"1"}; }
  void up(belay::Database& db) override { db.execute("CREATE TABLE phones (number text)"); }
};
BELAY_MIGRATION(AddPhone);)x"},
};

constexpr Descriptor kDescriptor = {
    .id = "bad-dependency",
    .title = "A migration that needs one that cannot run before it",
    .category = Category::kProject,
    .engines = Engines::all(),
    .severity = Severity::kError,
    .why =
        R"(A class names the versions that have to run before it. No migration has such a version, or it
needs, by way of others, itself: the history has no order, and a run refuses to begin.)",
    .instead =
        R"(Correct the version, which is compared as it is written, or add the migration. Of a circle, take
out the dependency that is none.)",
    .exemptions =
        R"(Only what the sources tell is known: dependencies that the program works out are not checked.)",
    .bad = kBad,
    .good = kGood,
};

void check(const HistoryContext& history, Report& report) {
  report_layout_problems(history.set, project::LayoutProblem::Kind::kBadDependency, report);
}

}  // namespace

Rule make_bad_dependency() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules
