// From the shared lexer's tokens to SQLite's.

#include "analyzer/sql/sqlite/scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "support/ascii.h"
#include "tests/analyzer/sql/sqlite/statements.h"

namespace belay::sql::sqlite {
namespace {

using testing::ElementsAre;

std::vector<Symbol> symbols(std::string_view text) {
  std::vector<Symbol> out;
  for (const SqliteLexeme& lexeme : scan(text, tokens_of(text), 0)) out.push_back(lexeme.symbol);
  return out;
}

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> out;
  for (const SqliteLexeme& lexeme : scan(text, tokens_of(text), 0)) {
    if (lexeme.symbol != Symbol::kEnd) out.emplace_back(lexeme.range.of(text));
  }
  return out;
}

TEST(SqliteScanner, KnowsEveryKeywordOfSqlite) {
  ASSERT_GT(sqlite3_keyword_count(), 100);
  for (int i = 0; i < sqlite3_keyword_count(); ++i) {
    const char* word = nullptr;
    int size = 0;
    ASSERT_EQ(sqlite3_keyword_name(i, &word, &size), SQLITE_OK);
    const std::string keyword(word, static_cast<size_t>(size));
    EXPECT_NE(keyword_symbol(keyword), Symbol::kId) << keyword;
    EXPECT_EQ(keyword_symbol(ascii::lower(keyword)), keyword_symbol(keyword)) << keyword;
    EXPECT_EQ(keyword_symbol(keyword + "x"), Symbol::kId) << keyword;
  }
}

TEST(SqliteScanner, TakesNothingElseForAKeyword) {
  // All words of up to three letters, against SQLite's own judgement.
  const std::string letters = "abcdefghijklmnopqrstuvwxyz_";
  for (const char a : letters) {
    for (const char b : letters) {
      for (const char c : letters) {
        const std::string word = {a, b, c};
        for (const std::string& w : {word.substr(0, 1), word.substr(0, 2), word}) {
          const bool is_keyword = sqlite3_keyword_check(w.data(), static_cast<int>(w.size())) != 0;
          ASSERT_EQ(keyword_symbol(w) != Symbol::kId, is_keyword) << w;
        }
      }
    }
  }
  for (const char* word : {"strict", "rowid", "stored", "autoincremen", "CURRENT_TIMESTAMPS", ""}) {
    EXPECT_EQ(keyword_symbol(word), Symbol::kId) << word;
  }
}

TEST(SqliteScanner, CutsWhereSqliteCuts) {
  EXPECT_THAT(texts("a<=>b"), ElementsAre("a", "<=", ">", "b"));
  EXPECT_THAT(texts("a&&b"), ElementsAre("a", "&", "&", "b"));
  EXPECT_THAT(texts("a->>b->c"), ElementsAre("a", "->>", "b", "->", "c"));
  EXPECT_THAT(texts("0x1G"), ElementsAre("0x1", "G"));
  EXPECT_THAT(texts(":1 @2 #x"), ElementsAre(":1", "@2", "#x"));
  EXPECT_THAT(texts("${a}_b"), ElementsAre("${a}_b"));
  EXPECT_THAT(texts("\xEF\xBB\xBFSELECT"), ElementsAre("SELECT"));
  EXPECT_THAT(texts("1 /* no end"), ElementsAre("1"));
}

TEST(SqliteScanner, KnowsIllegalTokens) {
  for (const char* text : {"1a", "0x", "0xg", "1e", "x'0'", "x'gg'", "'a", "\"a", "[a", "`a",
                           "!",  "^",  ":",   "@",  "$",    "\\",    "{",  "]",   "1_", "1__0"}) {
    EXPECT_EQ(symbols(text).at(0), Symbol::kIllegal) << text;
  }
  for (const char* text : {"1", "1.5", ".5", "5.", "1e5", "0xFf", "1_000"}) {
    EXPECT_THAT(symbols(text), ElementsAre(Symbol::kNumber, Symbol::kEnd)) << text;
  }
}

TEST(SqliteScanner, WindowKeywordsDependOnTheirPlace) {
  EXPECT_EQ(symbols(") OVER (").at(1), Symbol::kOver);
  EXPECT_EQ(symbols(") OVER w").at(1), Symbol::kOver);
  EXPECT_EQ(symbols(") OVER ,").at(1), Symbol::kId);
  EXPECT_EQ(symbols("a OVER (").at(1), Symbol::kId);
  EXPECT_EQ(symbols(") FILTER (").at(1), Symbol::kFilter);
  EXPECT_EQ(symbols(") FILTER w").at(1), Symbol::kId);
  EXPECT_EQ(symbols("WINDOW w AS").at(0), Symbol::kWindow);
  EXPECT_EQ(symbols("WINDOW w").at(0), Symbol::kId);
}

TEST(SqliteScanner, Unquotes) {
  EXPECT_EQ(unquoted("'it''s'"), "it's");
  EXPECT_EQ(unquoted("\"a\"\"b\""), "a\"b");
  EXPECT_EQ(unquoted("[a b]"), "a b");
  EXPECT_EQ(unquoted("`a`"), "a");
  EXPECT_EQ(unquoted("Ab"), "Ab");
  EXPECT_EQ(unquoted("''"), "");
  EXPECT_EQ(folded("\"ÄB\""), "Äb");  // ASCII only, as SQLite compares names
}

}  // namespace
}  // namespace belay::sql::sqlite
