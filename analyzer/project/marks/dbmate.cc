// Source of the grammar: amacneil/dbmate, pkg/dbmate/migration.go.
#include <algorithm>
#include <array>

#include "analyzer/project/marks/mark_parts.h"
#include "analyzer/project/marks/mark_reader.h"
#include "analyzer/project/nearest.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using Kind = LayoutProblem::Kind;

class DbmateReader : MarkReader {
 public:
  using MarkReader::MarkReader;

  MarkedFile read() {
    CommentLineReader lines(text_);
    for (TextLine line; lines.next(line);) {
      const std::string_view trimmed = trim_left(line.text);
      std::string_view rest = trim_left(trimmed.substr(2));
      if (!ascii::starts_with_ignoring_case(rest, "migrate")) continue;
      mark(line, rest);
    }
    finish();
    return std::move(file_);
  }

 private:
  void mark(const TextLine& line, std::string_view rest) {
    const bool seen = line.text.starts_with("--") &&
                      (rest.starts_with("migrate:up") || rest.starts_with("migrate:down"));
    const bool up = rest.starts_with("migrate:up");
    std::string_view options = seen ? rest.substr(up ? 10 : 12) : std::string_view();
    if (!seen || (!options.empty() && !ascii::is_space(options.front()))) {
      return misspelt(line, rest);
    }
    check_byte_order_mark("dbmate", line.range());
    begin_section(line, up ? Direction::kUp : Direction::kDown, options);
  }

  void misspelt(const TextLine& line, std::string_view rest) {
    static constexpr std::array<std::string_view, 2> kMarks = {"migrate:up", "migrate:down"};
    std::string squeezed;
    for (const char c : rest.substr(0, 20)) {
      if (!ascii::is_space(c)) squeezed += c;
    }
    const auto guess = nearest(squeezed, kMarks);
    if (!guess) return;  // a comment about migrations
    bad_mark(line.range(), "dbmate does not see this as a mark; write `-- " + std::string(*guess) +
                               "` at the beginning of the line");
  }

  void begin_section(const TextLine& line, Direction direction, std::string_view options) {
    parts_.end(line.begin);
    if (direction == Direction::kUp) {
      check_down_behind_up();
      up_mark_ = line.range();
      has_down_ = false;
    } else if (!up_mark_) {
      bad_mark(line.range(),
               "`migrate:down` stands before `migrate:up`, and dbmate refuses the file");
    } else if (has_down_) {
      bad_mark(line.range(),
               "`migrate:down` stands here a second time, and dbmate refuses the file");
    }
    has_down_ |= direction == Direction::kDown;
    if (!first_mark_) first_mark_ = line.begin;
    parts_.begin(direction, line.next);
    for (std::string_view word = next_word(options); !word.empty(); word = next_word(options)) {
      if (word != "transaction:false") continue;
      const auto begin = static_cast<uint32_t>(word.data() - text_.data());
      const auto i = static_cast<size_t>(direction);
      no_transaction_[i] = true;
      directive_[i] = {begin, begin + static_cast<uint32_t>(word.size())};
    }
  }

  void check_down_behind_up() {
    if (up_mark_ && !has_down_) {
      bad_mark(*up_mark_, "no `-- migrate:down` follows, and dbmate refuses the file");
    }
  }

  void finish() {
    parts_.end(static_cast<uint32_t>(text_.size()));
    check_down_behind_up();
    if (!up_mark_) bad_mark({0, 0}, "dbmate refuses a file without `-- migrate:up`");
    if (up_mark_ && first_mark_ == up_mark_->begin) check_lines_before(*first_mark_);
    file_.up = parts_.part(Direction::kUp, text_);
    file_.down = parts_.part(Direction::kDown, text_);
    apply_options(file_.up, Direction::kUp);
    apply_options(file_.down, Direction::kDown);
  }

  void check_lines_before(uint32_t first_mark) {
    LineReader lines(text_.substr(0, first_mark), content_begin(text_));
    for (TextLine line; lines.next(line);) {
      const std::string_view trimmed = ascii::trim(line.text);
      if (trimmed.empty() || trimmed.starts_with("--")) continue;
      return bad_mark(line.range(),
                      "this stands before `-- migrate:up`, and dbmate refuses the file");
    }
  }

  void apply_options(std::optional<MarkedPart>& part, Direction direction) {
    if (!part) return;
    part->no_transaction = no_transaction_[static_cast<size_t>(direction)];
    part->directive = directive_[static_cast<size_t>(direction)];
  }

  MarkParts parts_;
  std::optional<ByteRange> up_mark_;  ///< the last one
  std::optional<uint32_t> first_mark_;
  bool has_down_ = false;  ///< behind the last up
  std::array<bool, 2> no_transaction_ = {};
  std::array<ByteRange, 2> directive_ = {};
};

}  // namespace

MarkedFile read_dbmate(std::string_view text, const std::string& path) {
  return DbmateReader(text, path).read();
}

}  // namespace belay::project
