// What a string literal's bytes are, and where each of them stands.
#include "analyzer/cpp/literal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace belay::cpp {
namespace {

using std::string;

/// The value that the compiler gives a literal, and how it is spelled.
struct Known {
  std::string_view value;
  std::string_view spelling;
};
#define KNOWN(literal) \
  Known { std::string_view(literal, sizeof(literal) - 1), #literal }

/// Each byte of the value by what stands for it in the source, with a `|` between them.
string shown(const Literal& literal, std::string_view source) {
  string out;
  for (const ByteRange& place : literal.places) {
    out += (out.empty() ? "" : "|") + string(place.of(source));
  }
  return out;
}

string places_of(std::string_view source) {
  const auto literal = read_literal(source, 0);
  return literal ? shown(*literal, source) : "none";
}

TEST(Literal, HasTheValueThatTheCompilerGivesIt) {
  const std::vector<Known> known = {
      KNOWN(""),
      KNOWN("SELECT 1"),
      KNOWN("a\nb\tc\\d\"e\'f\?g\a\b\f\v\r"),
      KNOWN("\0\1\12\123\1234"),
      KNOWN("\x4\x41\x7f"),
      KNOWN("caf\u00e9 \U0001F40D \u20ac"),
      KNOWN("ünïcode"),
      KNOWN(R"(raw \n "quoted")"),
      KNOWN(R"sql(a )" b)sql"),
      KNOWN(R"()"),
  };
  for (const Known& k : known) {
    const auto literal = read_literal(k.spelling, 0);
    ASSERT_TRUE(literal) << k.spelling;
    EXPECT_EQ(literal->bytes, k.value) << k.spelling;
    EXPECT_EQ(literal->range.end, k.spelling.size());
    EXPECT_EQ(literal->places.size(), literal->bytes.size());
  }
  const auto utf8 = read_literal(R"x(u8"gr\u00fc\u00df")x", 0);
  ASSERT_TRUE(utf8);
  EXPECT_EQ(utf8->bytes, "grüß");
}

TEST(Literal, KnowsWhereEachByteStands) {
  EXPECT_EQ(places_of(R"x("a\nb")x"), R"(a|\n|b)");
  EXPECT_EQ(places_of(R"x("\x41\102C\u00e9")x"), R"(\x41|\102|C|\u00e9|\u00e9)");
  EXPECT_EQ(places_of("R\"(a\\n\nb)\""), "a|\\|n|\n|b");
  EXPECT_EQ(places_of("R\"(a\r\nb)\""), "a|\r\n|b");
  EXPECT_EQ(places_of("u8R\"--(x)--\""), "x");
}

TEST(Literal, PassesOverJoinedLines) {
  EXPECT_EQ(places_of("\"SEL\\\nECT\""), "S|E|L|E|C|T");
  EXPECT_EQ(places_of("\"a\\\r\nb\""), "a|b");
  EXPECT_EQ(places_of("\"a\\  \nb\""), "a|b");
  EXPECT_EQ(places_of("\"a\\\\\nn\""), "a|\\\\\nn") << "the joint is within the escape sequence";
  EXPECT_EQ(places_of("\"\\x4\\\n1!\""), "\\x4\\\n1|!");
  EXPECT_EQ(places_of("R\"(a\\\nb)\""), "a|\\|\n|b") << "a raw one has no joints";
}

TEST(Literal, IsNoneWhereNobodyCanTell) {
  for (const char* source :
       {"x", "L\"a\"", "u\"a\"", "U\"a\"", "\"a", "\"a\nb\"", "R\"(a", "R\"a b(x)a b\"",
        R"x("\N{DIGIT ONE}")x", R"x("\q")x", R"x("\u12")x", R"x("\x")x", R"x("\777")x",
        R"x("\xfff")x", R"x("\ud800")x", "R\"\\(x)\\\"", ""}) {
    EXPECT_FALSE(read_literal(source, 0)) << source;
  }
}

TEST(Literal, BeginsAnywhereInASource) {
  const string source = "db.execute(u8\"DROP\" /* x */ R\"(TABLE)\");";
  const auto first = read_literal(source, 11);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bytes, "DROP");
  EXPECT_EQ(first->range.of(source), "u8\"DROP\"");
  EXPECT_EQ(first->content.of(source), "DROP");
  const auto second = read_literal(source, static_cast<uint32_t>(source.find("R\"")));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->bytes, "TABLE");
  EXPECT_EQ(second->content.of(source), "TABLE");
}

