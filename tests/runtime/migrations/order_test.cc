// In which order migrations run, and what keeps them from having one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <belay/migrations.h>

namespace belay::testing {
namespace {

using runtime::MigrationScript;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

MigrationScript migration(std::string version, std::vector<std::string> dependencies = {}) {
  MigrationScript out;
  out.version = std::move(version);
  out.name = "m";
  out.dependencies = std::move(dependencies);
  out.up.path = "src/" + out.version + ".cc";
  return out;
}

std::vector<std::string> order(std::vector<MigrationScript> migrations) {
  const auto sorted = in_order(std::move(migrations));
  EXPECT_TRUE(sorted.ok()) << sorted.error().to_string();
  std::vector<std::string> out;
  if (sorted) {
    for (const MigrationScript& m : *sorted) out.push_back(m.version);
  }
  return out;
}

Error mistake(std::vector<MigrationScript> migrations) {
  const auto sorted = in_order(std::move(migrations));
  EXPECT_FALSE(sorted.ok());
  return sorted ? Error{} : sorted.error();
}

TEST(MigrationOrder, GoesByVersionAsNumbers) {
  EXPECT_THAT(order({migration("10"), migration("9"), migration("0011"), migration("2")}),
              ElementsAre("2", "9", "10", "0011"));
  EXPECT_THAT(order({migration("1.10"), migration("1.9"), migration("1")}),
              ElementsAre("1", "1.9", "1.10"));
  EXPECT_THAT(order({migration("v10"), migration("v9")}), ElementsAre("v9", "v10"));
}

TEST(MigrationOrder, TakesMomentsInAnyFormForMoments) {
  EXPECT_THAT(order({migration("20260131120001"), migration("2026_01_31_120000"),
                     migration("2026-01-30"), migration("20260201"), migration("0042")}),
              ElementsAre("0042", "2026-01-30", "2026_01_31_120000", "20260131120001", "20260201"));
}

TEST(MigrationOrder, KeepsToDependenciesAndElseToVersions) {
  EXPECT_THAT(order({migration("1", {"3"}), migration("2"), migration("3"), migration("4")}),
              ElementsAre("2", "3", "1", "4"));
  EXPECT_THAT(
      order({migration("1", {"4", "2"}), migration("2", {"4"}), migration("3"), migration("4")}),
      ElementsAre("3", "4", "2", "1"));
}

TEST(MigrationOrder, LeavesWhatHasAnOrderInIt) {
  const auto merged =
      in_order({migration("25"), migration("5"), migration("40", {"99"})},
               {migration("10"), migration("30"), migration("20"), migration("99")});
  ASSERT_TRUE(merged.ok());
  std::vector<std::string> versions;
  for (const MigrationScript& m : *merged) versions.push_back(m.version);
  EXPECT_THAT(versions, ElementsAre("5", "10", "25", "30", "20", "99", "40"));
}

TEST(MigrationOrder, NamesACircle) {
  const Error error = mistake({migration("1"), migration("2", {"4"}), migration("3", {"2"}),
                               migration("4", {"3"}), migration("5", {"4"})});
  EXPECT_THAT(error.message, HasSubstr("2_m needs 4_m needs 3_m needs 2_m"));
  EXPECT_THAT(mistake({migration("7", {"7"})}).message, HasSubstr("7_m needs 7_m"));
}

TEST(MigrationOrder, NamesWhatIsNotThere) {
  const Error error = mistake({migration("1"), migration("2", {"12"})});
  EXPECT_EQ(error.message, "2_m: it depends on version 12, which is not there");
  EXPECT_EQ(error.where, "src/2.cc");
}

TEST(MigrationOrder, NamesBothOfAVersion) {
  EXPECT_THAT(mistake({migration("1"), migration("1")}).message,
              HasSubstr("its version is that of 1_m in src/1.cc"));
  EXPECT_THAT(mistake({migration("")}).message, HasSubstr("has no version"));
}

}  // namespace
}  // namespace belay::testing
