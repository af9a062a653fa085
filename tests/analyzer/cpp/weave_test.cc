// What is read of a source, as the script that it is analysed as.
#include "analyzer/cpp/weave.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/cpp/calls.h"

namespace belay::cpp {
namespace {

using std::string;
using ::testing::HasSubstr;

struct Script {
  project::Script script;
  string text;
};

Script woven(const string& source, std::vector<SqlText> texts, Engine engine = Engine::kPostgres) {
  const Woven all = weave(reading_of(std::move(texts), engine), engine, source);
  const project::Script& up = all.migrations.at(0).up.value();
  return {up, all.texts.at(up.path)};
}

string text_of(const string& source, Engine engine = Engine::kPostgres, bool parameters = true) {
  std::vector<SqlText> texts = calls_in(source);
  for (SqlText& text : texts) text.has_parameters = parameters;
  return woven(source, std::move(texts), engine).text;
}

TEST(Weave, MakesAMigrationOfAClass) {
  const string source = "run(\"SELECT 1\");\n";
  const Woven all = weave(reading_of(calls_in(source)), Engine::kPostgres, source);
  ASSERT_EQ(all.migrations.size(), 1U);
  const project::Migration& one = all.migrations[0];
  EXPECT_EQ(one.id, "0001_add_the_phone");
  EXPECT_EQ(one.up->path, "/a/0001.cc#AddPhone.up.postgresql");
  EXPECT_EQ(one.up->file(), "/a/0001.cc");
  EXPECT_FALSE(one.down);
  EXPECT_TRUE(one.one_way) << "a class of ours without a down says that there is none";
}

TEST(Weave, PutsCallsOneBehindTheOther) {
  const string source = "run(\"DROP \" \"TABLE a\");\nrun(R\"(DROP TABLE b)\");\n";
  const Script up = woven(source, calls_in(source));
  EXPECT_EQ(up.text, "DROP TABLE a\n;\nDROP TABLE b\n;\n");
  const auto at = static_cast<uint32_t>(up.text.find("TABLE a"));
  EXPECT_EQ(up.script.place({at, at + 7}).range.of(source), "TABLE a");
  EXPECT_EQ(up.script.place({0, at + 7}).range.of(source), "DROP \" \"TABLE a");
}

TEST(Weave, NumbersPlaceholdersForPostgres) {
  EXPECT_EQ(text_of("run(\"DELETE FROM t WHERE a = ? AND b = ?\");\n"),
            "DELETE FROM t WHERE a = $1 AND b = $2\n;\n");
  EXPECT_EQ(text_of("run(\"SELECT '?', a::int, x @? '$', :name\");\n"),
            "SELECT '?', a::int, x @? '$', $1\n;\n");
  EXPECT_EQ(text_of("run(\"SELECT ?\");\n", Engine::kSqlite), "SELECT ?\n;\n");
  EXPECT_EQ(text_of("run(\"SELECT a ? 'b'\");\n", Engine::kPostgres, false), "SELECT a ? 'b'\n;\n")
      << "without values it is an operator";
}

TEST(Weave, TellsWhatOnlyTheRunDecides) {
  const string source = "run(\"DROP TABLE xx\");\n";
  std::vector<SqlText> texts = calls_in(source);
  add_hole(texts[0], "xx", "the parameter `table`");
  const Script up = woven(source, texts);
  EXPECT_EQ(up.text, "DROP TABLE 00\n;\n");
  ASSERT_EQ(up.script.run_time.size(), 1U);
  EXPECT_EQ(up.script.run_time[0].range.of(up.text), "00");
  EXPECT_EQ(up.script.run_time[0].why, "the parameter `table`");

  texts = calls_in(source);
  texts[0].conditional = true;
  const Script perhaps = woven(source, texts);
  ASSERT_EQ(perhaps.script.run_time.size(), 1U);
  EXPECT_TRUE(perhaps.script.run_time[0].is_condition);
  EXPECT_EQ(perhaps.script.run_time[0].range.of(perhaps.text), "DROP TABLE xx");
}

TEST(Weave, KnowsWhatRunsOutsideOfATransaction) {
  Reading reading = reading_of({});
  const auto habit = [&] {
    return weave(reading, Engine::kPostgres, "").migrations.at(0).up->transaction;
  };
  EXPECT_EQ(habit(), project::TransactionHabit::kPerScript);
  reading.migrations[0].migration.in_transaction = false;
  EXPECT_EQ(habit(), project::TransactionHabit::kNone);
}

TEST(Weave, TakesCommentsThatAskForSilenceAlong) {
  const string source = "// belay:ignore drop-table: empty\nrun(\"DROP TABLE a\");\n";
  const Script up = woven(source, calls_in(source));
  EXPECT_THAT(up.text, HasSubstr("ignore"));
  EXPECT_THAT(up.text, HasSubstr("drop-table: empty\nDROP TABLE a"));
}

TEST(Weave, NamesMigrationsByTheirDescription) {
  const auto name_from = [](const char* description) {
    Reading reading = reading_of({});
    reading.migrations.at(0).migration.description = Declared{description, {}};
    return weave(reading, Engine::kPostgres, "").migrations.at(0).name;
  };
  EXPECT_EQ(name_from("Split the name"), "split_the_name");
  EXPECT_EQ(name_from(" -- a, b! "), "a_b");
  EXPECT_EQ(name_from("größe"), "größe");
  EXPECT_EQ(name_from("!"), "");
}

}  // namespace
}  // namespace belay::cpp
