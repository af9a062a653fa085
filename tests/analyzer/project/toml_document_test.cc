#include "analyzer/project/toml_document.h"

#include <gtest/gtest.h>

#include "tests/support/annotated.h"

namespace belay::project {
namespace {

using belay::testing::Annotated;

TEST(TomlDocument, KeepsTheOrderOfTheText) {
  const TomlDocument document = parse_toml("zebra = 1\napple = 2\n[middle]\nx = 3\n");
  ASSERT_FALSE(document.error);
  ASSERT_EQ(document.root.entries.size(), 3u);
  EXPECT_EQ(document.root.entries[0].key, "zebra");
  EXPECT_EQ(document.root.entries[1].key, "apple");
  EXPECT_EQ(document.root.entries[2].key, "middle");
}

/// The ranges of a key and its value in a text that has one of each, marked.
void expect_places(std::string_view annotated_source, std::string_view key) {
  const Annotated source(annotated_source);
  const TomlDocument document = parse_toml(source.text);
  ASSERT_FALSE(document.error) << *document.error;
  const TomlEntry* entry = document.root.find(key);
  ASSERT_NE(entry, nullptr);
  ASSERT_EQ(source.ranges.size(), 2u);
  EXPECT_EQ(entry->key_range, source.ranges[0]) << entry->key_range.of(source.text);
  EXPECT_EQ(entry->value.range, source.ranges[1]) << entry->value.range.of(source.text);
}

TEST(TomlDocument, RangesAreBytesWhateverStandsBefore) {
  expect_places("[[dialect]] = [[\"x\"]]\n", "dialect");
  expect_places("# größe 😀\n[[dialect]] = [[\"x\"]]\n", "dialect");
  expect_places("a = \"é😀\"\r\n  [[dialect]]\t= [['x']] # c\r\n", "dialect");
  expect_places("[[\"dialéct\"]] = [[\"😀\"]]", "dialéct");
  expect_places("\xEF\xBB\xBF[[dialect]] = [[1]]\n", "dialect");
  expect_places("a = \"\"\"\r\né\r\n\"\"\"\r\n[[b]] = [[-3]]\r\n", "b");
}

TEST(TomlDocument, TellsTheFirstMistakeWithItsPlace) {
  for (const std::string_view source : {"dialect = \"ä\" [[x]]\n", "[[ä]] = 1\n", "a [[=]]",
                                        "a = 1\na = [[2]]\n", "a = \"ab[[c]]\n"}) {
    const Annotated wrong(source);
    const TomlDocument document = parse_toml(wrong.text);
    ASSERT_TRUE(document.error) << source;
    EXPECT_TRUE(document.root.entries.empty());
    EXPECT_TRUE(document.error->starts_with("this is not TOML")) << *document.error;
    EXPECT_LE(document.error_range.end, wrong.text.size());
    if (wrong.ranges.size() == 1) {
      EXPECT_EQ(document.error_range, wrong.ranges[0])
          << source << ": " << document.error_range.of(wrong.text);
    }
  }
}

TEST(TomlDocument, RefusesWhatIsNotUtf8AtItsPlace) {
  const TomlDocument document = parse_toml("a = \"\xFF\"\n");
  ASSERT_TRUE(document.error);
  EXPECT_EQ(document.error_range, (ByteRange{5, 6}));
}

TEST(TomlDocument, SurvivesDeepNesting) {
  EXPECT_TRUE(parse_toml("a = " + std::string(100000, '[')).error);
  EXPECT_TRUE(parse_toml(std::string(100000, '[')).error);
  EXPECT_TRUE(parse_toml("a = " + std::string(100000, '{')).error);
}

TEST(TomlDocument, SurvivesForeignCharactersWhereNoneMayStand) {
  for (const std::string_view letter :
       {"é", "ґ", "\u00a0", "\u1680", "\u2028", "日", "\ufeff", "😀"}) {
    for (const std::string_view around : {"@ = 1\n", "a @= 1\n", "a = @\n", "a = 1 @\n", "[@]\n",
                                          "[a] @\n", "a = [1,@]\n", "a = { @ }\n", "[[a@]]\n"}) {
      std::string text(around);
      text.replace(text.find('@'), 1, letter);
      const TomlDocument document = parse_toml(text);
      EXPECT_LE(document.error_range.end, text.size()) << text;
    }
  }
}

TEST(TomlDocument, SurvivesEmptyTexts) {
  EXPECT_FALSE(parse_toml("").error);
  EXPECT_FALSE(parse_toml("\xEF\xBB\xBF").error);
  EXPECT_FALSE(parse_toml("\n# nothing\n").error);
}

}  // namespace
}  // namespace belay::project
