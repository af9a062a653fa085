#include "analyzer/project/file_name.h"

#include <gtest/gtest.h>

namespace belay::project {
namespace {

using Separator = DirectedName::Separator;

TEST(DirectedName, ReadsEveryWayToWriteADirection) {
  const auto up = directed_name("0042_split.up.sql");
  ASSERT_TRUE(up);
  EXPECT_EQ(up->stem, "0042_split");
  EXPECT_EQ(up->direction, Direction::kUp);
  EXPECT_EQ(up->separator, Separator::kDot);
  EXPECT_EQ(directed_name("0042_split_down.sql")->direction, Direction::kDown);
  EXPECT_EQ(directed_name("0042_split_down.sql")->separator, Separator::kUnderscore);
  EXPECT_EQ(directed_name("0042_split..up.sql")->separator, Separator::kDoubledDot);
  EXPECT_EQ(directed_name("0042_split..up.sql")->stem, "0042_split");
}

TEST(DirectedName, IsNoneWhereTheNameSaysNoDirection) {
  for (const std::string_view name :
       {"up.sql", "down.sql", "0042_split.sql", "0042_split.up", "cleanup.sql", ".sql", "",
        "_up.sql", "0042.up.sql.bak", "0042.UP.sql"}) {
    EXPECT_FALSE(directed_name(name)) << name;
  }
}

TEST(NumberedStem, SplitsNumberAndTitle) {
  EXPECT_EQ(numbered_stem("0042_split_name").number, "0042");
  EXPECT_EQ(numbered_stem("0042_split_name").title, "split_name");
  EXPECT_EQ(numbered_stem("V0001.Initial_Schema").number, "0001");
  EXPECT_EQ(numbered_stem("V0001.Initial_Schema").title, "Initial_Schema");
  EXPECT_EQ(numbered_stem("0157").title, "");
  EXPECT_EQ(numbered_stem("Version").number, "");
  EXPECT_EQ(numbered_stem("Version").title, "Version");
}

TEST(FlywayName, ReadsItsFourKinds) {
  const auto versioned = flyway_name("V1_2__add_x.sql");
  ASSERT_TRUE(versioned && versioned->valid);
  EXPECT_EQ(versioned->version, "1_2");
  EXPECT_EQ(versioned->description, "add_x");
  EXPECT_EQ(flyway_name("U1.2__x.sql")->prefix, 'U');
  EXPECT_EQ(flyway_name("B3__x.sql")->prefix, 'B');
  const auto repeatable = flyway_name("R__views__a.sql");
  ASSERT_TRUE(repeatable);
  EXPECT_EQ(repeatable->version, "");
  EXPECT_EQ(repeatable->description, "views__a");
}

TEST(FlywayName, SaysWhereAVersionIsNone) {
  EXPECT_FALSE(flyway_name("V1_add.sql")->valid);
  EXPECT_FALSE(flyway_name("V1.2beta__x.sql")->valid);
  EXPECT_FALSE(flyway_name("V1.__x.sql")->valid);
  EXPECT_TRUE(flyway_name("V1__.sql")->valid);
}

TEST(FlywayName, IsNoneForWordsThatBeginWithItsLetters) {
  for (const std::string_view name : {"Views.sql", "README.sql", "Reset.sql", "R1__x.sql",
                                      "v1__x.sql", "1__x.sql", "V1__x.txt"}) {
    EXPECT_FALSE(flyway_name(name)) << name;
  }
}

TEST(PopName, ReadsInfixes) {
  const auto plain = pop_name("20200101_notes.up.sql");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->version, "20200101");
  EXPECT_EQ(plain->title, "notes");
  EXPECT_EQ(plain->dialect, "");
  EXPECT_FALSE(plain->autocommit);
  const auto both = pop_name("20200101_notes.sqlite3.autocommit.down.sql");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->dialect, "sqlite3");
  EXPECT_TRUE(both->autocommit);
  EXPECT_EQ(both->direction, Direction::kDown);
  EXPECT_TRUE(pop_name("1_a.autocommit.up.sql")->autocommit);
  EXPECT_TRUE(pop_name("1_a.up.fizz")->fizz);
}

TEST(PopName, IsNoneForOtherNames) {
  for (const std::string_view name : {"a.up.sql", "1a.up.sql", "1_.up.sql", "1_a.sql",
                                      "1_a..up.sql", "1_a.x-y.up.sql", "1_a.b.c.up.sql"}) {
    EXPECT_FALSE(pop_name(name)) << name;
  }
}

TEST(EngineInFolderName, ReadsWordsOfAName) {
  EXPECT_EQ(engine_in_folder_name("postgres"), Engine::kPostgres);
  EXPECT_EQ(engine_in_folder_name("migrations_pg"), Engine::kPostgres);
  EXPECT_EQ(engine_in_folder_name("SQLite3-schema"), Engine::kSqlite);
  EXPECT_EQ(engine_in_folder_name("mariadb.d"), Engine::kMariadb);
  EXPECT_EQ(engine_in_folder_name("mysqlish"), std::nullopt);
  EXPECT_EQ(engine_in_folder_name(""), std::nullopt);
}

TEST(IsInt64, KnowsTheLargest) {
  EXPECT_TRUE(is_int64("9223372036854775807", false));
  EXPECT_FALSE(is_int64("9223372036854775808", false));
  EXPECT_FALSE(is_int64("0", false));
  EXPECT_TRUE(is_int64("0", true));
  EXPECT_FALSE(is_int64("", true));
  EXPECT_FALSE(is_int64("12a", true));
}

}  // namespace
}  // namespace belay::project
