#include "analyzer/text/utf8.h"

#include <cstring>

namespace belay::utf8 {
namespace {

bool is_continuation(std::string_view text, size_t offset) {
  return offset < text.size() && (static_cast<uint8_t>(text[offset]) & 0xC0) == 0x80;
}

/// The length that a first byte announces, or 0 where it can begin no character (Unicode 15, table
/// 3-7).
uint8_t announced_length(uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

/// Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
bool second_byte_allowed(uint8_t first, uint8_t second) {
  switch (first) {
    case 0xE0: return second >= 0xA0;
    case 0xED: return second <= 0x9F;
    case 0xF0: return second >= 0x90;
    case 0xF4: return second <= 0x8F;
    default: return true;
  }
}

}  // namespace

Step step_at(std::string_view text, size_t offset) {
  const auto first = static_cast<uint8_t>(text[offset]);
  if (first < 0x80) return {1, true};
  const uint8_t length = announced_length(first);
  if (length == 0) return {1, false};
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(text, offset + i)) return {1, false};
  }
  if (!second_byte_allowed(first, static_cast<uint8_t>(text[offset + 1]))) return {1, false};
  return {length, true};
}

std::optional<ByteRange> first_ill_formed(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    // Most texts are ASCII: eight bytes at a time until one is not.
    uint64_t word = 0;
    while (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080U) != 0) break;
      at += sizeof word;
    }
    if (at == text.size()) break;
    Step step = step_at(text, at);
    if (step.well_formed) {
      at += step.bytes;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && !(step = step_at(text, at)).well_formed) at += step.bytes;
    return ByteRange{static_cast<uint32_t>(begin), static_cast<uint32_t>(at)};
  }
  return std::nullopt;
}

}  // namespace belay::utf8
