#include "analyzer/text/edited_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace belay {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EditedTextTest, EditsOfEditsAreEditsOfTheFirstText) {
  EditedText text("one two three");
  text.apply(std::vector<TextEdit>{{{4, 7}, "2"}, {{0, 0}, "<"}});
  EXPECT_EQ(text.text(), "<one 2 three");
  text.apply(std::vector<TextEdit>{{{5, 6}, "II"}, {{12, 12}, ">"}});
  EXPECT_EQ(text.text(), "<one II three>");
  EXPECT_THAT(text.edits(),
              ElementsAre(TextEdit{{0, 0}, "<"}, TextEdit{{4, 7}, "II"}, TextEdit{{13, 13}, ">"}));
}

TEST(EditedTextTest, WhatIsPutInAndTakenOutAgainIsNoEdit) {
  EditedText text("abc");
  text.apply(std::vector<TextEdit>{{{1, 1}, "--"}});
  text.apply(std::vector<TextEdit>{{{1, 3}, ""}});
  EXPECT_EQ(text.text(), "abc");
  EXPECT_THAT(text.edits(), IsEmpty());
}

TEST(EditedTextTest, RandomEditsLeadFromTheFirstTextToTheLast) {
  std::mt19937 random(7);
  const auto below = [&](uint32_t end) {
    return std::uniform_int_distribution<uint32_t>(0, end)(random);
  };
  for (int run = 0; run < 500; ++run) {
    const std::string original = "0123456789abcdefghij";
    EditedText text(original);
    std::string expected = original;
    for (int round = 0; round < 6; ++round) {
      std::vector<TextEdit> edits;
      uint32_t at = 0;
      while (at < expected.size() && edits.size() < 3) {
        const uint32_t begin = at + below(4);
        const uint32_t end = begin + below(3);
        if (end > expected.size()) break;
        edits.push_back({{begin, end}, std::string(below(3), static_cast<char>('A' + round))});
        at = end + 1;
      }
      text.apply(edits);
      expected = apply_edits(expected, edits);
      ASSERT_EQ(text.text(), expected);
      ASSERT_EQ(apply_edits(original, text.edits()), expected);
    }
  }
}

}  // namespace
}  // namespace belay
