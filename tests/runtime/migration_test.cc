#include <gtest/gtest.h>

#include <belay/migration.h>

#include "runtime/checksums.h"

namespace belay::runtime {
namespace {

std::string checksum(std::string sql) {
  MigrationScript migration;
  migration.up.sql = std::move(sql);
  return migration.checksum();
}

std::string sql_checksum(std::string sql, Engine engine = Engine::kSqlite) {
  MigrationScript migration;
  migration.up.sql = std::move(sql);
  return migration.sql_checksum(engine);
}

TEST(Checksum, IsSha256OfTheScript) {
  // printf 'SELECT 1;\n' | sha256sum
  EXPECT_EQ(checksum("SELECT 1;\n"),
            "b4e0497804e46e0a0b0b8c31975b062152d551bac49c3c2e80932567b4085dcd");
}

TEST(Checksum, IsTheSameForEveryKindOfLineEndAndAByteOrderMark) {
  const std::string plain = checksum("CREATE TABLE t (\n  a\n);\n");
  EXPECT_EQ(checksum("CREATE TABLE t (\r\n  a\r\n);\r\n"), plain);
  EXPECT_EQ(checksum("CREATE TABLE t (\r  a\r);\r"), plain);
  EXPECT_EQ(checksum("\xEF\xBB\xBF"
                     "CREATE TABLE t (\n  a\n);\n"),
            plain);
}

TEST(Checksum, DoesNotCareAboutWhiteSpaceAtTheEndOfALineOrOfTheText) {
  const std::string plain = checksum("CREATE TABLE t (\n  a\n);\n");
  EXPECT_EQ(checksum("CREATE TABLE t (  \n  a\t\n);"), plain);
  EXPECT_EQ(checksum("CREATE TABLE t (\n  a\n); \t\r\n\r\n  \r\n"), plain);
  EXPECT_NE(checksum("CREATE TABLE t (\n a\n);\n"), plain) << "at its begin it counts";
  EXPECT_NE(checksum("CREATE TABLE t (\n\n  a\n);\n"), plain) << "an empty line within counts";
  EXPECT_EQ(checksum("\n"), checksum(""));
}

TEST(Checksum, ChangesWithAnythingElse) {
  const std::string plain = checksum("CREATE TABLE t (a);\n");
  EXPECT_NE(checksum("CREATE TABLE t (b);\n"), plain);
  EXPECT_NE(checksum("CREATE  TABLE t (a);\n"), plain);
}

TEST(SqlChecksum, DoesNotCareAboutCommentsAndWhatStandsBetweenTokens) {
  const std::string plain = sql_checksum("CREATE TABLE t (a);\nSELECT 'x';\n");
  EXPECT_EQ(sql_checksum("-- why\nCREATE TABLE t (\n  a /* what */\n);\nSELECT 'x'"), plain);
  EXPECT_EQ(sql_checksum("\xEF\xBB\xBF"
                         "CREATE TABLE t (a);\r\nSELECT 'x';\r\n"),
            plain);
  EXPECT_NE(sql_checksum("CREATE TABLE t (b);\nSELECT 'x';\n"), plain);
  EXPECT_NE(sql_checksum("CREATE TABLE t (a) SELECT 'x';\n"), plain) << "one statement";
  EXPECT_NE(sql_checksum("CREATE TABLE t (a);\n-- SELECT 'x';\n"), plain);
}

TEST(SqlChecksum, CaresAboutEveryBlankInAString) {
  EXPECT_NE(sql_checksum("SELECT 'a \nb';"), sql_checksum("SELECT 'a\nb';"));
  EXPECT_NE(sql_checksum("SELECT 'a  b';"), sql_checksum("SELECT 'a b';"));
  EXPECT_NE(sql_checksum("SELECT 'a -- b';"), sql_checksum("SELECT 'a';"));
  EXPECT_EQ(sql_checksum("SELECT 'a\r\nb';"), sql_checksum("SELECT 'a\nb';")) << "a checkout's";
}

TEST(SqlChecksum, ReadsCommentsAsTheEngineDoes) {
  const char* hash = "SELECT 1; # why\n";
  EXPECT_EQ(sql_checksum(hash, Engine::kMysql), sql_checksum("SELECT 1;", Engine::kMysql));
  const char* dollar = "SELECT $$ -- text\n$$;";
  EXPECT_NE(sql_checksum(dollar, Engine::kPostgres),
            sql_checksum("SELECT $$ $$;", Engine::kPostgres));
}

class TextChangeTest : public ::testing::Test {
 protected:
  TextChange change_to(std::string sql) const {
    MigrationScript now;
    now.up.sql = std::move(sql);
    return text_change(entry_, now, Engine::kSqlite);
  }
  void apply(const std::string& sql) {
    applied_.up.sql = sql;
    entry_.checksum = applied_.checksum();
    entry_.sql_checksum = applied_.sql_checksum(Engine::kSqlite);
  }

  MigrationScript applied_;
  LedgerEntry entry_;
};

TEST_F(TextChangeTest, TellsCommentsFromStatements) {
  apply("SELECT 'a ';\n");
  EXPECT_EQ(change_to("SELECT 'a ';  \r\n"), TextChange::kNone);
  EXPECT_EQ(change_to("-- why\nSELECT 'a ';\n"), TextChange::kComments);
  EXPECT_EQ(change_to("SELECT 'a';\n"), TextChange::kStatements);
}

TEST_F(TextChangeTest, ABlankAtTheEndOfALineWithinAStringIsAChange) {
  apply("SELECT 'a \nb';\n");
  EXPECT_EQ(change_to("SELECT 'a\nb';\n"), TextChange::kStatements);
}

TEST_F(TextChangeTest, TakesTheChecksumsOfOlderVersions) {
  applied_.up.sql = "SELECT 1;  \n\n";
  entry_.checksum = first_form_checksum(applied_.up);
  EXPECT_NE(entry_.checksum, applied_.checksum());
  EXPECT_EQ(change_to("SELECT 1;  \r\n\r\n"), TextChange::kNone);
  EXPECT_EQ(change_to("SELECT 1; -- why\n"), TextChange::kStatements) << "it cannot be told";
}

TEST(MigrationScript, IsShownByItsIdOrByVersionAndName) {
  MigrationScript migration;
  migration.version = "0042";
  EXPECT_EQ(migration.display_name(), "0042");
  migration.name = "split_name";
  EXPECT_EQ(migration.display_name(), "0042_split_name");
  migration.id = "V42__split_name";
  EXPECT_EQ(migration.display_name(), "V42__split_name");
}

}  // namespace
}  // namespace belay::runtime
