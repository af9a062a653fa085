// `belay lint` on C++ sources: the examples in C++ of all rules, their silence behind comments, and
// what is said of SQL that is no migration. Each runs the real program with Clang behind it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/rules/rule.h"
#include "tests/cli/run_belay.h"
#include "tests/support/annotated.h"

namespace belay::cli {
namespace {

using belay::testing::Annotated;
using belay::testing::mark;
using rules::Example;
using rules::Rule;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A class whose `up` creates a table.
std::string class_that_creates(const std::string& name, const std::string& version,
                               const std::string& table) {
  return "class " + name +
         " : public belay::Migration {\n"
         "  std::string version() const override { return \"" +
         version +
         "\"; }\n"
         "  std::string description() const override { return \"" +
         name +
         "\"; }\n"
         "  void up(belay::Database& db) override { db.execute(\"CREATE TABLE " +
         table +
         " (id int, note text)\"); }\n"
         "};\n"
         "BELAY_MIGRATION(" +
         name + ");\n\n";
}

/// A source `shop.cc` that includes Belay's headers, as its compile flags say.
void write_source(const ScratchFolder& scratch, const std::string& source) {
  const std::string root = BELAY_SOURCE_DIR;
  scratch.write("compile_flags.txt", "-std=c++20\n-I" + root + "/runtime/include\n-I" + root +
                                         "/support/include\n-include\nbelay/migrations.h\n");
  scratch.write("shop.cc", source);
}

/// The findings in a source, as `belay lint` prints them.
std::vector<nlohmann::json> lint(const std::string& source,
                                 const std::string& dialect = "postgresql") {
  const ScratchFolder scratch;
  write_source(scratch, source);
  RunOptions options;
  options.folder = scratch.path();
  const Answer answer = run_belay(
      {"lint", "shop.cc", "--dialect", dialect, "--format", "json", "--fail-on", "never"}, options);
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  std::vector<nlohmann::json> out;
  std::istringstream lines(answer.out);
  for (std::string line; std::getline(lines, line);) out.push_back(nlohmann::json::parse(line));
  return out;
}

std::vector<ByteRange> ranges_of(std::string_view rule,
                                 const std::vector<nlohmann::json>& findings) {
  std::vector<ByteRange> out;
  for (const nlohmann::json& f : findings) {
    if (f["rule"] != rule) continue;
    out.push_back({f["range"]["start"]["offset"], f["range"]["end"]["offset"]});
  }
  return out;
}

/// As `rule: marked text`.
std::vector<std::string> found_in(const std::string& source,
                                  const std::string& dialect = "postgresql") {
  std::vector<std::string> out;
  for (const nlohmann::json& f : lint(source, dialect)) {
    const ByteRange range = {f["range"]["start"]["offset"], f["range"]["end"]["offset"]};
    out.push_back(f["rule"].get<std::string>() + ": " + std::string(range.of(source)));
  }
  return out;
}

/// Calls `visit(rule, example)` for each example in C++.
template <class Visit>
void for_each_example(std::span<const Example> rules::Descriptor::*of, Visit visit) {
  for (const Rule& rule : rules::all_rules()) {
    for (const Example& example : rule.descriptor->*of) {
      if (!example.cpp.empty()) visit(*rule.descriptor, example);
    }
  }
}

// --- the rules' examples ----------------------------------------------------------------------

TEST(CppExamples, BadOnesAreReportedAtTheMarkedPlaces) {
  size_t count = 0;
  for_each_example(&rules::Descriptor::bad, [&](const auto& rule, const Example& example) {
    const Annotated source(example.cpp);
    ++count;
    EXPECT_FALSE(source.ranges.empty()) << rule.id << ": a bad example without a mark";
    const auto findings = lint(source.text, std::string(engine_name(example.engine)));
    EXPECT_EQ(mark(source.text, ranges_of(rule.id, findings)), example.cpp)
        << rule.id << ": " << example.title;
    for (const nlohmann::json& f : findings) {
      EXPECT_TRUE(f["message"].get<std::string>().ends_with('.')) << f["message"];
    }
  });
  EXPECT_GE(count, 9U);
}

TEST(CppExamples, GoodOnesAreNotReported) {
  for_each_example(&rules::Descriptor::good, [&](const auto& rule, const Example& example) {
    const auto findings = lint(std::string(example.cpp), std::string(engine_name(example.engine)));
    EXPECT_THAT(ranges_of(rule.id, findings), IsEmpty()) << rule.id << ": " << example.title;
    EXPECT_THAT(ranges_of("source-not-understood", findings), IsEmpty()) << rule.id;
  });
}

/// A comment on the line before is enough, wherever the finding stands.
TEST(CppExamples, AreSilencedByACommentBeforeThem) {
  for_each_example(&rules::Descriptor::bad, [&](const auto& rule, const Example& example) {
    const Annotated source(example.cpp);
    const size_t line = source.text.rfind('\n', source.ranges[0].begin);
    std::string text = source.text;
    text.insert(line == std::string::npos ? 0 : line + 1,
                "// belay:ignore " + std::string(rule.id) + ": it is a test\n");
    const auto findings = lint(text, std::string(engine_name(example.engine)));
    EXPECT_EQ(mark(text, ranges_of(rule.id, findings)), text) << rule.id << ": " << example.title;
    EXPECT_EQ(mark(text, ranges_of("unused-suppression", findings)), text) << rule.id;
  });
}

// --- comments ---------------------------------------------------------------------------------

TEST(CppSuppressions, OfAFileReachAllClassesAndAreNotUnusedInOneOfThem) {
  const std::string source = "// belay:ignore-file delete-without-where: scratch tables\n" +
                             class_that_creates("First", "1", "notes") + R"x(
class Second : public belay::Migration {
  std::string version() const override { return "2"; }
  std::string description() const override { return "second"; }
  void up(belay::Database& db) override { db.execute("DELETE FROM notes"); }
};
BELAY_MIGRATION(Second);
)x";
  EXPECT_THAT(found_in(source), IsEmpty());
}

TEST(CppSuppressions, OfACallInALoopReachEveryTurn) {
  const std::string source =
      class_that_creates("First", "1", "a") + class_that_creates("Second", "2", "b") + R"x(
class Third : public belay::Migration {
  std::string version() const override { return "3"; }
  std::string description() const override { return "third"; }
  void up(belay::Database& db) override {
    for (const char* table : {"a", "b"}) {
      // belay:ignore delete-without-where: they are empty
      db.execute(std::string("DELETE FROM ") + table);
    }
  }
};
BELAY_MIGRATION(Third);
)x";
  EXPECT_THAT(found_in(source), IsEmpty());
}

