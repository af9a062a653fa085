// What the rules say of C++ classes and functions once they are woven into scripts, from readings
// that are put together by hand: no compiler is needed, and classes of other libraries, whose bases
// a project names, are among them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analyzer/cpp/weave.h"
#include "analyzer/workspace.h"

namespace belay::cpp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPath = "/shop/changes.cc";

/// A source with what is said to have been read of it; places are given by the text that stands
/// there.
class Source {
 public:
  explicit Source(std::string text, std::string path = kPath) : text_(std::move(text)) {
    reading_.files = {std::move(path)};
  }

  /// The first occurrence behind `behind`.
  Place at(const std::string& text, const std::string& behind = "") const {
    const size_t found = text_.find(text, behind.empty() ? 0 : text_.find(behind));
    EXPECT_NE(found, std::string::npos) << text;
    const auto begin = static_cast<uint32_t>(found);
    return {0, {begin, begin + static_cast<uint32_t>(text.size())}};
  }

  /// `run("...")`, whose literal holds nothing that has to be escaped.
  SqlText sql(const std::string& text) const {
    SqlText out;
    out.text = text;
    out.call = at("run(\"" + text + "\")");
    const uint32_t begin = at(text).range.begin;
    for (uint32_t i = 0; i < text.size(); ++i) {
      out.places.push_back({0, {begin + i, begin + i + 1}});
    }
    return out;
  }

  /// A class with an `up` and, where `down` holds something, a `down`.
  MigrationReading& add_class(const std::string& name, const std::string& version,
                              std::vector<SqlText> up, std::vector<SqlText> down = {}) {
    MigrationReading& out = reading_.migrations.emplace_back();
    out.migration.name = name;
    out.migration.place = at(name);
    out.migration.is_ours = false;
    if (!version.empty()) out.migration.version = Declared{version, out.migration.place};
    out.migration.up = at("up", name);
    out.up = {{Engine::kPostgres, std::move(up)}};
    if (down.empty()) return out;
    out.migration.has_down = true;
    out.migration.down = at("down", name);
    out.down = {{Engine::kPostgres, std::move(down)}};
    return out;
  }

  void add_function(const std::string& name, std::vector<SqlText> sql) {
    reading_.functions.push_back({name, at(name), {{Engine::kPostgres, std::move(sql)}}});
  }

  /// What is found, as `rule: text of the source`.
  std::vector<std::string> findings() const {
    project::MigrationSet set;
    set.directory = "/shop";
    set.dialect = {Engine::kPostgres, default_version(Engine::kPostgres)};
    std::map<std::string, Document> texts = {{reading_.files[0], Document(text_)}};
    Woven woven = weave(reading_, Engine::kPostgres, text_);
    for (auto& [path, text] : woven.texts) texts[path] = Document(text);
    set.migrations = std::move(woven.migrations);
    set.index_sources();
    const Workspace workspace(std::move(set), texts, {}, sql::Recovery::kExact);
    const AnalyzedSet& result = *workspace.snapshot();
    std::vector<std::string> out;
    const auto add = [&](const std::vector<Finding>& findings) {
      for (const Finding& f : findings) {
        const belay::Place place = result.set->written_at(f.place);
        EXPECT_EQ(place.path, reading_.files[0]);
        out.push_back(std::string(f.rule) + ": " + std::string(place.range.of(text_)));
      }
    };
    for (const auto& migration : result.migrations) {
      if (migration->up) add(migration->up->result->findings);
      if (migration->down) add(migration->down->result->findings);
    }
    add(result.findings);
    return out;
  }

 private:
  std::string text_;
  Reading reading_;
};

// --- classes of other libraries ---------------------------------------------------------------

constexpr const char* kOthers = R"x(
struct M1_People : Change {
  void up() { run("CREATE TABLE people (id int)"); }
  void down() { run("DROP TABLE people"); }
};
struct M2_Phones : Change {
  void up() { run("CREATE TABLE phones (id int)"); }
};
)x";

Source two_classes(const std::string& text) {
  Source source(text);
  source.add_class("M1_People", "1", {source.sql("CREATE TABLE people (id int)")},
                   {source.sql("DROP TABLE people")});
  source.add_class("M2_Phones", "2", {source.sql("CREATE TABLE phones (id int)")});
  return source;
}

TEST(WovenRules, AClassOfAnotherLibraryLacksItsDownAtItsName) {
  EXPECT_THAT(two_classes(kOthers).findings(), ElementsAre("missing-down: M2_Phones"));
}

TEST(WovenRules, AClassOfOursWithoutADownSaysThatThereIsNone) {
  Source source(kOthers);
  source.add_class("M1_People", "1", {source.sql("CREATE TABLE people (id int)")},
                   {source.sql("DROP TABLE people")});
  MigrationClass& ours =
      source.add_class("M2_Phones", "2", {source.sql("CREATE TABLE phones (id int)")}).migration;
  ours.is_ours = ours.registered = true;
  EXPECT_THAT(source.findings(), IsEmpty());
}

