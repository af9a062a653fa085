#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/dialect.h"
#include "analyzer/text/lexer.h"
#include "analyzer/text/token.h"

namespace belay {

enum class SegmentKind : uint8_t {
  kStatement,
  kClientCommand,  ///< for the database's shell, not the server: `\connect x`, `.read x`,
                   ///< `DELIMITER //`
  kCopyData,       ///< the rows behind `COPY ... FROM stdin;`
};

/// A piece of a script. `tokens` live until the splitter's next call.
struct Segment {
  SegmentKind kind = SegmentKind::kStatement;
  /// From the first token to the last, without the semicolon. Never empty.
  ByteRange range;
  /// Where the piece ends: behind its semicolon, or where the text or its data ends.
  uint32_t end = 0;
  /// Whether a semicolon (or the delimiter that is in force) ended it.
  bool terminated = false;
  std::span<const Token> tokens;
};

/// Cuts a script into statements as the engine and its own shell would, in one pass and without
/// parsing: strings, dollar quotes, comments, trigger bodies (SQLite, MySQL), `BEGIN ATOMIC`
/// bodies and bracketed rule bodies (PostgreSQL), `DELIMITER` (MySQL), commands of psql and
/// sqlite3, and rows behind `COPY ... FROM stdin`. Borrows the text.
class Splitter {
 public:
  /// Reads `text` from `range.begin` up to `range.end`; offsets stay those of `text`.
  Splitter(std::string_view text, ByteRange range, Engine engine);
  Splitter(std::string_view text, Engine engine)
      : Splitter(text, {0, static_cast<uint32_t>(text.size())}, engine) {}

  /// The next piece; false at the end.
  bool next(Segment& segment);

  /// The comments passed so far, in order, those inside statements included.
  std::vector<ByteRange>& comments() { return lexer_.comments(); }

 private:
  /// What the words so far say about where the statement may end.
  struct Shape {
    bool create = false;    ///< begins with CREATE
    bool has_body = false;  ///< CREATE TRIGGER, FUNCTION, ... whose body may hold semicolons
    bool in_body = false;
    uint32_t blocks = 0;           ///< open BEGIN, CASE, IF, LOOP
    bool after_semicolon = false;  ///< last token of a SQLite trigger body was a semicolon
    bool copy = false;
    bool copy_from_stdin = false;
    uint32_t words = 0;
    std::string_view previous_word;
  };

  bool client_command(const Token& first, Segment& segment);
  bool copy_data(Segment& segment);
  bool at_delimiter(const Token& token) const;
  bool names_object_with_body(std::string_view word, uint32_t index,
                              std::string_view previous) const;
  void note_word(std::string_view word);
  bool semicolon_is_inside();
  bool starts_line(uint32_t offset) const;
  uint32_t line_end(uint32_t offset) const;

  std::string_view text_;
  Engine engine_;
  Lexer lexer_;
  std::vector<Token> tokens_;
  Shape shape_;
  uint32_t depth_ = 0;
  std::string delimiter_;  ///< empty: the semicolon
  bool expect_copy_data_ = false;
};

}  // namespace belay
