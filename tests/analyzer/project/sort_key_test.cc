#include "analyzer/project/sort_key.h"

#include <gtest/gtest.h>

#include <vector>

namespace belay::project {
namespace {

TEST(CompareNumbers, ComparesValuesOfAnyLength) {
  EXPECT_EQ(compare_numbers("0042", "42"), 0);
  EXPECT_EQ(compare_numbers("9", "10"), -1);
  EXPECT_EQ(compare_numbers("10", "9"), 1);
  EXPECT_EQ(compare_numbers("", "0"), 0);
  EXPECT_EQ(compare_numbers("0000", "0"), 0);
  EXPECT_EQ(compare_numbers("99999999999999999999999999", "100000000000000000000000000"), -1);
}

/// Each key is smaller than those behind it, and equal to itself.
void expect_ascending(const std::vector<SortKey>& keys) {
  for (size_t i = 0; i < keys.size(); ++i) {
    for (size_t j = 0; j < keys.size(); ++j) {
      const int want = i < j ? -1 : (i > j ? 1 : 0);
      EXPECT_EQ(compare(keys[i], keys[j]), want) << i << " and " << j;
    }
  }
}

TEST(FlywayKey, ComparesPartByPart) {
  expect_ascending({flyway_key("1"), flyway_key("1.0.1"), flyway_key("1_1"), flyway_key("1.1.2"),
                    flyway_key("1.10"), flyway_key("2"), flyway_key("20240131120000")});
}

TEST(FlywayKey, EqualVersionsMayBeWrittenDifferently) {
  EXPECT_EQ(compare(flyway_key("1.0"), flyway_key("1")), 0);
  EXPECT_EQ(compare(flyway_key("01_2"), flyway_key("1.2.0.0")), 0);
}

TEST(NumberKey, IsANumberNotAText) {
  expect_ascending({number_key("9"), number_key("0010"), number_key("11")});
}

TEST(TextKey, IsATextNotANumber) { expect_ascending({text_key("10_b.sql"), text_key("9_a.sql")}); }

TEST(NumberThenTextKey, PutsNamesWithoutANumberLast) {
  expect_ascending({number_then_text_key("2", "2-a"), number_then_text_key("10", "10-a"),
                    number_then_text_key("10", "10-b"), number_then_text_key("", "a"),
                    number_then_text_key("", "b")});
}

}  // namespace
}  // namespace belay::project
