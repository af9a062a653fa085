// What one process says, the other understands.
#include "analyzer/cpp/wire/wire.h"

#include <gtest/gtest.h>

#include "tests/analyzer/cpp/calls.h"

namespace belay::cpp::wire {
namespace {

using std::string;

TEST(Wire, KeepsQuestions) {
  Question question;
  question.keep = true;
  Request& request = question.request;
  request.path = "/a b/ü.cc";
  request.text = "int main() {\n}\n";
  request.arguments = {"-std=c++20", "-DX=\"y\""};
  request.directory = "/a b";
  request.engines = {Engine::kSqlite, Engine::kPostgres};
  request.functions = {{"shop::run", 2, Engine::kSqlite, SqlValues::kLater, true}};
  request.shapes = {{"shop::Step", {"forward", "up"}, {"back"}}};
  request.outside_migrations = true;
  const string line = line_of(question);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto again = question_from(line);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(line_of(*again), line);
  EXPECT_EQ(again->request.functions, request.functions);
  EXPECT_EQ(again->request.shapes, request.shapes);
  EXPECT_EQ(again->request.text, request.text);
  EXPECT_TRUE(again->keep && again->request.outside_migrations);
  request.text.reset();
  EXPECT_FALSE(question_from(line_of(question))->request.text) << "what is on the disk";
}

TEST(Wire, KeepsReadings) {
  std::vector<SqlText> texts = calls_in("run(\"DROP\\tTABLE \\u00e9\" R\"(xx)\");\n");
  add_hole(texts[0], "xx", "the result of name()", true);
  texts[0].conditional = texts[0].has_parameters = true;
  texts[0].library = Engine::kSqlite;
  Reading reading = reading_of(texts);
  MigrationClass& declared = reading.migrations[0].migration;
  declared.dependencies = {{"0000", {0, {7, 9}}}};
  declared.down_throws = Place{0, {3, 4}};
  declared.backup_required = declared.in_transaction = false;
  declared.version_method = {0, {1, 2}};
  declared.declares_reversible = declared.registered = declared.batched = true;
  reading.functions = {{"run", {0, {5, 6}}, {{Engine::kSqlite, texts}}}};
  reading.errors = {"no \"x\""};
  const string line = line_of(reading);
  const auto again = reading_from(line);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(line_of(*again), line);
  const SqlText& sql = again->migrations[0].up[0].texts[0];
  EXPECT_EQ(sql.text, texts[0].text);
  EXPECT_EQ(sql.places, texts[0].places);
  EXPECT_EQ(sql.library, Engine::kSqlite);
  ASSERT_EQ(sql.holes.size(), 1U);
  EXPECT_EQ(sql.holes[0].range, texts[0].holes[0].range);
  EXPECT_TRUE(sql.holes[0].harmless && sql.conditional && sql.has_parameters);
  EXPECT_EQ(again->migrations[0].migration.backup_required, false);
  EXPECT_EQ(again->migrations[0].migration.in_transaction, false);
  EXPECT_EQ(again->migrations[0].migration.down_throws, declared.down_throws);
}

TEST(Wire, SendsNoBytesThatAreNoText) {
  std::vector<SqlText> texts = calls_in("run(\"SELECT '\\xff'\");\n");
  const auto again = reading_from(line_of(reading_of(texts)));
  ASSERT_TRUE(again.ok());
  const SqlText& sql = again->migrations[0].up[0].texts[0];
  EXPECT_EQ(sql.text, "?");
  ASSERT_EQ(sql.holes.size(), 1U);
  EXPECT_EQ(sql.holes[0].reason, "it is not UTF-8");
}

TEST(Wire, RefusesLinesOfOthers) {
  for (const char* line : {"", "{", "[]", "{\"path\": 1}", "{\"files\": 1}"}) {
    EXPECT_FALSE(question_from(line).ok()) << line;
    EXPECT_FALSE(reading_from(line).ok()) << line;
  }
}

}  // namespace
}  // namespace belay::cpp::wire
