// Odd texts: an analysis or a clear finding, never a crash.

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "tests/analyzer/odd_input/lint_text.h"

namespace belay {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr Engine kEngines[] = {Engine::kPostgres, Engine::kSqlite, Engine::kMysql};
constexpr size_t kDeep = 100'000;

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// How much memory the process has taken at most, in bytes.
size_t peak_memory() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<size_t>(usage.ru_maxrss) * 1024;
}

TEST(OddTexts, EmptyOnesHoldNothing) {
  for (const char* text : {"", "\n", " \t\r\n", "\xEF\xBB\xBF", ";;;", "-- a comment"}) {
    const workbench::LintResult result = lint_text(Engine::kPostgres, text);
    EXPECT_EQ(result.statements, 0U) << text;
    EXPECT_EQ(result.files_checked, 2U) << text;
    EXPECT_THAT(rules_of(result), IsEmpty()) << text;
  }
}

TEST(OddTexts, AByteOrderMarkIsNoPartOfAStatement) {
  const workbench::LintResult result = lint_text(Engine::kPostgres,
                                                 "\xEF\xBB\xBF"
                                                 "CREATE TABLE a (x int);\n");
  EXPECT_THAT(rules_of(result), ::testing::ElementsAre("fake-down"));
  EXPECT_EQ(result.statements_unknown, 0U);
}

TEST(OddTexts, NulBytesAreTold) {
  for (const Engine engine : {Engine::kPostgres, Engine::kSqlite}) {
    const std::string text("CREATE TABLE a (x int);\nSELECT \0 1;\nDROP TABLE b;\n", 49);
    const workbench::LintResult result = lint_text(engine, text);
    EXPECT_THAT(rules_of(result), Contains("drop-table"));
    EXPECT_THAT(rules_of(result),
                testing::AnyOf(Contains("syntax-error"), Contains("ill-formed-text")));
    expect_places_in_files(result);
  }
}

TEST(OddTexts, BytesThatAreNoUtf8AreTold) {
  const workbench::LintResult result =
      lint_text(Engine::kPostgres, "INSERT INTO a VALUES ('caf\xE9');\nDROP TABLE b;\n");
  EXPECT_THAT(rules_of(result), Contains("ill-formed-text"));
  EXPECT_THAT(rules_of(result), Contains("drop-table"));
  expect_places_in_files(result);
}

TEST(OddTexts, Utf16IsTold) {
  for (const bool little : {true, false}) {
    std::string text = little ? "\xFF\xFE" : "\xFE\xFF";
    for (const char c : std::string("DROP TABLE orders;\r\n")) {
      text += little ? std::string{c, '\0'} : std::string{'\0', c};
    }
    const workbench::LintResult result = lint_text(Engine::kPostgres, text);
    EXPECT_THAT(rules_of(result), Contains("ill-formed-text"));
    expect_places_in_files(result);
  }
}

TEST(OddTexts, CarriageReturnsAloneEndLines) {
  const workbench::LintResult result =
      lint_text(Engine::kPostgres, "-- a comment\rDROP TABLE b;\rDROP TABLE c;\r");
  ASSERT_EQ(result.files.size(), 1U);
  const Finding& last = result.files[0].findings.back();
  EXPECT_EQ(last.rule, "drop-table");
  EXPECT_EQ(result.files[0].document.position_at(last.place.range.begin, ColumnUnit::kUtf32).line,
            2U);
}

