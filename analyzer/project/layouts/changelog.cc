#include "analyzer/project/layouts/changelog.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "analyzer/project/marks/mark_parts.h"
#include "analyzer/project/nearest.h"
#include "analyzer/project/text_lines.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

/// Whether `text`, behind white space, begins with `word` in any case; `text` then begins behind
/// it.
bool take_word(std::string_view& text, std::string_view word) {
  const std::string_view rest = trim_left(text);
  if (!ascii::starts_with_ignoring_case(rest, word)) return false;
  text = rest.substr(word.size());
  return true;
}

bool is_header(std::string_view line) {
  return take_word(line, "--") && take_word(line, "liquibase") && take_word(line, "formatted");
}

/// The value of `name:value` or `name:"a value"` in a line of attributes, with its place in it.
struct Attribute {
  std::string_view value;
  std::string_view whole;
};
std::optional<Attribute> attribute(std::string_view line, std::string_view name) {
  std::optional<Attribute> found;
  for (size_t at = 0; at + name.size() < line.size(); ++at) {
    if (line[at + name.size()] != ':') continue;
    if (!ascii::starts_with_ignoring_case(line.substr(at), name)) continue;
    if (at > 0 && !ascii::is_space(line[at - 1])) continue;
    std::string_view rest = line.substr(at + name.size() + 1);
    size_t end = 0;
    if (rest.starts_with('"') && rest.find('"', 1) != std::string_view::npos) {
      end = rest.find('"', 1) + 1;
      found = Attribute{rest.substr(1, end - 2), {}};
    } else {
      end = std::min(rest.find_first_of(" \t\r\n\f\v"), rest.size());
      found = Attribute{rest.substr(0, end), {}};
    }
    found->whole = line.substr(at, name.size() + 1 + end);  // the last one counts
  }
  return found;
}

bool is_true(const std::optional<Attribute>& attribute) {
  return attribute && ascii::equal_ignoring_case(attribute->value, "true");
}

/// A name or a "quoted name" at the front of `rest`, up to `stop` or white space.
std::string_view take_name(std::string_view& rest, char stop) {
  if (rest.starts_with('"')) {
    const size_t close = rest.find('"', 1);
    if (close != std::string_view::npos && close > 1) {
      const std::string_view name = rest.substr(1, close - 1);
      rest.remove_prefix(close + 1);
      return name;
    }
  }
  const auto end = std::find_if(rest.begin(), rest.end(), [&](char c) {
    return stop != '\0' ? c == stop : ascii::is_space(c);
  });
  const std::string_view name = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  rest.remove_prefix(name.size());
  return name;
}

class ChangelogReader {
 public:
  ChangelogReader(std::string_view text, const std::string& path)
      : text_(text), path_(path), lines_(text, content_begin(text)) {}

  Changelog read() {
    TextLine line;
    while (lines_.next(line) && ascii::trim(line.text).empty()) {
    }
    log_.formatted = is_header(line.text);
    if (!log_.formatted) return std::move(log_);
    while (lines_.next(line)) read_line(line);
    end_changeset(static_cast<uint32_t>(text_.size()));
    if (!rollbacks_.empty()) log_.rollbacks = share(std::move(rollbacks_));
    if (!script_.empty()) log_.script = share(std::move(script_));
    return std::move(log_);
  }

 private:
  static std::shared_ptr<const std::string> share(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
  }

  void bad_mark(ByteRange range, std::string message) {
    log_.problems.push_back({LayoutProblem::Kind::kBadMark, path_, range, std::move(message), ""});
  }

  void read_line(const TextLine& line) {
    const std::string_view trimmed = trim_left(line.text);
    if (trimmed.starts_with('-')) return comment_line(line, trimmed);
    std::string_view rest = trimmed;
    if (take_word(rest, "/*")) {
      if (take_word(rest, "liquibase") && take_word(rest, "rollback") &&
          ascii::trim(rest).empty()) {
        return rollback_block(line);
      }
      if (!open_) return skip_block_comment(trimmed);
    }
    if (trimmed.empty()) return;
    if (!open_ && !told_stray_) {
      told_stray_ = true;
      return bad_mark(line.range(),
                      "this stands before the first changeset, and Liquibase passes over it in "
                      "silence");
    }
    replace_delimiter(line);
  }

  void comment_line(const TextLine& line, std::string_view trimmed) {
    std::string_view rest = trimmed;
    if (!rest.starts_with("--")) {
      rest.remove_prefix(1);
      if (take_word(rest, "changeset ") || take_word(rest, "rollback ")) {
        bad_mark(line.range(), "one dash is no comment; Liquibase refuses the file");
      }
      return;
    }
    rest.remove_prefix(2);
    // Liquibase takes such a line out; for MySQL, `--x` without a space would be no comment either.
    if (open_ && !rest.empty() && !ascii::is_space(rest.front())) change_script(line.range(), "");
    std::string_view after = rest;
    if (take_word(after, "changeset")) return changeset_line(line, after);
    if (take_word(after, "rollback")) return rollback_line(line, after);
    if (take_word(after, "ignoreLines:")) return ignore_lines(line, after);
    if (take_word(after, "includeAll ")) return include_line(line, true);
    if (take_word(after, "include ")) return include_line(line, false);
    check_misspelt(line, rest);
  }

