#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/text/range.h"

namespace belay::project {

/// A line without its line end. Lines end with LF or CR LF here, as the runners cut them; a lone CR
/// ends none.
struct TextLine {
  std::string_view text;
  uint32_t begin = 0;
  uint32_t next = 0;  ///< where the next line begins

  uint32_t end() const { return begin + static_cast<uint32_t>(text.size()); }
  ByteRange range() const { return {begin, end()}; }
};

/// Cuts a text into lines from `at` on. Borrows the text.
class LineReader {
 public:
  explicit LineReader(std::string_view text, uint32_t at = 0) : text_(text), at_(at) {}

  bool next(TextLine& line);
  uint32_t offset() const { return at_; }

 protected:
  std::string_view text_;
  uint32_t at_;
};

/// Only the lines that begin, behind white space, with `--`: where marks stand. Passes over the
/// rest of a text at the speed of a search.
class CommentLineReader : public LineReader {
 public:
  using LineReader::LineReader;
  bool next(TextLine& line);
};

/// Where a text begins behind its byte order mark, if it has one.
uint32_t content_begin(std::string_view text);

/// Whether a runner that works by lines sees a statement end here: the last word before a comment
/// ends with a semicolon. (goose and sql-migrate; they know no strings.)
bool ends_with_semicolon(std::string_view line);

std::string_view trim_left(std::string_view text);
std::string_view trim_right(std::string_view text);

/// The word at the front of `rest`, which then begins behind it; empty at the end.
std::string_view next_word(std::string_view& rest);

}  // namespace belay::project
