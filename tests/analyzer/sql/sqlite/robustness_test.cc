// Any bytes: no crash, no hang, and a result that keeps its promises.

#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <random>

#include "analyzer/sql/sqlite/scanner.h"
#include "tests/analyzer/sql/sqlite/comparison.h"
#include "tests/analyzer/sql/sqlite/mutations.h"
#include "tests/analyzer/sql/sqlite/statements.h"

namespace belay::sql::sqlite {
namespace {

/// What holds for every result whatever was read.
void expect_sound(std::string_view text) {
  const StatementPtr statement = parse_text(text);
  ASSERT_EQ(statement->text, text);
  ASSERT_EQ(statement->operations.size(), 1U) << text;
  ASSERT_LE(statement->problems.size(), 1U) << text;
  for (const Problem& problem : statement->problems) {
    ASSERT_LE(problem.range.begin, problem.range.end) << text;
    ASSERT_LE(problem.range.end, text.size()) << text;
    ASSERT_FALSE(problem.message.empty()) << text;
    ASSERT_NE(statement->operations[0].as<Unknown>(), nullptr) << text;
  }
  const ByteRange range = statement->operations[0].range;
  ASSERT_LE(range.begin, range.end) << text;
  ASSERT_LE(range.end, text.size()) << text;
}

TEST(SqliteRobustness, EveryBeginningOfEveryStatement) {
  for (const ListedStatement& statement : listed_statements()) {
    for (size_t size = 0; size <= statement.text.size(); ++size) {
      expect_sound(std::string_view(statement.text).substr(0, size));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(SqliteRobustness, RandomBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string text(random() % 64, '\0');
    for (char& c : text) c = static_cast<char>(random());
    expect_sound(text);
    if (HasFatalFailure()) return;
  }
}

TEST(SqliteRobustness, StatementsWithRandomBytes) {
  std::mt19937 random(2);
  const auto& statements = listed_statements();
  for (int i = 0; i < 20000; ++i) {
    std::string text = statements[random() % statements.size()].text;
    for (size_t times = 1 + random() % 3; times > 0; --times) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    expect_sound(text);
    if (HasFatalFailure()) return;
  }
}

TEST(SqliteRobustness, RandomTokens) {
  std::mt19937 random(3);
  const TokenTexts& pool = token_pool();
  for (int i = 0; i < 20000; ++i) {
    TokenTexts tokens;
    for (size_t count = random() % 30; count > 0; --count) {
      tokens.push_back(pool[random() % pool.size()]);
    }
    expect_sound(joined(tokens));
    if (HasFatalFailure()) return;
  }
}

// --- depth and size -------------------------------------------------------------------------

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// Runs on a thread whose stack has so many bytes.
void run_with_stack(size_t bytes, std::function<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
  pthread_t thread = {};
  const auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

/// Half a megabyte is what macOS gives a thread. Sanitizers and unoptimised code need more.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
constexpr size_t kStack = size_t{8} << 20;
#else
constexpr size_t kStack = size_t{512} << 10;
#endif

TEST(SqliteRobustness, DeepNestingIsAProblemAndNoCrash) {
  constexpr size_t kDepth = 100000;
  const std::string texts[] = {
      "SELECT " + repeated("(", kDepth),
      "SELECT " + repeated("(", kDepth) + "1" + repeated(")", kDepth),
      "SELECT " + repeated("- ", kDepth) + "1",
      "SELECT " + repeated("NOT ", kDepth) + "1",
      "SELECT " + repeated("(SELECT ", kDepth),
      "SELECT " + repeated("f(", kDepth),
      "SELECT " + repeated("CASE WHEN ", kDepth),
      "SELECT " + repeated("1 IN (", kDepth),
      "SELECT " + repeated("1 BETWEEN ", kDepth),
      "SELECT " + repeated("CAST(", kDepth),
      "SELECT " + repeated("EXISTS (SELECT ", kDepth),
      "SELECT " + repeated("f() OVER (ORDER BY ", kDepth),
      "SELECT * FROM " + repeated("(", kDepth) + "t",
      "SELECT * FROM " + repeated("(SELECT * FROM ", kDepth) + "t",
      repeated("WITH q AS (", kDepth),
      "SELECT 1" + repeated(" + 1", kDepth),
      "CREATE TABLE t (a CHECK (" + repeated("(", kDepth),
      "CREATE TABLE t (a DEFAULT (" + repeated("- ", kDepth),
  };
  run_with_stack(kStack, [&] {
    for (const std::string& text : texts) {
      const StatementPtr statement = parse_text(text);
      ASSERT_EQ(statement->problems.size(), 1U) << text.substr(0, 40);
      EXPECT_EQ(statement->problems[0].message, "expression is nested too deeply")
          << text.substr(0, 40);
    }
  });
}

TEST(SqliteRobustness, LimitsAreThoseOfSqlite) {
  if (const std::string why = Oracle::unfit(); !why.empty()) GTEST_SKIP() << why;
  Oracle oracle;
  const auto list = [](std::string_view item, size_t times) {
    std::string out(item);
    return out + repeated("," + std::string(item), times - 1);
  };
  const auto columns = [](size_t count) {
    std::string out = "c0";
    for (size_t i = 1; i < count; ++i) out += ",c" + std::to_string(i);
    return out;
  };
  const std::string texts[] = {
      "SELECT 1" + repeated("+1", 999),
      "SELECT 1" + repeated("+1", 1000),
      "SELECT a" + repeated(" AND a", 999) + " FROM t",
      "SELECT a" + repeated(" AND a", 1000) + " FROM t",
      "SELECT 1" + repeated(" ISNULL", 999),
      "SELECT 1" + repeated(" ISNULL", 1000),
      "SELECT 1" + repeated(" COLLATE nocase", 2000),
      "SELECT main.t.a" + repeated("+1", 997) + " FROM t",
      "SELECT main.t.a" + repeated("+1", 998) + " FROM t",
      "SELECT max(" + list("1", 127) + ")",
      "SELECT max(" + list("1", 128) + ")",
      "SELECT 1" + repeated(" UNION ALL SELECT 1", 499),
      "SELECT 1" + repeated(" UNION ALL SELECT 1", 500),
      "CREATE TABLE z (" + columns(2000) + ")",
      "CREATE TABLE z (" + columns(2001) + ")",
      "CREATE TABLE z (a, UNIQUE (" + list("a", 2000) + "))",
      "CREATE TABLE z (a, UNIQUE (" + list("a", 2001) + "))",
      "CREATE INDEX z ON t (" + list("a", 2000) + ")",
      "CREATE INDEX z ON t (" + list("a", 2001) + ")",
      "SELECT 1 FROM " + list("t", 64),
      "SELECT 1 FROM " + list("(SELECT 1)", 201),
      "SELECT 1 IN (" + list("a", 3000) + ") FROM t",
  };
  for (const std::string& text : texts) {
    const Comparison result = compare(oracle, text);
    EXPECT_EQ(result.outcome, Comparison::Outcome::kAgree)
        << text.substr(0, 60) << result.explanation.substr(text.size());
  }
}

/// `begin` with a number of its own and `end`, many times.
std::string numbered(std::string_view begin, int times, std::string_view end = "") {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += begin;
    out += std::to_string(i);
    out += end;
  }
  return out;
}

TEST(SqliteRobustness, BigStatementsTakeLinearTime) {
  // Quadratic behaviour would take minutes.
  expect_sound("INSERT INTO t VALUES (1)" + repeated(", (1)", 300000));
  expect_sound("SELECT 1 IN (1" + repeated(", 1", 300000) + ")");
  expect_sound("CREATE VIRTUAL TABLE t USING m (" + repeated("(a, b), ", 300000) + ")");
  expect_sound("CREATE TABLE t (a" + repeated(", b", 100000));
  expect_sound("CREATE TABLE t (a" + numbered(", c", 100000) + ")");
  expect_sound("CREATE TABLE t (a" + numbered(", UNIQUE (a COLLATE c", 50000, ")") + ")");
  expect_sound("CREATE TABLE t (a" + repeated(" NOT NULL", 50000) + repeated(" DEFERRABLE", 50000));
  expect_sound("WITH q AS (SELECT 1)" + numbered(", c", 50000, " AS (SELECT * FROM c1)") +
               "SELECT 1");
  expect_sound("UPDATE t SET (a" + repeated(", b", 50000) + ") = (SELECT f()" +
               repeated(", f()", 50000) + ")");
  expect_sound("SELECT '" + std::string(3000000, 'x'));
}

}  // namespace
}  // namespace belay::sql::sqlite
