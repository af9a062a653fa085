#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/document.h"

namespace belay {

/// A text that is edited again and again, and still knows what of it stood in the first one: the
/// edits of all rounds together are edits of that.
class EditedText {
 public:
  explicit EditedText(std::string_view original);

  /// The text as it is now.
  std::string text() const;
  /// Makes edits whose ranges refer to the text as it is now and do not overlap.
  void apply(std::span<const TextEdit> edits);
  /// What leads from the original to the text as it is now: in order, and none overlaps.
  std::vector<TextEdit> edits() const;

 private:
  struct Piece {
    bool is_original = true;
    ByteRange range;   ///< of the original
    std::string text;  ///< else

    uint32_t size() const {
      return is_original ? range.size() : static_cast<uint32_t>(text.size());
    }
  };

  /// The piece that begins at a byte of the text as it is now; pieces are cut for it.
  size_t cut(uint32_t offset);

  std::string original_;
  std::vector<Piece> pieces_;
};

}  // namespace belay
