#include "analyzer/text/line_table.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "analyzer/text/document.h"
#include "analyzer/text/utf8.h"

namespace belay {
namespace {

TEST(LineTable, CountsLinesAsTheProtocolDoes) {
  EXPECT_EQ(LineTable("").line_count(), 1U);
  EXPECT_EQ(LineTable("a\nb").line_count(), 2U);
  EXPECT_EQ(LineTable("a\r\nb\rc\n").line_count(), 4U);
  const std::string text = "one\r\ntwo\rthree\n";
  const LineTable lines(text);
  EXPECT_EQ(lines.line_range(text, 0).of(text), "one");
  EXPECT_EQ(lines.line_range(text, 1).of(text), "two");
  EXPECT_EQ(lines.line_range(text, 2).of(text), "three");
  EXPECT_EQ(lines.line_range(text, 3).of(text), "");
}

TEST(LineTable, CountsColumnsInEachUnit) {
  // Two bytes, two bytes, four bytes: é is one UTF-16 unit, 𐐀 is two.
  const std::string text = "-- \nSELECT 'éé𐐀'; DROP";
  const LineTable lines(text);
  const auto offset = static_cast<uint32_t>(text.find("DROP"));
  EXPECT_EQ(lines.position_at(text, offset, ColumnUnit::kUtf8), (Position{1, 19}));
  EXPECT_EQ(lines.position_at(text, offset, ColumnUnit::kUtf16), (Position{1, 15}));
  EXPECT_EQ(lines.position_at(text, offset, ColumnUnit::kUtf32), (Position{1, 14}));
}

TEST(LineTable, DrawsPositionsOutsideTheTextToTheNearestPlace) {
  const std::string text = "ab\ncd";
  const LineTable lines(text);
  EXPECT_EQ(lines.offset_at(text, {0, 99}, ColumnUnit::kUtf16), 2U);
  EXPECT_EQ(lines.offset_at(text, {99, 0}, ColumnUnit::kUtf16), 5U);
  // Between the halves of a surrogate pair lies nothing.
  const std::string pair = "𐐀x";
  EXPECT_EQ(LineTable(pair).offset_at(pair, {0, 1}, ColumnUnit::kUtf16), 0U);
}

/// Texts of every kind of character, line end and broken byte.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"a",
                                                   "Z",
                                                   " ",
                                                   "\n",
                                                   "\r\n",
                                                   "\r",
                                                   "é",
                                                   "ß",
                                                   "€",
                                                   "漢",
                                                   "𐐀",
                                                   "😀",
                                                   "\xC3",
                                                   "\xFF",
                                                   "\xE2\x82",
                                                   "\xF0\x9F",
                                                   "\xED\xA0\x80",
                                                   std::string(1, '\0')};
  std::string text;
  const size_t length = random() % 60;
  for (size_t i = 0; i < length; ++i) text += kPieces[random() % kPieces.size()];
  return text;
}

TEST(LineTable, ConversionGoesBothWaysOnAnyBytes) {
  std::mt19937 random(20260101);  // NOLINT(*-msc51-cpp): the same texts every time
  for (int round = 0; round < 3000; ++round) {
    const std::string text = random_text(random);
    const LineTable lines(text);
    for (ColumnUnit unit : {ColumnUnit::kUtf8, ColumnUnit::kUtf16, ColumnUnit::kUtf32}) {
      for (uint32_t at = 0; at <= text.size();) {
        const Position position = lines.position_at(text, at, unit);
        const uint32_t back = lines.offset_at(text, position, unit);
        // Between CR and LF there is no position; the line's end stands for it.
        const bool inside_line_end =
            at > 0 && at < text.size() && text[at - 1] == '\r' && text[at] == '\n';
        EXPECT_EQ(back, inside_line_end ? at - 1 : at) << "round " << round;
        at += at < text.size() ? utf8::step_at(text, at).bytes : 1;
      }
    }
  }
}

TEST(Document, TakesEditsAsAnEditorMakesThem) {
  // The reference: the same edits on a plain string of UTF-32 characters, line by line.
  std::mt19937 random(7);  // NOLINT(*-msc51-cpp)
  for (int round = 0; round < 300; ++round) {
    std::string expected = random_text(random);
    Document document(expected);
    for (int edit = 0; edit < 10; ++edit) {
      const auto unit = static_cast<ColumnUnit>(random() % 3);
      const LineTable lines(expected);
      uint32_t a = static_cast<uint32_t>(random() % (expected.size() + 1));
      uint32_t b = static_cast<uint32_t>(random() % (expected.size() + 1));
      if (a > b) std::swap(a, b);
      const PositionRange range = lines.positions_of(expected, {a, b}, unit);
      const ByteRange bytes = lines.range_of(expected, range, unit);
      const std::string inserted = random_text(random);
      document = document.changed(std::vector<ContentChange>{{range, inserted}}, unit);
      expected.replace(bytes.begin, bytes.size(), inserted);
      ASSERT_EQ(document.text(), expected);
    }
  }
}

TEST(Document, MakesAllEditsOfAFixAtOnce) {
  const std::vector<TextEdit> edits = {{{4, 7}, "two"}, {{0, 0}, "-- "}, {{8, 8}, "!"}};
  EXPECT_EQ(apply_edits("one 222 ", edits), "-- one two !");
}

TEST(Utf8, FindsTheFirstIllFormedRun) {
  EXPECT_FALSE(utf8::first_ill_formed("plain, é, 😀 and a long ASCII tail behind it"));
  EXPECT_EQ(utf8::first_ill_formed("abcdefghij\xFF\xFEk"), (ByteRange{10, 12}));
  EXPECT_EQ(utf8::first_ill_formed("\xC0\xAF"), (ByteRange{0, 2}));      // overlong
  EXPECT_EQ(utf8::first_ill_formed("\xED\xA0\x80"), (ByteRange{0, 3}));  // a surrogate
  EXPECT_EQ(utf8::first_ill_formed("ok\xE2\x82"), (ByteRange{2, 4}));    // cut off
}

}  // namespace
}  // namespace belay