TEST(CppSuppressions, BeforeADownReachTheDownAlone) {
  const std::string source = R"x(
class First : public belay::SafelyReversible {
  std::string version() const override { return "1"; }
  std::string description() const override { return "first"; }
  void up(belay::Database& db) override { db.execute("INSERT INTO goose_db_version VALUES (1)"); }
  // belay:ignore ledger-by-hand: a test
  void down(belay::Database& db) override {
    db.execute("DELETE FROM schema_migrations WHERE version = 1");
  }
};
BELAY_MIGRATION(First);
)x";
  EXPECT_THAT(found_in(source),
              ElementsAre("not-safely-reversible: First", "ledger-by-hand: goose_db_version"));
}

TEST(CppSuppressions, ThatSilenceNothingAreTold) {
  const std::string source = R"x(
class First : public belay::Migration {
  std::string version() const override { return "1"; }
  std::string description() const override { return "first"; }
  void up(belay::Database& db) override {
    // belay:ignore drop-table: nothing is dropped
    db.execute("CREATE TABLE notes (id int)");
  }
};
BELAY_MIGRATION(First);
)x";
  EXPECT_THAT(found_in(source),
              ElementsAre("unused-suppression: // belay:ignore drop-table: nothing is dropped"));
}

// --- promises ---------------------------------------------------------------------------------

std::string reversible(const std::string& up, const std::string& down) {
  return class_that_creates("First", "1", "notes") +
         "class Second : public belay::SafelyReversible {\n"
         "  std::string version() const override { return \"2\"; }\n"
         "  std::string description() const override { return \"second\"; }\n"
         "  void up(belay::Database& db) override { " +
         up +
         " }\n"
         "  void down(belay::Database& db) override { " +
         down +
         " }\n"
         "};\n"
         "BELAY_MIGRATION(Second);\n";
}

std::vector<nlohmann::json> about_the_pair(const std::string& source) {
  std::vector<nlohmann::json> out;
  for (nlohmann::json& f : lint(source)) {
    if (f["rule"] != "lock-timeout-missing" && f["rule"] != "drop-column") out.push_back(f);
  }
  return out;
}

TEST(CppPromises, OneFindingSaysAllOfABrokenOne) {
  const std::string source =
      reversible(R"x(db.execute("ALTER TABLE notes DROP COLUMN note");)x",
                 R"x(db.execute("ALTER TABLE notes ADD COLUMN note text");)x");
  const auto findings = about_the_pair(source);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["rule"], "not-safely-reversible");
  std::vector<std::string> related;
  for (const nlohmann::json& r : findings[0]["related"]) {
    const ByteRange range = {r["range"]["start"]["offset"], r["range"]["end"]["offset"]};
    related.push_back(std::string(range.of(source)) + ": " + r["message"].get<std::string>());
  }
  EXPECT_THAT(related,
              ElementsAre("note: The up destroys the values of notes.note.",
                          "ALTER TABLE notes ADD COLUMN note text: This brings `notes.note` back "
                          "without its values."));
}

