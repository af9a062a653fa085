#include "workbench/verify/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CatalogTest, EqualCatalogsDoNotDiffer) {
  const Catalog catalog = {{"table", {{"t", {{"options", "x"}}}}}};
  EXPECT_THAT(compare(catalog, catalog), IsEmpty());
}

TEST(CatalogTest, NamesWhatIsMissingExtraAndChanged) {
  const Catalog before = {{"table", {{"a", {}}, {"b", {{"options", "x"}}}}}};
  const Catalog after = {{"table", {{"b", {{"options", "y"}}}, {"c", {}}}}};
  EXPECT_THAT(lines_of(compare(before, after)),
              ElementsAre("missing table a", "extra table c", "changed table b; options: x -> y"));
}

TEST(CatalogTest, DoesNotTellTheColumnsOfAMissingTable) {
  const Catalog before = {{"table", {{"t", {}}}}, {"column", {{"t.a", {{"of", "t"}}}}}};
  EXPECT_THAT(lines_of(compare(before, {})), ElementsAre("missing table t"));
}

TEST(CatalogTest, AnIndexOfTheSameDefinitionIsRenamed) {
  const Catalog before = {{"index", {{"s.i", {{"definition", "INDEX i ON t (a)"}}}}}};
  const Catalog after = {{"index", {{"s.k", {{"definition", "INDEX k ON t (a)"}}}}}};
  EXPECT_THAT(lines_of(compare(before, after)), ElementsAre("renamed index s.i -> s.k"));
}

TEST(CatalogTest, ATableOfTheSameShapeIsNotRenamed) {
  EXPECT_THAT(lines_of(compare({{"table", {{"a", {}}}}}, {{"table", {{"b", {}}}}})),
              ElementsAre("missing table a", "extra table b"));
}

Catalog columns(const std::vector<std::string>& names) {
  Catalog out = {{"table", {{"t", {}}}}};
  for (size_t i = 0; i < names.size(); ++i) {
    out["column"]["t." + names[i]] = {{"of", "t"}, {"rank", std::to_string(i + 9)}};
  }
  return out;
}

TEST(CatalogTest, ColumnsInAnotherOrderAreOneDifferenceOfTheTable) {
  const std::vector<Difference> found = compare(columns({"a", "b", "c"}), columns({"b", "c", "a"}));
  EXPECT_THAT(lines_of(found), ElementsAre("changed table t; column order: a, b, c -> b, c, a"));
  EXPECT_TRUE(found[0].only_order());
}

TEST(CatalogTest, AColumnTooManyDoesNotMoveThoseBehindIt) {
  EXPECT_THAT(lines_of(compare(columns({"a", "c"}), columns({"a", "b", "c"}))),
              ElementsAre("extra column t.b"));
}

TEST(CatalogTest, TellsValuesFromTheirOrder) {
  const auto with = [](const char* values) {
    return Catalog{{"enum", {{"e", {{"values", values}}}}}};
  };
  EXPECT_TRUE(compare(with("a\nb"), with("b\na"))[0].only_order());
  EXPECT_FALSE(compare(with("a\nb"), with("a\nb\nc"))[0].only_order());
}

}  // namespace
}  // namespace belay::workbench
