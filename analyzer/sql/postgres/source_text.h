#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

namespace belay::sql::postgres {

/// A text that a statement carries in its quotes, or puts together from constants, with the way
/// from each of its bytes back to the statement. Quotes within quotes lead back step by step.
class SourceText {
 public:
  /// The statement itself.
  static SourceText whole(std::string_view statement) {
    SourceText out(nullptr);
    out.append(statement, 0);
    return out;
  }
  /// A text whose pieces stand in `parent`, which must outlive it.
  explicit SourceText(const SourceText* parent) : parent_(parent) {}

  /// Adds what stands in the parent as it is, from `at` on.
  void append(std::string_view text, uint32_t at);
  /// Adds a text that the parent spells otherwise, in `place`. Names within it stand there, too.
  void append_spelled(std::string_view text, ByteRange place);
  /// Adds what a string token of the parent says: `'it''s'`, `$$x$$`, `E'a\nb'`. False, with
  /// nothing added, for what only a server can read: U&'', B'', escapes that depend on its
  /// encoding.
  bool append_string(std::string_view token, uint32_t at);

  const std::string& text() const { return text_; }
  /// Where the byte at `at` stands in the statement, and where the text up to `at` ends in it.
  uint32_t begin(uint32_t at) const;
  uint32_t end(uint32_t at) const;
  ByteRange range(ByteRange r) const { return {begin(r.begin), end(r.end)}; }

 private:
  struct Piece {
    uint32_t at;      ///< in this text
    ByteRange place;  ///< in the parent
    bool spelled;     ///< as a whole; else byte for byte
  };
  const Piece* piece_of(uint32_t at) const;
  bool append_escaped(std::string_view inner, uint32_t at);

  const SourceText* parent_;
  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace belay::sql::postgres
