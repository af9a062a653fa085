// From bytes of a text to where they are written, and back.
#include "analyzer/text/source_map.h"

#include <gtest/gtest.h>

namespace belay {
namespace {

constexpr const char* kCall = "call.cc";
constexpr const char* kOther = "constants.h";

/// `DROP TABLE people;`: `DROP ` and `;` in a call, ` ` as an escape sequence, a constant
/// elsewhere.
SourceMap sample() {
  return SourceMap({kCall, {5, 7}}, {kCall, kOther},
                   {{{0, 4}, 0, {101, 105}},
                    {{4, 5}, 0, {105, 109}},
                    {{5, 10}, 0, {112, 117}},
                    {{10, 11}, 0, {117, 118}},
                    {{11, 17}, 1, {31, 37}},
                    {{17, 18}, 0, {121, 122}}},
                   {{{0, 20}, 0, {100, 130}}});
}

Place in_call(uint32_t begin, uint32_t end) { return {kCall, {begin, end}}; }

TEST(SourceMap, LeadsBytesToTheirPlaces) {
  const SourceMap map = sample();
  EXPECT_EQ(map.place({0, 4}), in_call(101, 105));
  EXPECT_EQ(map.place({1, 3}), in_call(102, 104));
  EXPECT_EQ(map.place({4, 5}), in_call(105, 109)) << "an escape sequence is one place";
  EXPECT_EQ(map.place({0, 10}), in_call(101, 117)) << "literals that stand side by side";
  EXPECT_EQ(map.place({12, 14}), (Place{kOther, {32, 34}}));
}

TEST(SourceMap, PrefersTheCallToConstantsElsewhere) {
  const SourceMap map = sample();
  EXPECT_EQ(map.place({0, 17}), in_call(101, 118));
  EXPECT_EQ(map.place({0, 18}), in_call(101, 122)) << "on both sides of the constant";
  EXPECT_EQ(map.place({11, 18}), in_call(121, 122));
}

TEST(SourceMap, WithoutACallFollowsTheFirstFile) {
  const SourceMap map({kCall, {5, 7}}, {kCall, kOther},
                      {{{0, 2}, 1, {10, 12}}, {{2, 4}, 1, {20, 22}}, {{4, 6}, 1, {3, 5}}},
                      {{{0, 6}, 0, {100, 130}}});
  EXPECT_EQ(map.place({0, 4}), (Place{kOther, {10, 22}}));
  EXPECT_EQ(map.place({0, 6}), (Place{kOther, {10, 22}})) << "what stands before it is left out";
}

TEST(SourceMap, PutsWhatStandsNowhereToItsNeighbour) {
  const SourceMap map = sample();
  EXPECT_EQ(map.place({2, 2}), in_call(103, 103));
  EXPECT_EQ(map.place({18, 18}), in_call(122, 122));
  EXPECT_EQ(map.place({18, 20}), in_call(122, 122));
  const SourceMap empty({kCall, {5, 7}}, {kCall}, {}, {});
  EXPECT_EQ(empty.place({0, 0}), in_call(5, 7)) << "the anchor";
  EXPECT_EQ(empty.place({3, 9}), in_call(5, 7));
}

TEST(SourceMap, LeadsBack) {
  const SourceMap map = sample();
  EXPECT_EQ(map.offset_of(kCall, 103), 2U);
  EXPECT_EQ(map.offset_of(kCall, 107), 4U) << "within the escape sequence";
  EXPECT_EQ(map.offset_of(kCall, 110), 5U) << "between literals the next byte counts";
  EXPECT_EQ(map.offset_of(kCall, 100), 0U);
  EXPECT_EQ(map.offset_of(kOther, 33), 13U);
  EXPECT_FALSE(map.offset_of(kCall, 90));
  EXPECT_FALSE(map.offset_of("another.cc", 103));
}

TEST(SourceMap, EachByteLeadsToItselfAndBack) {
  const SourceMap map = sample();
  for (uint32_t i = 0; i < 18; ++i) {
    const Place place = map.place({i, i + 1});
    EXPECT_EQ(map.offset_of(place.path, place.range.begin), i);
  }
}

}  // namespace
}  // namespace belay
