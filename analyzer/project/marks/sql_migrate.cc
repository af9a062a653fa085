// Source of the grammar: rubenv/sql-migrate, sqlparse/sqlparse.go.
#include <algorithm>
#include <array>

#include "analyzer/project/marks/mark_parts.h"
#include "analyzer/project/marks/mark_reader.h"
#include "analyzer/project/nearest.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using Kind = LayoutProblem::Kind;

class SqlMigrateReader : MarkReader {
 public:
  using MarkReader::MarkReader;

  MarkedFile read() {
    LineReader lines(text_, content_begin(text_));
    for (TextLine line; lines.next(line);) {
      if (line.text.starts_with("-- +migrate ")) {
        command(line);
      } else {
        other_line(line, ascii::trim(line.text));
      }
    }
    finish();
    return std::move(file_);
  }

 private:
  void command(const TextLine& line) {
    check_byte_order_mark("sql-migrate", line.range());
    std::string_view rest = line.text.substr(12);
    const std::string_view name = next_word(rest);
    if (name == "Up" || name == "Down") {
      begin_section(line, name == "Up" ? Direction::kUp : Direction::kDown, rest);
    } else if (name == "StatementBegin") {
      block_ = line.range();
    } else if (name == "StatementEnd") {
      if (block_ && unfinished_) parts_.end_statement(line.range());
      block_.reset();
      unfinished_.reset();
    } else {
      misspelt(line, name);
    }
  }

  void begin_section(const TextLine& line, Direction direction, std::string_view options) {
    close_section(line.begin);
    parts_.begin(direction, line.next);
    in_section_ = true;
    for (std::string_view word = next_word(options); !word.empty(); word = next_word(options)) {
      if (word != "notransaction") continue;
      const auto begin = static_cast<uint32_t>(word.data() - text_.data());
      const auto i = static_cast<size_t>(direction);
      no_transaction_[i] = true;
      directive_[i] = {begin, begin + static_cast<uint32_t>(word.size())};
    }
  }

  /// The tool passes over such a line without a word.
  void misspelt(const TextLine& line, std::string_view name) {
    static constexpr std::array<std::string_view, 4> kCommands = {"Up", "Down", "StatementBegin",
                                                                  "StatementEnd"};
    std::string message = "sql-migrate does not see this as a mark, and passes over it in silence";
    if (const auto guess = nearest(name, kCommands)) {
      message += "; write `-- +migrate " + std::string(*guess) + "` at the beginning of the line";
    }
    bad_mark(line.range(), std::move(message));
  }

  void other_line(const TextLine& line, std::string_view trimmed) {
    if (trimmed.starts_with("--")) {
      const std::string_view comment = trim_left(trimmed.substr(2));
      if (!comment.starts_with("+migrate")) return;
      std::string_view rest = comment.substr(8);
      return misspelt(line, next_word(rest));
    }
    if (trimmed.empty() || !in_section_) return;
    if (ends_with_semicolon(line.text)) {
      unfinished_.reset();
    } else {
      unfinished_ = unfinished_ ? unfinished_->joined(line.range()) : line.range();
    }
  }

  void close_section(uint32_t end) {
    parts_.end(end);
    if (block_) {
      bad_mark(*block_,
               "`StatementBegin` without `StatementEnd`, and sql-migrate refuses the file");
    } else if (unfinished_) {
      problem(Kind::kMissingSemicolon, *unfinished_,
              "the last statement does not end with a semicolon at the end of its line, and "
              "sql-migrate refuses the file");
    }
    block_.reset();
    unfinished_.reset();
  }

  void finish() {
    close_section(static_cast<uint32_t>(text_.size()));
    if (!in_section_) bad_mark({0, 0}, "sql-migrate refuses a file without `-- +migrate Up`");
    file_.up = parts_.part(Direction::kUp, text_);
    file_.down = parts_.part(Direction::kDown, text_);
    apply_options(file_.up, Direction::kUp);
    apply_options(file_.down, Direction::kDown);
  }

  void apply_options(std::optional<MarkedPart>& part, Direction direction) {
    if (!part) return;
    part->no_transaction = no_transaction_[static_cast<size_t>(direction)];
    part->directive = directive_[static_cast<size_t>(direction)];
  }

  MarkParts parts_;
  bool in_section_ = false;
  std::optional<ByteRange> block_;
  std::optional<ByteRange> unfinished_;
  std::array<bool, 2> no_transaction_ = {};
  std::array<ByteRange, 2> directive_ = {};
};

}  // namespace

MarkedFile read_sql_migrate(std::string_view text, const std::string& path) {
  return SqlMigrateReader(text, path).read();
}

}  // namespace belay::project