  /// A comment that was meant as a mark goes into the changeset before it, without a word.
  void check_misspelt(const TextLine& line, std::string_view rest) {
    while (rest.starts_with('-')) rest.remove_prefix(1);
    const std::string_view word = next_word(rest);
    const std::string_view next = next_word(rest);
    static constexpr std::array<std::string_view, 1> kMark = {"changeset"};
    const bool near =
        nearest(word, kMark).has_value() ||
        (ascii::equal_ignoring_case(word, "change") && ascii::equal_ignoring_case(next, "set"));
    const bool names_one =
        next.find(':') != std::string_view::npos || rest.find(':') != std::string_view::npos;
    if (!near || !names_one) return;
    bad_mark(line.range(),
             "Liquibase takes this for a comment, and what follows for a part of the changeset "
             "before it; write `--changeset author:id`");
  }

  void changeset_line(const TextLine& line, std::string_view rest) {
    end_changeset(line.begin);
    told_stray_ = true;  // what stands behind a mark has been placed, be the mark right or wrong
    const bool separated = !rest.empty() && ascii::is_space(rest.front());
    rest = trim_left(rest);
    Changeset set;
    set.mark = line.range();
    set.author = std::string(take_name(rest, ':'));
    const bool has_colon = rest.starts_with(':');
    if (has_colon) rest.remove_prefix(1);
    set.id = std::string(take_name(rest, '\0'));
    if (!separated || !has_colon || set.author.empty() || set.id.empty()) {
      return bad_mark(line.range(),
                      "Liquibase wants `--changeset author:id`, without white space around the "
                      "colon, and refuses the file");
    }
    read_attributes(line, rest, set);
    set.up = {line.next, line.next};
    open_ = std::move(set);
  }

  void read_attributes(const TextLine& line, std::string_view rest, Changeset& set) {
    set.ignored = is_true(attribute(rest, "ignore"));
    set.runs_again =
        is_true(attribute(rest, "runOnChange")) || is_true(attribute(rest, "runAlways"));
    if (const auto dbms = attribute(rest, "dbms")) set.dbms = std::string(dbms->value);
    if (const auto own = attribute(rest, "runInTransaction"); own && !is_true(own)) {
      set.run_in_transaction = false;
      const auto begin = line.begin + static_cast<uint32_t>(own->whole.data() - line.text.data());
      set.transaction_directive = {begin, begin + static_cast<uint32_t>(own->whole.size())};
    }
    delimiter_.clear();
    if (const auto delimiter = attribute(rest, "endDelimiter")) {
      // The delimiter is a regular expression; `\n/` and `/$` are the usual ones that are not
      // plain.
      std::string_view value = delimiter->value;
      if (value.starts_with("\\n")) value.remove_prefix(2);
      if (value.size() > 1 && value.ends_with('$')) value.remove_suffix(1);
      if (value != ";" && value.find('\\') == std::string_view::npos) delimiter_ = value;
    }
  }

  void end_changeset(uint32_t end) {
    if (!open_) return;
    open_->up.end = std::max(open_->up.begin, end);
    finish_rollback();
    log_.items.push_back({std::move(open_), std::nullopt});
    open_.reset();
    rollback_.clear();
  }

  void finish_rollback() {
    const std::string words = ascii::lower(ascii::trim(rollback_));
    if (words.empty()) {
      open_->down.reset();
    } else if (words.starts_with("empty") || words.starts_with("not required")) {
      open_->down.reset();
      open_->declared_one_way = true;
    } else if (words.find("changesetid") != std::string::npos) {
      open_->down.reset();
      refer_to_other_changeset();
    }
  }

  void refer_to_other_changeset() {
    Changeset::Reference other;
    const auto value = [&](std::string_view name) {
      const auto found = attribute(rollback_, name);
      return found ? std::string(found->value) : std::string();
    };
    other.id = value("changeSetId");
    other.author = value("changeSetAuthor");
    other.path = value("changeSetPath");
    if (other.id.empty() || other.author.empty()) {
      return bad_mark(open_->mark,
                      "the rollback names another changeset without `changeSetId` or "
                      "`changeSetAuthor`, and Liquibase refuses the file");
    }
    open_->rollback_is = std::move(other);
  }

  /// Adds a piece of the rollback.
  void add_rollback(ByteRange piece) {
    if (!open_) return;
    if (rollbacks_.empty()) rollbacks_ = blanked(text_);
    rollbacks_.replace(piece.begin, piece.size(), piece.of(text_));
    rollback_.append(piece.of(text_)).append("\n");
    open_->down = open_->down ? open_->down->joined(piece) : piece;
  }