TEST(WovenRules, ACommentBeforeTheClassSilencesWhatIsSaidOfTheHistory) {
  std::string text = kOthers;
  text.insert(text.find("struct M2"), "// belay:ignore missing-down: it stays\n");
  EXPECT_THAT(two_classes(text).findings(), IsEmpty());
  text = kOthers;
  text.insert(text.find("struct M1"), "// belay:ignore missing-down: about the other one\n");
  EXPECT_THAT(two_classes(text).findings(), ElementsAre("missing-down: M2_Phones"));
}

TEST(WovenRules, NothingIsAskedOfOthersThatOnlyOursKnow) {
  Source source(kOthers);
  MigrationClass& one =
      source
          .add_class("M1_People", "", {source.sql("CREATE TABLE people (id int)")},
                     {source.sql("DROP TABLE people")})
          .migration;
  one.down_throws = source.at("DROP TABLE people");
  one.backup_required = false;
  EXPECT_THAT(source.findings(), IsEmpty());
}

// --- classes of ours --------------------------------------------------------------------------

TEST(WovenRules, AVersionIsMissedAtTheClassWhereItsMethodStandsElsewhere) {
  Source source(kOthers);
  MigrationClass& ours =
      source.add_class("M2_Phones", "", {source.sql("CREATE TABLE phones (id int)")}).migration;
  ours.is_ours = ours.registered = true;
  EXPECT_THAT(source.findings(), ElementsAre("unknown-version: M2_Phones"));
  ours.version_method = source.at("void");
  EXPECT_THAT(source.findings(), ElementsAre("unknown-version: void"));
}

TEST(WovenRules, AClassInAHeaderIsRegisteredWhereItIsUsed) {
  for (const auto& [path, expected] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"/shop/a.h", {}}, {"/shop/a.cc", {"unregistered-migration: M2_Phones"}}}) {
    Source source(kOthers, path);
    source.add_class("M2_Phones", "2", {source.sql("CREATE TABLE phones (id int)")})
        .migration.is_ours = true;
    EXPECT_EQ(source.findings(), expected) << path;
  }
}

TEST(WovenRules, ABackupIsOnlyDeclinedWhereSomethingIsLost) {
  const std::string text = R"x(
struct Shop : Migration {
  bool backup_required() { return false; }
  void up() {
    run("CREATE TABLE carts (id int, note text)");
    run("UPDATE people SET phone = '' WHERE phone IS NULL");
  }
};
struct Clean : Migration {
  bool backup_required() { return false; }
  void up() { run("UPDATE people SET phone = ''"); }
};
)x";
  Source source(text);
  for (const auto& [name, version, sql] :
       std::vector<std::tuple<std::string, std::string, std::vector<std::string>>>{
           {"Shop",
            "1",
            {"CREATE TABLE carts (id int, note text)",
             "UPDATE people SET phone = '' WHERE phone IS NULL"}},
           {"Clean", "2", {"UPDATE people SET phone = ''"}}}) {
    std::vector<SqlText> texts;
    for (const std::string& one : sql) texts.push_back(source.sql(one));
    MigrationClass& m = source.add_class(name, version, std::move(texts)).migration;
    m.is_ours = m.registered = true;
    m.backup_required = false;
    m.backup_method = source.at("backup_required", name);
  }
  EXPECT_THAT(source.findings(),
              ElementsAre("backup-declined: backup_required", "update-without-where: people"));
}

// --- parts that a program decides -------------------------------------------------------------

TEST(WovenRules, OnlyWhatComesFromOutsideIsUnchecked) {
  const std::string text = R"x(void clear(string table) { run("DELETE FROM x WHERE old"); })x";
  const auto findings = [&](bool harmless, bool from_source) {
    Source source(text);
    SqlText sql = source.sql("DELETE FROM x WHERE old");
    sql.holes = {{{12, 13}, source.at("table"), "the parameter `table`", harmless, from_source}};
    source.add_function("clear", {sql, sql});
    return source.findings();
  };
  EXPECT_THAT(findings(false, false), ElementsAre("unchecked-input: table"));
  EXPECT_THAT(findings(true, false), IsEmpty());
  EXPECT_THAT(findings(false, true), IsEmpty());
}

TEST(WovenRules, ACommentBeforeTheCallSilencesWhatStandsBeforeIt) {
  const std::string text =
      "void clear(string table) {\n  // belay:ignore unchecked-input: checked by the caller\n"
      "  run(\"DELETE FROM x WHERE old\"); }";
  Source source(text);
  SqlText sql = source.sql("DELETE FROM x WHERE old");
  sql.holes = {{{12, 13}, source.at("table"), "the parameter `table`", false, false}};
  source.add_function("clear", {sql});
  EXPECT_THAT(source.findings(), IsEmpty());
}

}  // namespace
}  // namespace belay::cpp