/// The source behind the edit.
string edited(const string& source, ByteRange range, std::string_view text) {
  const auto literal = read_literal(source, 0);
  const auto edit = literal ? edit_of(source, *literal, range, text) : std::nullopt;
  if (!edit) return "none";
  string out = source;
  return out.replace(edit->range.begin, edit->range.size(), edit->text);
}

TEST(Literal, IsEditedAsItIsWritten) {
  EXPECT_EQ(edited(R"x("DROP t")x", {0, 4}, "SELECT\n\"a\\b\""), R"x("SELECT\n\"a\\b\" t")x");
  EXPECT_EQ(edited(R"x(R"(DROP t)")x", {5, 6}, "\"a\\b\""), R"x(R"(DROP "a\b")")x");
  EXPECT_EQ(edited(R"x("a\nb")x", {1, 2}, " "), R"x("a b")x");
  EXPECT_EQ(edited(R"x("ab")x", {2, 2}, ";"), R"x("ab;")x");
  EXPECT_EQ(edited(R"x("")x", {0, 0}, "x"), R"x("x")x");
  EXPECT_EQ(edited(R"x("x")x", {0, 1},
                   string("\0\1"
                          "7",
                          3)),
            R"x("\000\0017")x");
  EXPECT_EQ(edited("\"a\\\nb\"", {0, 2}, "c"), "\"c\"");
}

TEST(Literal, IsNotEditedWhereThatWouldBeSomethingElse) {
  EXPECT_EQ(edited(R"x(R"(x)")x", {0, 1}, ")\""), "none") << "it would end there";
  EXPECT_EQ(edited(R"x("\u00e9")x", {1, 2}, "x"), "none") << "half of a character's spelling";
  EXPECT_EQ(edited(R"x("\x4")x", {1, 1}, "1"), "none") << "the digit would belong to the escape";
  EXPECT_EQ(edited(R"x("\x4-1")x", {1, 2}, ""), "none") << "so would this one";
  EXPECT_EQ(edited(R"x("\x4")x", {1, 1}, "z"), R"x("\x4z")x");
}

/// Any text in any kind of literal: what is written has that value, byte by byte, and so has what
/// an edit makes of it.
TEST(Literal, HoldsForAnyText) {
  std::mt19937 random(7);
  const string alphabet = "ab1 \n\t\"\\'?)(xu8R;\r\xc3\xa9" + string(1, '\0') + "\x7f{}";
  const auto text = [&](size_t most) {
    string out;
    for (size_t n = random() % (most + 1); n > 0; --n) out += alphabet[random() % alphabet.size()];
    return out;
  };
  int edits = 0;
  for (int i = 0; i < 20000; ++i) {
    const bool raw = random() % 2 == 0;
    const auto empty = read_literal(raw ? "R\"d()d\"" : "\"\"", 0);
    const string value = text(12);
    const auto written = written_in(*empty, value);
    if (!written) continue;
    const string source = (raw ? "R\"d(" : "\"") + *written + (raw ? ")d\"" : "\"");
    const auto literal = read_literal(source, 0);
    ASSERT_TRUE(literal) << source;
    if (raw && value.find("\r\n") != string::npos) continue;  // one line end, whatever the system
    ASSERT_EQ(literal->bytes, value) << source;
    ASSERT_EQ(literal->range.size(), source.size());
    uint32_t end = literal->content.begin;
    for (const ByteRange& place : literal->places) {
      ASSERT_EQ(place.begin, end) << "places follow one another";
      end = place.end;
    }
    ASSERT_EQ(end, literal->content.end);
    const auto begin = static_cast<uint32_t>(random() % (value.size() + 1));
    const auto size = static_cast<uint32_t>(random() % (value.size() - begin + 1));
    const string other = text(4);
    const auto edit = edit_of(source, *literal, {begin, begin + size}, other);
    if (!edit) continue;
    ++edits;
    string after = source;
    after.replace(edit->range.begin, edit->range.size(), edit->text);
    string wanted = value;
    wanted.replace(begin, size, other);
    const auto again = read_literal(after, 0);
    ASSERT_TRUE(again) << after;
    ASSERT_EQ(again->bytes, wanted) << after;
  }
  EXPECT_GT(edits, 10000);
}

}  // namespace
}  // namespace belay::cpp
