#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

namespace belay {

/// The unit in which an editor counts columns within a line.
enum class ColumnUnit : uint8_t { kUtf8, kUtf16, kUtf32 };

/// A place in a text as people and editors see it. Both parts count from 0; what `character`
/// counts is said by a `ColumnUnit`, which must travel with it.
struct Position {
  uint32_t line = 0;
  uint32_t character = 0;

  friend auto operator<=>(const Position&, const Position&) = default;
};

struct PositionRange {
  Position start;
  Position end;

  friend auto operator<=>(const PositionRange&, const PositionRange&) = default;
};

/// Where the lines of a text begin. The only place where byte offsets and positions are converted
/// into each other. Lines end with LF, CR LF or a lone CR, as in the Language Server Protocol.
///
/// A byte that is not part of well-formed UTF-8 counts as one unit of any kind, so that conversion
/// works on any bytes and goes both ways.
class LineTable {
 public:
  explicit LineTable(std::string_view text);

  uint32_t line_count() const { return static_cast<uint32_t>(starts_.size()); }
  /// The line that holds the byte at `offset`; the last one for offsets past the end.
  uint32_t line_of(uint32_t offset) const;
  /// The bytes of a line without its line end.
  ByteRange line_range(std::string_view text, uint32_t line) const;

  /// The position of the byte at `offset`. An offset inside a character counts as its start, one
  /// past the end as the end.
  Position position_at(std::string_view text, uint32_t offset, ColumnUnit unit) const;
  PositionRange positions_of(std::string_view text, ByteRange range, ColumnUnit unit) const;

  /// The offset of a position. A column past the end of its line is the line's end, a line past
  /// the last is the text's end, and a column inside a surrogate pair is its character's start.
  uint32_t offset_at(std::string_view text, Position position, ColumnUnit unit) const;
  ByteRange range_of(std::string_view text, PositionRange range, ColumnUnit unit) const;

 private:
  std::vector<uint32_t> starts_;
  uint32_t size_;
};

}  // namespace belay