  void rollback_line(const TextLine& line, std::string_view rest) {
    if (!rest.starts_with(' ')) {
      const bool other_word = !rest.empty() && !ascii::is_space(rest.front());
      if (other_word || ascii::trim(rest).empty()) return;
      return bad_mark(line.range(),
                      "Liquibase wants a space behind `--rollback`, and takes this for a comment");
    }
    if (!open_) {
      return bad_mark(line.range(), "this rollback stands before the first changeset");
    }
    const auto begin = line.begin + static_cast<uint32_t>(rest.data() + 1 - line.text.data());
    add_rollback({begin, line.end()});
  }

  void rollback_block(const TextLine& start) {
    for (TextLine line; lines_.next(line);) {
      const std::string_view trimmed = trim_right(line.text);
      if (trimmed.ends_with("*/")) {
        add_rollback({line.begin, line.begin + static_cast<uint32_t>(trimmed.size() - 2)});
        return;
      }
      add_rollback(line.range());
    }
    bad_mark(start.range(), "this rollback comment does not end, and Liquibase refuses the file");
  }

  void skip_block_comment(std::string_view trimmed) {
    TextLine line;
    while (trimmed.find("*/") == std::string_view::npos && lines_.next(line)) trimmed = line.text;
  }

  /// `--ignoreLines:start` to `--ignoreLines:end`, or `--ignoreLines:3`.
  void ignore_lines(const TextLine& line, std::string_view rest) {
    const std::string_view what = ascii::trim(rest);
    uint32_t count = 0;
    const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), count);
    const bool counted = error == std::errc{} && end == what.data() + what.size();
    if (!counted && what != "start") {
      return bad_mark(line.range(), "Liquibase wants `--ignoreLines:start`, `:end` or a number");
    }
    TextLine skipped;
    for (uint32_t i = 0; (!counted || i < count) && lines_.next(skipped); ++i) {
      std::string_view mark = skipped.text;
      const bool end_mark = !counted && take_word(mark, "--") && take_word(mark, "ignoreLines:end");
      change_script(skipped.range(), "");
      if (end_mark) return;
    }
  }

  void include_line(const TextLine& line, bool all) {
    if (open_) end_changeset(line.begin);
    ChangelogInclude include;
    include.all = all;
    include.range = line.range();
    const auto path = attribute(line.text, all ? "path" : "file");
    include.relative_to_changelog = is_true(attribute(line.text, "relativeToChangelogFile"));
    if (!path) return;
    include.path = std::string(path->value);
    log_.items.push_back({std::nullopt, std::move(include)});
  }

  /// Puts a semicolon where the changeset's own delimiter ends a statement.
  void replace_delimiter(const TextLine& line) {
    if (delimiter_.empty()) return;
    const std::string_view trimmed = trim_right(line.text);
    if (trimmed.size() < delimiter_.size() ||
        !ascii::equal_ignoring_case(trimmed.substr(trimmed.size() - delimiter_.size()),
                                    delimiter_)) {
      return;
    }
    const bool is_word = ascii::is_letter(delimiter_.front());
    if (is_word && ascii::trim(trimmed).size() != delimiter_.size()) return;  // GO has its own line
    const auto end = line.begin + static_cast<uint32_t>(trimmed.size());
    change_script({end - static_cast<uint32_t>(delimiter_.size()), end}, ";");
  }

  void change_script(ByteRange range, std::string_view text) {
    if (script_.empty()) script_ = std::string(text_);
    std::string padded(text);
    padded.resize(range.size(), ' ');
    script_.replace(range.begin, range.size(), padded);
  }

  std::string_view text_;
  const std::string& path_;
  LineReader lines_;
  Changelog log_;
  std::optional<Changeset> open_;
  std::string rollback_;   ///< the open changeset's, as one text
  std::string rollbacks_;  ///< see Changelog::rollbacks
  std::string script_;     ///< see Changelog::script
  std::string delimiter_;  ///< of the open changeset, where it is not the semicolon
  bool told_stray_ = false;
};

}  // namespace

bool Changelog::has_includes() const {
  return std::any_of(items.begin(), items.end(),
                     [](const ChangelogItem& item) { return item.include.has_value(); });
}

Changelog read_changelog(std::string_view text, const std::string& path) {
  return ChangelogReader(text, path).read();
}

bool runs_on(std::string_view dbms, Engine engine) {
  bool any_positive = false;
  bool wanted = false;
  while (!dbms.empty()) {
    const size_t end = std::min(dbms.find(','), dbms.size());
    std::string_view name = ascii::trim(dbms.substr(0, end));
    dbms.remove_prefix(std::min(end + 1, dbms.size()));
    const bool negated = name.starts_with('!');
    if (negated) name.remove_prefix(1);
    const bool same = engine_from_name(name) == engine || ascii::equal_ignoring_case(name, "all");
    if (negated && same) return false;
    if (negated || name.empty()) continue;
    any_positive = true;
    wanted |= same;
  }
  return wanted || !any_positive;
}

}  // namespace belay::project