TEST(CppPromises, OfWhichNobodyCanTellAreMentioned) {
  const auto findings =
      about_the_pair(reversible(R"x(db.execute("DO $$ BEGIN EXECUTE random()::text; END $$");)x",
                                R"x(db.execute("ALTER TABLE notes DROP COLUMN IF EXISTS b");)x"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["rule"], "not-safely-reversible");
  EXPECT_EQ(findings[0]["severity"], "info");
}

TEST(CppPromises, AFailingDownIsToldAtItsStatement) {
  const auto findings = about_the_pair(
      reversible(R"x(db.execute("SELECT 1");)x", R"x(db.execute("DROP TABLE nothing_there");)x"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["rule"], "down-fails");
}

TEST(CppPromises, ADownThatThrowsIsToldOnce) {
  const auto findings = about_the_pair(
      reversible(R"x(db.execute("ALTER TABLE notes DROP COLUMN note");)x", R"x(throw 1;)x"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["rule"], "down-throws");
}

// --- SQL that is no migration -----------------------------------------------------------------

TEST(CppOutside, WhatOnlyMattersInMigrationsIsNotTold) {
  EXPECT_THAT(found_in(R"x(
void start(belay::Database& db) {
  db.execute("CREATE TABLE IF NOT EXISTS notes (id int)");
  db.execute("ALTER TABLE orders ADD COLUMN note text");
  db.execute("CREATE INDEX orders_note ON orders (note)");
  db.execute("ALTER TABLE orders RENAME COLUMN note TO memo");
  db.execute("INSERT INTO schema_migrations VALUES (1)");
}
void begin(belay::Database& db) { db.execute("BEGIN"); }
)x"),
              IsEmpty());
  EXPECT_THAT(found_in(R"x(
void open(belay::Database& db) {
  db.execute("PRAGMA foreign_keys = ON");
}
)x",
                       "sqlite"),
              IsEmpty());
}

TEST(CppOutside, WhatIsWrongAnywhereIsTold) {
  EXPECT_THAT(found_in(R"x(
void clear(belay::Database& db, const std::string& table) {
  db.execute("DELETE FROM sessions");
  db.execute("TRUNCATE tokens");
  db.execute("DROP TABLE carts");
  db.execute("SELEC 1");
  db.execute("DELETE FROM " + table);
}
)x"),
              ElementsAre("delete-without-where: sessions", "truncate: tokens", "drop-table: carts",
                          "syntax-error: SELEC", "unchecked-input: table"));
}

/// A program that empties a table may do what it is for.
TEST(CppOutside, WhatProgramsMeanToDoIsForInformation) {
  std::vector<std::string> told;
  for (const nlohmann::json& f : lint(R"x(
void clear(belay::Database& db) {
  db.execute("DELETE FROM sessions");
  db.execute("DROP TABLE carts");
}
)x")) {
    told.push_back(f["rule"].get<std::string>() + ": " + f["severity"].get<std::string>());
  }
  EXPECT_THAT(told, ElementsAre("delete-without-where: info", "drop-table: warning"));
}

/// Of several ways out of a function each drops what it has made.
TEST(CppOutside, WhatIsDroppedOnEachWayOutIsNotLostTwice) {
  EXPECT_THAT(found_in(R"x(
bool import(belay::Database& db, bool cancelled) {
  db.execute("CREATE TABLE scratch (id int)");
  if (cancelled) {
    db.execute("DROP TABLE scratch");
    return false;
  }
  db.execute("DROP TABLE scratch");
  return true;
}
)x"),
              IsEmpty());
}

/// A statement of another dialect is cut at each semicolon in it.
TEST(CppOutside, ATextThatCannotBeReadIsToldOnce) {
  EXPECT_THAT(found_in(R"x(
void install(belay::Database& db) {
  db.execute("CREATE FUNCTION one() RETURNS int BEGIN DECLARE a int; SET a = 1 +; IF a THEN; END");
  db.execute("SELECT 1 +");
}
)x",
                       "sqlite"),
              ElementsAre("syntax-error: FUNCTION", "syntax-error: "));
}

TEST(CppOutside, ProjectsThatOnlySayWhichSourcesTheyMean) {
  const ScratchFolder scratch;
  write_source(scratch, "void clear(belay::Database& db) { db.execute(\"DROP TABLE a\"); }\n");
  scratch.write("belay.toml", "dialect = \"sqlite\"\n[cpp]\nsources = [\"*.cc\"]\n");
  RunOptions options;
  options.folder = scratch.path();
  EXPECT_THAT(run_belay({"lint"}, options).out,
              AllOf(HasSubstr("drop-table"), HasSubstr("(0 migrations, 1 function, 1 statement)")));
  scratch.write("belay.toml", "dialect = \"sqlite\"\n[cpp]\nsources = [\"src/**\"]\n");
  EXPECT_THAT(run_belay({"lint", "--explain-config"}, options).out,
              HasSubstr("of 0 files that could be meant"));
}

TEST(CppOutside, SourcesWhoseHeadersAreMissingAreTold) {
  const ScratchFolder scratch;
  scratch.write("store.cc",
                "#include <not_there.h>\n"
                "void Store::clear() { sqlite3_exec(db_, \"DROP TABLE people\"); }\n");
  RunOptions options;
  options.folder = scratch.path();
  EXPECT_THAT(run_belay({"lint", "store.cc", "--dialect", "sqlite"}, options).out,
              HasSubstr("source-not-understood"));
}

TEST(CppOutside, AnExpressionIsToldOnce) {
  EXPECT_THAT(found_in(R"x(
void clear(belay::Database& db, const std::string& table) {
  const std::string from = " FROM " + table;
  db.execute("SELECT 1" + from);
  db.execute("DELETE" + from);
}
)x"),
              ElementsAre("unchecked-input: table"));
}

// --- what is not found ------------------------------------------------------------------------

TEST(CppHistories, AClassWhoseBaseIsNotFoundIsMissed) {
  const ScratchFolder scratch;
  scratch.write("shop.cc", "#include <belay/migrations.h>\n" + class_that_creates("A", "1", "a"));
  RunOptions options;
  options.folder = scratch.path();
  EXPECT_THAT(run_belay({"lint", "shop.cc", "--dialect", "sqlite"}, options).out,
              HasSubstr("source-not-understood"));
}

// --- downs ------------------------------------------------------------------------------------

TEST(CppDowns, IsWrittenIntoTheClassThatIsNamed) {
  const ScratchFolder scratch;
  write_source(scratch, class_that_creates("First", "1", "notes") +
                            class_that_creates("Second", "2", "memos"));
  RunOptions options;
  options.folder = scratch.path();
  const auto generate = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"generate-down", "shop.cc", "--dialect", "sqlite"};
    words.insert(words.end(), more.begin(), more.end());
    return run_belay(words, options);
  };
  EXPECT_THAT(generate({}).err, AllOf(HasSubstr("several migrations stand here: 1_first, 2_second"),
                                      HasSubstr("--migration")));
  EXPECT_THAT(generate({"--migration", "Third"}).err, HasSubstr("no migration `Third`"));
  EXPECT_THAT(generate({"--migration", "2"}).out, HasSubstr("DROP TABLE memos"));
  const Answer written = generate({"--migration", "Second", "--write"});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  const std::string now = scratch.text("shop.cc");
  EXPECT_LT(now.find("class Second"), now.find("DROP TABLE memos")) << now;
  EXPECT_THAT(now, Not(HasSubstr("DROP TABLE notes")));
}

