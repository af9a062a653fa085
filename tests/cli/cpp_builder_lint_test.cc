// `belay lint` over a project whose migrations use the schema builder: findings stand at the calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::Pair;

const std::string kPeople = R"(#include <belay/migrations.h>
#include <belay/schema.h>
class People : public belay::SafelyReversible {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "people"; }
  void up(belay::Database& db) override {
    belay::Schema(db).create_table("people", [](belay::Table& t) {
      t.id();
      t.text("name").not_null();
      t.text("mail");
      t.index("name");
    });
  }
  void down(belay::Database& db) override { belay::Schema(db).drop_table("people"); }
};
BELAY_MIGRATION(People);
)";

const std::string kChange = R"(#include <belay/migrations.h>
#include <belay/schema.h>
class Change : public belay::SafelyReversible {
 public:
  std::string version() const override { return "0002"; }
  std::string description() const override { return "change"; }
  void up(belay::Database& db) override {
    belay::Schema(db).alter_table("people", [](belay::TableChange& t) {
      t.index({"name", "mail"});
      t.drop_column("mail", belay::Dependents::kDrop);
      // belay:ignore index-not-concurrent: it is a small table
      t.index({"name", "id"});
    });
  }
  void down(belay::Database& db) override {
    belay::Schema(db).alter_table("people", [](belay::TableChange& t) { t.text("mail"); });
  }
};
BELAY_MIGRATION(Change);
)";

/// The rule of each finding in a file, with the text that it marks.
std::vector<std::pair<std::string, std::string>> findings_in(const std::string& file,
                                                             const std::string& text,
                                                             const std::string& output) {
  std::vector<std::pair<std::string, std::string>> out;
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    const nlohmann::json finding = nlohmann::json::parse(line);
    if (!finding["file"].get<std::string>().ends_with(file)) continue;
    const size_t begin = finding["range"]["start"]["offset"];
    const size_t end = finding["range"]["end"]["offset"];
    out.emplace_back(finding["rule"], text.substr(begin, end - begin));
  }
  return out;
}

TEST(LintCpp, FindingsStandAtTheCallsOfTheSchemaBuilder) {
  const ScratchFolder scratch;
  scratch.write("belay.toml",
                "dialect = \"postgresql\"\nmigrations = \"migrations\"\n"
                "[cpp]\nsources = [\"migrations/*.cc\"]\n");
  scratch.write("compile_flags.txt", "-std=c++20\n-I" BELAY_SOURCE_DIR
                                     "/runtime/include\n-I" BELAY_SOURCE_DIR "/support/include\n");
  scratch.write("migrations/0001_people.cc", kPeople);
  scratch.write("migrations/0002_change.cc", kChange);
  RunOptions options;
  options.folder = scratch.path();
  const Answer answer = run_belay({"lint", "--format", "json"}, options);
  const auto first = findings_in("0001_people.cc", kPeople, answer.out);
  const auto second = findings_in("0002_change.cc", kChange, answer.out);
  EXPECT_THAT(first, Not(Contains(Pair("index-not-concurrent", ::testing::_)))) << answer.out;
  EXPECT_THAT(second, Contains(Pair("index-not-concurrent", "t.index({\"name\", \"mail\"})")))
      << answer.out << answer.err;
  EXPECT_THAT(second,
              Contains(Pair("drop-column", "t.drop_column(\"mail\", belay::Dependents::kDrop)")))
      << answer.out;
  EXPECT_THAT(second, Not(Contains(Pair("index-not-concurrent", "t.index({\"name\", \"id\"})"))));
}

}  // namespace
}  // namespace belay::cli
