#include <gtest/gtest.h>

#include <belay/migration.h>

namespace belay::runtime {
namespace {

std::string checksum(std::string sql) {
  MigrationScript migration;
  migration.up.sql = std::move(sql);
  return migration.checksum();
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

TEST(Checksum, ChangesWithAnythingElse) {
  const std::string plain = checksum("CREATE TABLE t (a);\n");
  EXPECT_NE(checksum("CREATE TABLE t (b);\n"), plain);
  EXPECT_NE(checksum("CREATE TABLE t (a);"), plain);
  EXPECT_NE(checksum("CREATE  TABLE t (a);\n"), plain);
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
