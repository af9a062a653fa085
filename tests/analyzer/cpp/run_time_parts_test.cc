// What a script does as far as that is known before the program runs.
#include "analyzer/run_time_parts.h"

#include <gtest/gtest.h>

#include "tests/support/annotated.h"

namespace belay {
namespace {

using project::RunTimePart;
using std::string;
using testing::Annotated;

/// How each statement is known: `known`, `unknown`, `perhaps`. `[[...]]` are parts of the
/// program's.
string known(const string& marked, bool harmless = false, bool is_condition = false) {
  const Annotated sql(marked);
  const Dialect dialect{Engine::kPostgres, default_version(Engine::kPostgres)};
  sql::ParsedScript script =
      sql::parse_script(sql.text, {0, static_cast<uint32_t>(sql.text.size())}, dialect,
                        sql::Recovery::kExact, nullptr);
  std::vector<RunTimePart> parts;
  for (const ByteRange range : sql.ranges) {
    parts.push_back({range, "a reason", is_condition, {}, harmless, false});
  }
  mark_run_time_parts(script, parts, sql.text, Engine::kPostgres);
  string out;
  for (const sql::ScriptStatement& statement : script.statements) {
    const auto& operations = statement.parsed->operations;
    const auto* last = operations.empty() ? nullptr : operations.back().as<sql::Unknown>();
    EXPECT_TRUE(last == nullptr || last->why == "a reason");
    out += out.empty() ? "" : ", ";
    out += last == nullptr ? "known" : operations.size() == 1 ? "unknown" : "perhaps";
  }
  return out;
}

TEST(RunTimeParts, MakeAStatementUnknown) {
  EXPECT_EQ(known("DROP TABLE a; DROP TABLE [[x]]; DROP TABLE b"), "known, unknown, known");
  EXPECT_EQ(known("DELETE FROM [[x]]"), "unknown");
  EXPECT_EQ(known("[[x]]"), "unknown");
}

TEST(RunTimeParts, AreNothingAmongValues) {
  EXPECT_EQ(known("INSERT INTO t VALUES ([[0]])", /*harmless=*/true), "known");
  EXPECT_EQ(known("UPDATE t SET a = [[0]] WHERE b = [[1]]", /*harmless=*/true), "known");
  EXPECT_EQ(known("DELETE FROM t WHERE a = 'x[[y]]z'"), "known") << "within a text";
  EXPECT_EQ(known("DELETE FROM t WHERE a = [[0]]"), "unknown") << "it may bring SQL along";
}

TEST(RunTimeParts, AreMoreThanValuesElsewhere) {
  EXPECT_EQ(known("DELETE FROM t[[0]]", /*harmless=*/true), "unknown") << "part of a name";
  EXPECT_EQ(known("CREATE TABLE t (a varchar([[0]]))", /*harmless=*/true), "unknown");
}

TEST(RunTimeParts, LeaveConditionsOpen) {
  EXPECT_EQ(known("[[DROP TABLE a]]; DROP TABLE b", false, /*is_condition=*/true),
            "perhaps, known");
  EXPECT_EQ(known("[[DELETE FROM a]]", false, /*is_condition=*/true), "known")
      << "the schema is the same either way";
}

}  // namespace
}  // namespace belay
