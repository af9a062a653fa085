#include <gtest/gtest.h>

#include "analyzer/project/dialect_words.h"
#include "analyzer/project/glob.h"
#include "analyzer/project/layout.h"
#include "analyzer/project/nearest.h"
#include "analyzer/project/text_lines.h"

namespace belay::project {
namespace {

TEST(Glob, StarsStayWithinAPart) {
  EXPECT_TRUE(glob_matches("db/*.sql", "db/a.sql"));
  EXPECT_FALSE(glob_matches("db/*.sql", "db/x/a.sql"));
  EXPECT_TRUE(glob_matches("db/?_[ab]*.sql", "db/1_b.sql"));
  EXPECT_FALSE(glob_matches("db/?_[!ab]*.sql", "db/1_b.sql"));
  EXPECT_FALSE(glob_matches("db/?", "db//"));
}

TEST(Glob, DoubleStarsCrossParts) {
  EXPECT_TRUE(glob_matches("**/drafts/*.sql", "drafts/a.sql"));
  EXPECT_TRUE(glob_matches("**/drafts/*.sql", "a/b/drafts/a.sql"));
  EXPECT_FALSE(glob_matches("**/drafts/*.sql", "mydrafts/a.sql"));
  EXPECT_TRUE(glob_matches("a/**/z.sql", "a/z.sql"));
  EXPECT_TRUE(glob_matches("a/**/z.sql", "a/b/c/z.sql"));
  EXPECT_TRUE(glob_matches("a/**", "a/b/c"));
}

TEST(Glob, AFolderTakesInAllBelowIt) {
  EXPECT_TRUE(glob_matches("db/old", "db/old/a/b.sql"));
  EXPECT_TRUE(glob_matches("db/old/", "db/old/a.sql"));
  EXPECT_FALSE(glob_matches("db/old", "db/older/a.sql"));
}

TEST(Glob, ANameWithoutASlashMatchesAnywhere) {
  EXPECT_TRUE(glob_matches("draft_*", "a/b/draft_1.sql"));
  EXPECT_FALSE(glob_matches("/draft_*", "a/b/draft_1.sql"));
  EXPECT_TRUE(glob_matches("/draft_*", "draft_1.sql"));
}

TEST(Glob, OddPatternsMatchNothingAndEnd) {
  EXPECT_FALSE(glob_matches("", "a"));
  EXPECT_TRUE(glob_matches("[a", "[a"));
  EXPECT_FALSE(glob_matches("**/*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Nearest, FindsSlips) {
  const std::vector<std::string_view> words = {"dialect", "version", "migrations"};
  EXPECT_EQ(nearest("dialct", words), "dialect");
  EXPECT_EQ(nearest("DIALECT", words), "dialect");
  EXPECT_EQ(nearest("migratoins", words), "migrations");
  EXPECT_EQ(nearest("colour", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest(std::string(100000, 'x'), words), std::nullopt);
}

TEST(Nearest, CountsASwapAsOne) {
  EXPECT_EQ(edit_distance("ab", "ba"), 1u);
  EXPECT_EQ(edit_distance("per_script", "per-script"), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
}

TEST(LayoutNames, GoBothWays) {
  for (const Layout layout : all_layouts()) {
    EXPECT_EQ(layout_from_name(layout_name(layout)), layout) << layout_name(layout);
  }
  EXPECT_EQ(all_layouts().size(), static_cast<size_t>(Layout::kPlain) + 1);
  EXPECT_EQ(layout_from_name("rails"), std::nullopt);
}

TEST(TransactionHabit, IsThatOfTheToolOnTheEngine) {
  EXPECT_EQ(default_transaction_habit(Layout::kGolangMigrate, Engine::kPostgres),
            TransactionHabit::kSimpleQuery);
  EXPECT_EQ(default_transaction_habit(Layout::kGolangMigrate, Engine::kSqlite),
            TransactionHabit::kPerScript);
  EXPECT_EQ(default_transaction_habit(Layout::kGolangMigrate, Engine::kMysql),
            TransactionHabit::kNone);
  EXPECT_EQ(default_transaction_habit(Layout::kGoose, Engine::kPostgres),
            TransactionHabit::kPerScript);
  EXPECT_EQ(default_transaction_habit(Layout::kSqitch, Engine::kPostgres), TransactionHabit::kNone);
}

TEST(EndsWithSemicolon, LooksAtTheLastWordBeforeAComment) {
  EXPECT_TRUE(ends_with_semicolon("SELECT 1;"));
  EXPECT_TRUE(ends_with_semicolon("SELECT 1;  -- x"));
  EXPECT_TRUE(ends_with_semicolon("  ;"));
  EXPECT_FALSE(ends_with_semicolon("SELECT 1"));
  EXPECT_FALSE(ends_with_semicolon("SELECT 1 -- x;"));
  EXPECT_FALSE(ends_with_semicolon(""));
}

std::optional<Engine> engine_of(std::string_view text) {
  DialectScore score;
  score.add(text, "a.sql");
  const auto verdict = score.verdict();
  return verdict ? std::optional(verdict->engine) : std::nullopt;
}

TEST(DialectWords, TellEnginesApart) {
  EXPECT_EQ(engine_of("CREATE TABLE t (id SERIAL, d JSONB);"), Engine::kPostgres);
  EXPECT_EQ(engine_of("SELECT 'a'::text;"), Engine::kPostgres);
  EXPECT_EQ(engine_of("DO $$ BEGIN END $$;"), Engine::kPostgres);
  EXPECT_EQ(engine_of("CREATE TABLE t (id INTEGER PRIMARY KEY);"), Engine::kSqlite);
  EXPECT_EQ(engine_of("CREATE TABLE t (a, b) WITHOUT ROWID;"), Engine::kSqlite);
  EXPECT_EQ(engine_of("CREATE TABLE `t` (id INT) ENGINE=InnoDB;"), Engine::kMysql);
  EXPECT_EQ(engine_of("ALTER TABLE `t` ADD `c` INT;"), Engine::kMysql);
}

TEST(DialectWords, DoNotCountInCommentsAndStrings) {
  EXPECT_EQ(engine_of("-- SERIAL\nSELECT 'AUTO_INCREMENT', \"pragma\" /* JSONB */;"), std::nullopt);
  EXPECT_EQ(engine_of(""), std::nullopt);
  EXPECT_EQ(engine_of("SELECT 1;"), std::nullopt);
}

TEST(DialectWords, NameTheirEvidence) {
  DialectScore score;
  score.add("CREATE TABLE t (id SERIAL);", "1_a.sql");
  score.add("ALTER TABLE t ADD d JSONB;", "2_b.sql");
  EXPECT_EQ(score.verdict()->why, "`serial`, `jsonb` in `1_a.sql` and others");
}

}  // namespace
}  // namespace belay::project