// --- orders -----------------------------------------------------------------------------------

TEST(CppHistories, TheOtherOneOfTheSameVersionIsNamed) {
  const std::string source =
      class_that_creates("First", "1", "notes") + class_that_creates("Second", "1", "memos");
  const auto findings = lint(source);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["rule"], "duplicate-version");
  EXPECT_EQ(findings[0]["message"], "The version 1 is that of 1_first, too.");
}

TEST(CppHistories, ACircleIsToldAtOneOfItsDependencies) {
  const auto needs = [](const std::string& version, const std::string& other) {
    return "class V" + version +
           " : public belay::Migration {\n"
           "  std::string version() const override { return \"" +
           version +
           "\"; }\n"
           "  std::string description() const override { return \"\"; }\n"
           "  std::vector<std::string> dependencies() const override { return {\"" +
           other +
           "\"}; }\n"
           "  void up(belay::Database& db) override { db.execute(\"SELECT 1\"); }\n"
           "};\n"
           "BELAY_MIGRATION(V" +
           version + ");\n";
  };
  const std::string source = class_that_creates("First", "1", "notes") + needs("2", "1") +
                             needs("3", "4") + needs("4", "3");
  const auto findings = lint(source);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["rule"], "bad-dependency");
  EXPECT_THAT(findings[0]["message"].get<std::string>(), HasSubstr("circle"));
  EXPECT_EQ(findings[0]["range"]["start"]["offset"], source.find("{\"4\"}") + 2);
}

}  // namespace
}  // namespace belay::cli
