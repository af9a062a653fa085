#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/text/line_table.h"
#include "analyzer/text/range.h"

namespace belay {

/// One change to a text, as editors send it. Without a range it replaces the whole text.
struct ContentChange {
  std::optional<PositionRange> range;
  std::string text;
};

/// A replacement within a text, as fixes produce it.
struct TextEdit {
  ByteRange range;
  std::string new_text;

  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

/// An immutable text with its line table. Copies are cheap and share the bytes, so that a snapshot
/// of a workspace can hold documents while the editor goes on; any number of threads may read one.
class Document {
 public:
  /// Texts are addressed with 32 bits; longer ones are refused where they are read.
  static constexpr size_t kMaxBytes = size_t{1} << 30U;

  Document() : Document(std::string()) {}
  explicit Document(std::string text);

  std::string_view text() const { return content_->text; }
  const LineTable& lines() const { return content_->lines; }

  Position position_at(uint32_t offset, ColumnUnit unit) const {
    return lines().position_at(text(), offset, unit);
  }
  PositionRange positions_of(ByteRange range, ColumnUnit unit) const {
    return lines().positions_of(text(), range, unit);
  }
  uint32_t offset_at(Position position, ColumnUnit unit) const {
    return lines().offset_at(text(), position, unit);
  }

  /// The document after `changes`, each made to the result of the one before it. Positions outside
  /// the text are drawn to its nearest place, as the protocol demands.
  Document changed(std::span<const ContentChange> changes, ColumnUnit unit) const;

 private:
  struct Content {
    std::string text;
    LineTable lines;
  };
  std::shared_ptr<const Content> content_;
};

/// The spaces and tabs that the line of a byte begins with, as far as they stand before it.
std::string_view indentation(std::string_view text, uint32_t offset);

/// `text` with all `edits` made at once: their ranges refer to `text` and must not overlap.
std::string apply_edits(std::string_view text, std::span<const TextEdit> edits);

}  // namespace belay
