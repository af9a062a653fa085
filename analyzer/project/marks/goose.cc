// Source of the grammar: pressly/goose, internal/sqlparser/parser.go.
#include <algorithm>
#include <array>

#include "analyzer/project/marks/mark_parts.h"
#include "analyzer/project/marks/mark_reader.h"
#include "analyzer/project/nearest.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using Kind = LayoutProblem::Kind;

class GooseReader : MarkReader {
 public:
  using MarkReader::MarkReader;

  MarkedFile read() {
    LineReader lines(text_, content_begin(text_));
    for (TextLine line; lines.next(line);) {
      const std::string_view trimmed = ascii::trim(line.text);
      if (trimmed.starts_with("--") && trimmed.find("+goose") != std::string_view::npos) {
        annotation(line, trimmed);
      } else {
        statement_line(line, trimmed);
      }
    }
    finish();
    return std::move(file_);
  }

 private:
  bool in_section() const { return has_up_ || has_down_; }

  void annotation(const TextLine& line, std::string_view trimmed) {
    const ByteRange range = line.range();
    check_byte_order_mark("goose", range);
    if (ascii::is_blank(line.text.front())) {
      bad_mark(range, "goose refuses a mark with white space before it");
    }
    const std::string command = command_of(trimmed);
    static constexpr std::array<std::string_view, 7> kCommands = {
        "Up",        "Down",      "StatementBegin", "StatementEnd", "NO TRANSACTION",
        "ENVSUB ON", "ENVSUB OFF"};
    const auto is = [&](size_t i) { return ascii::equal_ignoring_case(command, kCommands[i]); };
    if (is(0)) {
      begin_up(line);
    } else if (is(1)) {
      begin_down(line);
    } else if (is(2)) {
      begin_block(line);
    } else if (is(3)) {
      end_block(line);
    } else if (is(4)) {
      no_transaction_ = true;
      directive_ = range;
    } else if (!is(5) && !is(6)) {
      bad_mark(range, "goose knows no `+goose " + command + "`, and refuses the file" +
                          did_you_mean(command, kCommands));
    }
  }

  /// What goose makes of the line: all `--` and the first `+goose` removed.
  static std::string command_of(std::string_view trimmed) {
    std::string out(trimmed);
    for (size_t at = out.find("--"); at != std::string::npos; at = out.find("--", at)) {
      out.erase(at, 2);
    }
    constexpr std::string_view kName = "+goose";
    if (const size_t at = out.find(kName); at != std::string::npos) out.erase(at, kName.size());
    return std::string(ascii::trim(out));
  }

  void begin_up(const TextLine& line) {
    close_section(line);
    if (has_up_) {
      bad_mark(line.range(), "`+goose Up` stands here a second time, and goose refuses the file");
    }
    has_up_ = true;
    parts_.begin(Direction::kUp, line.next);
  }

  void begin_down(const TextLine& line) {
    close_section(line);
    if (has_down_) {
      bad_mark(line.range(), "`+goose Down` stands here a second time, and goose refuses the file");
    } else if (!has_up_) {
      bad_mark(line.range(), "`+goose Down` stands before `+goose Up`, and goose refuses the file");
    }
    has_down_ = true;
    parts_.begin(Direction::kDown, line.next);
  }

  void begin_block(const TextLine& line) {
    if (!in_section() || block_) {
      bad_mark(line.range(), block_ ? "`StatementBegin` stands inside another one"
                                    : "`StatementBegin` stands before `+goose Up`");
    }
    block_ = line.range();
  }

  void end_block(const TextLine& line) {
    if (!block_) {
      bad_mark(line.range(), "`StatementEnd` stands here without `StatementBegin`");
    } else if (unfinished_) {
      // The mark ends the statement for goose; nobody else would see the end.
      parts_.end_statement(line.range());
    }
    block_.reset();
    unfinished_.reset();
  }

  void statement_line(const TextLine& line, std::string_view trimmed) {
    if (trimmed.empty() || (trimmed.starts_with("--") && !unfinished_)) return;
    if (!in_section()) {
      if (!stray_) stray_ = line.range();
      return;
    }
    // A block's statements end inside it as anywhere; only for goose itself they do not.
    if (ends_with_semicolon(line.text)) {
      unfinished_.reset();
    } else if (!trimmed.starts_with("--")) {
      unfinished_ = unfinished_ ? unfinished_->joined(line.range()) : line.range();
    }
  }

  /// Ends the section before a mark `Up` or `Down`, or before the end of the text.
  void close_section(const TextLine& next_mark) {
    parts_.end(next_mark.begin);
    if (block_) {
      bad_mark(*block_, "`StatementBegin` without `StatementEnd`, and goose refuses the file");
    } else if (unfinished_) {
      problem(Kind::kMissingSemicolon, *unfinished_,
              "the last statement does not end with a semicolon at the end of its line, and goose "
              "refuses it");
    }
    block_.reset();
    unfinished_.reset();
  }

  void finish() {
    TextLine end;
    end.begin = static_cast<uint32_t>(text_.size());
    close_section(end);
    if (!has_up_) {
      bad_mark({0, 0}, "goose refuses a file without `-- +goose Up`");
    } else if (stray_) {
      bad_mark(*stray_, "a statement stands before `-- +goose Up`, and goose refuses the file");
    }
    file_.up = parts_.part(Direction::kUp, text_);
    file_.down = parts_.part(Direction::kDown, text_);
    // goose reads the mark wherever it stands, and for both directions.
    for (auto* part : {&file_.up, &file_.down}) {
      if (!*part) continue;
      (*part)->no_transaction = no_transaction_;
      (*part)->directive = directive_;
    }
  }

  MarkParts parts_;
  bool has_up_ = false;
  bool has_down_ = false;
  std::optional<ByteRange> block_;       ///< the open StatementBegin
  std::optional<ByteRange> unfinished_;  ///< lines since the last statement's end
  std::optional<ByteRange> stray_;
  bool no_transaction_ = false;
  ByteRange directive_;
};

}  // namespace

MarkedFile read_goose(std::string_view text, const std::string& path) {
  return GooseReader(text, path).read();
}

}  // namespace belay::project