TEST(OddTexts, DeepNestingIsAFindingAtMost) {
  const std::string texts[] = {
      "SELECT " + repeated("(", kDeep) + "1" + repeated(")", kDeep),
      "SELECT " + repeated("(", kDeep),
      "SELECT " + repeated(")", kDeep),
      "SELECT " + repeated("NOT ", kDeep) + "true",
      "SELECT " + repeated("- ", kDeep) + "1",
      "SELECT " + repeated("CASE WHEN true THEN ", kDeep) + "1" + repeated(" END", kDeep),
      "SELECT * FROM " + repeated("(SELECT * FROM ", kDeep) + "t" + repeated(") x", kDeep),
      "SELECT 1" + repeated("+1", kDeep),
      "SELECT 1" + repeated("||1", kDeep),
      "SELECT a" + repeated(" COLLATE \"C\"", kDeep),
      "SELECT 1" + repeated("::int", kDeep),
      "SELECT 1" + repeated(" UNION SELECT 1", kDeep),
      "SELECT * FROM t" + repeated(" JOIN t ON true", kDeep),
      "SELECT a" + repeated("[", kDeep) + "1" + repeated("]", kDeep),
      "SELECT " + repeated("ARRAY[", kDeep) + repeated("]", kDeep),
      "ALTER TABLE t ADD CHECK (a" + repeated(" AND a", kDeep) + ")",
      "ALTER TABLE t ADD CHECK (" + repeated("a AND (", kDeep / 20) + "b" +
          repeated(")", kDeep / 20) + ")",
      "DELETE FROM t WHERE " + repeated("1 = 1 OR ", kDeep) + "true",
      "UPDATE t SET a = " + repeated("f(", kDeep) + "1" + repeated(")", kDeep),
      "CREATE TABLE t (a int CHECK (" + repeated("(", kDeep) + "1" + repeated(")", kDeep) + "))",
      repeated("/*", kDeep) + repeated("*/", kDeep) + "SELECT 1",
      repeated("BEGIN ", kDeep) + repeated("END;", kDeep),
      repeated("CREATE TRIGGER x AFTER INSERT ON t BEGIN ", kDeep / 20),
  };
  for (const Engine engine : kEngines) {
    for (const std::string& text : texts) {
      SCOPED_TRACE(text.substr(0, 40));
      const workbench::LintResult result =
          lint_text(engine, "DROP TABLE a;\n" + text + ";\nDROP TABLE b;\n");
      EXPECT_GE(result.statements, 2U);
      if (engine != Engine::kMysql) {
        EXPECT_THAT(rules_of(result), Contains("drop-table"));
      }
      expect_places_in_files(result);
    }
  }
}

TEST(OddTexts, ALineOfTenMegabytesIsRead) {
  for (const Engine engine : kEngines) {
    std::string text = repeated("INSERT INTO t VALUES (1, 'some text of a row'); ", 200'000);
    text += "DROP TABLE orders;";
    const workbench::LintResult result = lint_text(engine, std::move(text));
    EXPECT_EQ(result.statements, 200'001U);
    if (engine != Engine::kMysql) {
      EXPECT_THAT(rules_of(result), Contains("drop-table"));
    }
    expect_places_in_files(result);
  }
}

TEST(OddTexts, AStatementOfTenMegabytesIsRead) {
  for (const Engine engine : {Engine::kPostgres, Engine::kSqlite}) {
    std::string text = "INSERT INTO t VALUES (1, 'a')" + repeated(",\n(1, 'a')", 1'000'000);
    text += ";\nDROP TABLE orders;\n";
    const workbench::LintResult result = lint_text(engine, std::move(text));
    EXPECT_EQ(result.statements, 2U);
    EXPECT_EQ(result.statements_unknown, 0U);
    EXPECT_THAT(rules_of(result), Contains("drop-table"));
  }
}

TEST(OddTexts, AFileOfFiftyMegabytesTakesBoundedMemory) {
  constexpr size_t kBytes = 50'000'000;
  const std::string rows =
      "INSERT INTO accounts (id, name) VALUES (12345, 'a name of some length, as names are');\n";
  std::string text = "CREATE TABLE accounts (id int, name text);\n" +
                     repeated(rows, kBytes / rows.size()) + "DROP TABLE orders;\n";
  const size_t before = peak_memory();
  const workbench::LintResult result = lint_text(Engine::kPostgres, std::move(text));
  EXPECT_GT(result.statements, 500'000U);
  EXPECT_THAT(rules_of(result), Contains("drop-table"));
  const size_t taken = peak_memory() - before;
  RecordProperty("megabytes", static_cast<int>(taken / 1'000'000));
  std::printf("%zu MB of memory for a file of 50 MB\n", taken / 1'000'000);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(taken, 60 * kBytes);
#endif
}

TEST(OddTexts, AllBytesInAllPlaces) {
  for (const Engine engine : kEngines) {
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      std::string text = "ALTER TABLE t ADD COLUMN a int";
      for (const size_t at : {size_t{0}, size_t{5}, size_t{12}, text.size()}) {
        std::string odd = text;
        odd.insert(at, 1, c);
        expect_places_in_files(lint_text(engine, odd));
        expect_places_in_files(lint_text(engine, odd + ";\n" + odd + ";"));
      }
    }
  }
}

}  // namespace
}  // namespace belay
