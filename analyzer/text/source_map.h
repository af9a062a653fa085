#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/text/place.h"
#include "analyzer/text/range.h"

namespace belay {

/// Where the bytes of a text come from that no file holds as it is, such as the SQL of a C++
/// method, which stands in several literals. Immutable once made.
class SourceMap {
 public:
  /// A run of bytes of the text that stands in one file. As long as its source, byte by byte; else
  /// the whole of it comes from all of the source, as an escape sequence does.
  struct Piece {
    ByteRange text;
    uint32_t file = 0;  ///< into `files`
    ByteRange source;
    bool as_whole = false;  ///< all of it comes from all of the source, whatever its length

    bool is_byte_by_byte() const { return !as_whole && text.size() == source.size(); }
  };
  /// A part of the text that is written at one place, whatever else it is made of: one call.
  struct Part {
    ByteRange text;
    uint32_t file = 0;
    ByteRange source;
    bool takes_one_statement = false;  ///< whatever is called there
  };

  /// Pieces and parts in the order of the text. `anchor` stands for what has no place of its own.
  SourceMap(Place anchor, std::vector<std::string> files, std::vector<Piece> pieces,
            std::vector<Part> parts)
      : anchor_(std::move(anchor)),
        files_(std::move(files)),
        pieces_(std::move(pieces)),
        parts_(std::move(parts)) {}

  const Place& anchor() const { return anchor_; }

  /// Where a range of the text stands. What comes from several places stands where the most part of
  /// it is written; what comes from nowhere, at the nearest byte before it, or else at the anchor.
  Place place(ByteRange range) const;

  /// The piece with the byte at `offset`; null where none has it.
  const Piece* piece_at(uint32_t offset) const;
  const std::string& file(const Piece& piece) const { return files_[piece.file]; }
  /// The part with the byte at `offset`, or the one before; null where there is none.
  const Part* part_at(uint32_t offset) const;

  /// What stands at a byte of a file, as an offset of the text; none where it holds nothing of it.
  /// Between pieces of one part the next byte of the text counts.
  std::optional<uint32_t> offset_of(const std::string& path, uint32_t source) const;

 private:
  Place anchor_;
  std::vector<std::string> files_;
  std::vector<Piece> pieces_;
  std::vector<Part> parts_;
};

}  // namespace belay
