#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/project/marks/marks.h"
#include "analyzer/project/project.h"
#include "analyzer/text/range.h"

namespace belay::project {

/// Gathers the pieces of a file that belong to each direction, and makes a part of them: a plain
/// range where there is one piece, a blanked copy of the text where there are several or where a
/// mark ends a statement.
class MarkParts {
 public:
  /// A piece of `direction` begins at `offset`; the one before it has been ended.
  void begin(Direction direction, uint32_t offset);
  /// Ends the open piece, if there is one.
  void end(uint32_t offset);
  /// The mark at `mark`, inside the open piece, ends a statement that has no semicolon.
  void end_statement(ByteRange mark);

  /// None where the direction has no piece.
  std::optional<MarkedPart> part(Direction direction, std::string_view text) const;

 private:
  struct Side {
    std::vector<ByteRange> pieces;
    std::vector<ByteRange> ends;
  };

  std::array<Side, 2> sides_;
  Side* open_ = nullptr;
  uint32_t open_begin_ = 0;
};

/// `text` with everything but line ends blanked: pieces are then put back.
std::string blanked(std::string_view text);

}  // namespace belay::project
