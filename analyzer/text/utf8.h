#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/text/range.h"

namespace belay::utf8 {

/// One step through a text: how many bytes, and whether they are a well-formed character.
/// An ill-formed byte is a step of its own, so stepping always gets to the end.
struct Step {
  uint8_t bytes = 1;
  bool well_formed = false;

  /// UTF-16 code units: two for what lies beyond the basic plane.
  constexpr uint32_t utf16_units() const { return bytes == 4 ? 2 : 1; }
};

/// The step at `offset`, which must lie inside the text.
Step step_at(std::string_view text, size_t offset);

/// The first run of bytes that is not well-formed UTF-8, if there is one.
std::optional<ByteRange> first_ill_formed(std::string_view text);

}  // namespace belay::utf8
