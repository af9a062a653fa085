// Only words are looked at, since the runtime links no parser. The condition on the key has to be
// written in one of two ways, so that it is known and not guessed that every row falls into one
// batch: a `>` in place of a `>=` would leave out the first row of each.
#include "analyzer/text/batch_mark.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"
#include "support/counted.h"

namespace belay {
namespace {

constexpr std::string_view kMark = "belay:batch";
constexpr std::string_view kExample = "-- belay:batch table=users key=id size=10000 pause=100ms";

bool is_name(std::string_view part) {
  if (part.empty() || ascii::is_digit(part[0])) return false;
  return std::all_of(part.begin(), part.end(),
                     [](char c) { return ascii::is_word(c) || c == '$' || ascii::is_foreign(c); });
}

/// The end of the quoted part that begins `text`, behind its quote; npos where it does not end.
size_t end_of_quoted(std::string_view text) {
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') continue;
    if (i + 1 == text.size() || text[i + 1] != '"') return i + 1;
    ++i;
  }
  return std::string_view::npos;
}

std::string without_quotes(std::string_view quoted) {
  std::string out;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    out += quoted[i];
    if (quoted[i] == '"') ++i;
  }
  return out;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// `100ms`, `2s`, `1m`.
std::optional<std::chrono::milliseconds> pause_of(std::string_view text) {
  constexpr std::pair<std::string_view, uint32_t> kUnits[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}};
  for (const auto& [unit, factor] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto number = number_of<uint32_t>(text.substr(0, text.size() - unit.size()));
    if (number) return std::chrono::milliseconds(uint64_t{*number} * factor);
  }
  return std::nullopt;
}

/// Reads one comment.
class MarkReader {
 public:
  MarkReader(std::string_view text, ByteRange comment, std::vector<BatchProblem>& problems)
      : text_(text), problems_(problems) {
    mark_.range = comment;
    at_ = comment.begin;
    end_ = comment.end;
    if (rest().starts_with("/*")) {
      at_ += 2;
      if (comment.of(text).ends_with("*/") && end_ >= at_ + 2) end_ -= 2;
    } else {
      while (at_ < end_ && (text_[at_] == '-' || text_[at_] == '#')) ++at_;
    }
    skip_blanks();
  }

  /// Whether the comment means to be a mark.
  bool is_mark() const { return rest().starts_with(kMark); }

  /// Empty where something is wrong with it.
  std::optional<BatchMark> read() {
    const size_t before = problems_.size();
    at_ += static_cast<uint32_t>(kMark.size());
    if (at_ < end_ && !ascii::is_space(text_[at_])) {
      problem(mark_.range, "this mark is not known", "write `" + std::string(kExample) + "`");
      return std::nullopt;
    }
    for (skip_blanks(); at_ < end_; skip_blanks()) word();
    if (problems_.size() == before) check_whole();
    return problems_.size() == before ? std::optional(std::move(mark_)) : std::nullopt;
  }

 private:
  std::string_view rest() const { return text_.substr(at_, end_ - at_); }
  void skip_blanks() {
    while (at_ < end_ && ascii::is_space(text_[at_])) ++at_;
  }
  void problem(ByteRange range, std::string message, std::string instead) {
    problems_.push_back({range, std::move(message), std::move(instead)});
  }

  /// Up to the next blank outside of quotes.
  std::string_view next_word() {
    const uint32_t begin = at_;
    bool quoted = false;
    for (; at_ < end_ && (quoted || !ascii::is_space(text_[at_])); ++at_) {
      if (text_[at_] == '"') quoted = !quoted;
    }
    return text_.substr(begin, at_ - begin);
  }

  void word() {
    const uint32_t begin = at_;
    const std::string_view written = next_word();
    const ByteRange range = {begin, at_};
    const size_t sign = written.find('=');
    const std::string_view name = written.substr(0, sign);
    const std::string_view value =
        sign == std::string_view::npos ? std::string_view() : written.substr(sign + 1);
    const bool known = name == "table" || name == "key" || name == "size" || name == "pause";
    if (!known) {
      return problem(range, "the mark does not know `" + std::string(written) + "`",
                     "it has table=, key=, size= and pause=");
    }
    if (std::find(seen_.begin(), seen_.end(), name) != seen_.end()) {
      return problem(range, "`" + std::string(name) + "` is there twice", "leave one of them out");
    }
    seen_.push_back(name);
    take(range, name, value);
  }

  void take(ByteRange range, std::string_view name, std::string_view value) {
    const std::string shown = "`" + std::string(value) + "`";
    if (name == "table") {
      if (name_parts(value).empty()) {
        return problem(range, shown + " is not the name of a table",
                       "write it as SQL does: table=users, table=app.users, table=\"Odd name\"");
      }
      mark_.table = value;
    } else if (name == "key") {
      if (name_parts(value).size() != 1) {
        return problem(range, shown + " is not one column",
                       "name one column that is unique and not null, as SQL does: key=id");
      }
      mark_.key = value;
    } else if (name == "size") {
      constexpr uint64_t kMost = 100'000'000;
      const auto size = number_of<uint64_t>(value);
      if (!size || *size == 0 || *size > kMost) {
        return problem(range, shown + " is no size of a batch",
                       "write how many rows it has, from 1 to 100000000: size=10000");
      }
      mark_.size = *size;
    } else {
      const auto pause = pause_of(value);
      if (!pause) {
        return problem(range, shown + " is no time",
                       "write a number and its unit: pause=100ms, "
                       "pause=2s, pause=1m");
      }
      mark_.pause = *pause;
    }
  }

  void check_whole() {
    for (const auto& [value, name] :
         {std::pair(&mark_.table, "table"), std::pair(&mark_.key, "key")}) {
      if (value->empty()) {
        problem(mark_.range, std::string("the mark does not say which ") + name,
                "write `" + std::string(kExample) + "`");
      }
    }
  }

  std::string_view text_;
  std::vector<BatchProblem>& problems_;
  BatchMark mark_;
  uint32_t at_ = 0, end_ = 0;
  std::vector<std::string_view> seen_;
};

/// Looks at the words of a statement with a mark.
class StatementReader {
 public:
  StatementReader(std::string_view text, ByteRange statement, Engine engine, const BatchMark& mark,
                  std::vector<BatchProblem>& problems)
      : text_(text), whole_(statement), mark_(mark), problems_(problems) {
    Lexer lexer(text.substr(0, statement.end), engine, statement.begin);
    for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
      tokens_.push_back(token);
    }
    table_ = name_parts(mark.table).back();
    key_ = name_parts(mark.key).back();
    instead_ = "write `" + mark.key + " BETWEEN $1 AND $2`";
  }

  void check() {
    const bool changes_rows =
        is_any(0, {"update", "delete", "insert", "replace", "merge"}) ||
        (is(0, "with") && any([&](size_t i) {
           return is_any(i, {"update", "delete", "insert", "replace", "merge"});
         }));
    if (!changes_rows) {
      return problem(whole_, "only a statement that changes rows can run in batches",
                     "leave the mark out");
    }
    if (!any([&](size_t i) { return is_name_at(i, table_); })) {
      problem(whole_, "the statement does not name the table " + mark_.table + " of its mark",
              "the mark names the table whose rows are paged through");
    }
    check_parameters();
    check_key_is_left_alone();
  }

 private:
  std::string_view word(size_t i) const {
    return i < tokens_.size() ? tokens_[i].range.of(text_) : std::string_view();
  }
  bool is(size_t i, std::string_view w) const { return ascii::equal_ignoring_case(word(i), w); }
  bool is_any(size_t i, std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return is(i, w); });
  }
  template <class Test>
  bool any(const Test& test) const {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (test(i)) return true;
    }
    return false;
  }
  bool is_name_at(size_t i, const std::string& name) const {
    if (i >= tokens_.size()) return false;
    std::string_view written = word(i);
    if (tokens_[i].is(TokenKind::kQuotedName) && written.size() >= 2) {
      written = written.substr(1, written.size() - 2);
    } else if (!tokens_[i].is(TokenKind::kWord)) {
      return false;
    }
    return ascii::equal_ignoring_case(written, name) || without_doubling(written) == name;
  }
  static std::string without_doubling(std::string_view quoted) {
    return without_quotes("\"" + std::string(quoted) + "\"");
  }
  void problem(ByteRange range, std::string message, std::string instead) {
    problems_.push_back({range, std::move(message), std::move(instead)});
  }

  /// `$1` and `$2` stand in one of the two forms, and nowhere else.
  void check_parameters() {
    bool found = false;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (!tokens_[i].is(TokenKind::kParameter)) continue;
      const size_t last = word(i) == "$1" ? end_of_condition(i) : 0;
      if (last == 0) {
        return problem(tokens_[i].range,
                       "`" + std::string(word(i)) + "` does not stand in a condition that gives " +
                           "each row to one batch",
                       instead_ +
                           ": $1 is the first key of a batch and $2 the last, and both "
                           "belong to it");
      }
      if (!check_conjunction(i, last)) return;
      found = true;
      i = last;
    }
    if (!found) {
      problem(whole_, "the statement would do all rows with each batch: it does not name $1 and $2",
              instead_);
    }
  }

  /// The index of `$2`, where `$1` at `i` begins `key BETWEEN $1 AND $2` or `key >= $1 AND key <=
  /// $2`; else 0.
  size_t end_of_condition(size_t i) const {
    if (i < 2 || !is_name_at(i - 2, key_) || !is(i + 1, "and")) return 0;
    if (is(i - 1, "between")) return word(i + 2) == "$2" ? i + 2 : 0;
    if (word(i - 1) != ">=") return 0;
    size_t k = i + 2;
    while (k + 1 < tokens_.size() && tokens_[k + 1].is(TokenKind::kDot)) k += 2;
    return is_name_at(k, key_) && word(k + 1) == "<=" && word(k + 2) == "$2" ? k + 2 : 0;
  }

  /// Beside the condition there may be others that narrow it, and none that widen it.
  bool check_conjunction(size_t first, size_t last) {
    int depth = 0;
    int outermost = 0;
    for (size_t i = first; i-- > 0;) {
      if (tokens_[i].is(TokenKind::kRightParen)) ++depth;
      if (tokens_[i].is(TokenKind::kLeftParen)) {
        --depth;
        if (depth < outermost && i > 0 && is(i - 1, "not")) return widened(i - 1);
      }
      outermost = std::min(outermost, depth);
      if (depth > outermost) continue;
      if (is(i, "or")) return widened(i);
      if (is_any(i, {"where", "on"})) break;
    }
    depth = 0;
    for (size_t i = last + 1; i < tokens_.size(); ++i) {
      if (tokens_[i].is(TokenKind::kLeftParen)) ++depth;
      if (tokens_[i].is(TokenKind::kRightParen)) --depth;
      if (depth < outermost || is_any(i, {"returning", "union", "group", "order"})) break;
      if (depth <= 0 && is(i, "or")) return widened(i);
    }
    return true;
  }

  bool widened(size_t i) {
    problem(tokens_[i].range,
            "with this " + ascii::upper(word(i)) + " a row could fall into several batches",
            "put the other conditions into parentheses, and AND before the one on the key");
    return false;
  }

  /// A row that gets another key could be met again, or never.
  void check_key_is_left_alone() {
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      if (!is(i, "update")) continue;
      size_t name = i + 1;
      if (is(name, "or")) name += 2;
      if (is(name, "only")) ++name;
      while (name + 1 < tokens_.size() && tokens_[name + 1].is(TokenKind::kDot)) name += 2;
      if (!is_name_at(name, table_)) continue;
      size_t set = name;
      while (set < tokens_.size() && !is(set, "set")) ++set;
      check_assignments(set);
    }
  }

  void check_assignments(size_t set) {
    int depth = 0;
    for (size_t i = set + 1; i < tokens_.size() && depth >= 0; ++i) {
      if (tokens_[i].is(TokenKind::kLeftParen)) ++depth;
      if (tokens_[i].is(TokenKind::kRightParen)) --depth;
      if (depth == 0 && is_any(i, {"where", "from", "returning"})) return;
      const bool target = is_name_at(i, key_) && (is_list(set, i) || is_single(set, i, depth));
      if (!target) continue;
      return problem(tokens_[i].range,
                     "the statement changes the key " + mark_.key + ", by which it is paged",
                     "page by another unique column, or change the keys in a statement without "
                     "the mark");
    }
  }

  /// `SET id = ...`, `, id = ...`
  bool is_single(size_t set, size_t i, int depth) const {
    return depth == 0 && word(i + 1) == "=" &&
           (i == set + 1 || tokens_[i - 1].is(TokenKind::kComma));
  }
  /// `SET (name, id) = ...`
  bool is_list(size_t set, size_t i) const {
    size_t open = i;
    while (open > set && !tokens_[open].is(TokenKind::kLeftParen)) --open;
    size_t close = i;
    while (close < tokens_.size() && !tokens_[close].is(TokenKind::kRightParen)) ++close;
    const bool begins = open == set + 1 || (open > set && tokens_[open - 1].is(TokenKind::kComma));
    return open > set && begins && word(close + 1) == "=";
  }

  std::string_view text_;
  ByteRange whole_;
  const BatchMark& mark_;
  std::vector<BatchProblem>& problems_;
  std::vector<Token> tokens_;
  std::string table_, key_, instead_;
};

/// The statement that a mark stands in front of; empty where it stands elsewhere.
std::optional<size_t> statement_behind(std::string_view text, ByteRange comment,
                                       std::span<const ByteRange> statements) {
  const auto* next = std::upper_bound(
      statements.data(), statements.data() + statements.size(), comment.begin,
      [](uint32_t at, const ByteRange& statement) { return at < statement.begin; });
  const auto index = static_cast<size_t>(next - statements.data());
  if (index == statements.size()) return std::nullopt;
  if (index == 0) return index;
  const uint32_t end = statements[index - 1].end;
  if (comment.begin < end) return std::nullopt;
  const std::string_view between = text.substr(end, comment.begin - end);
  return between.find('\n') == std::string_view::npos ? std::nullopt : std::optional(index);
}

}  // namespace

std::vector<std::string> name_parts(std::string_view written) {
  std::vector<std::string> out;
  for (std::string_view rest = written;;) {
    const bool quoted = rest.starts_with('"');
    const size_t end = quoted ? end_of_quoted(rest) : std::min(rest.find('.'), rest.size());
    if (end == std::string_view::npos) return {};
    const std::string_view part = rest.substr(0, end);
    out.push_back(quoted ? without_quotes(part) : ascii::lower(part));
    if (quoted ? out.back().empty() : !is_name(part)) return {};
    rest.remove_prefix(end);
    if (rest.empty()) return out;
    if (rest[0] != '.') return {};
    rest.remove_prefix(1);
  }
}

bool is_batch_mark(std::string_view comment) {
  std::vector<BatchProblem> none;
  return MarkReader(comment, {0, static_cast<uint32_t>(comment.size())}, none).is_mark();
}

std::string BatchMark::to_string() const {
  std::string out = "in batches of " + counted(size, "row") + " by the key " + key + " of " + table;
  if (pause.count() == 0) return out;
  return out + ", with " + std::to_string(pause.count()) + " ms between them";
}

const BatchMark* BatchMarks::of(size_t statement) const {
  const auto found = std::find_if(marks.begin(), marks.end(), [statement](const BatchMark& mark) {
    return mark.statement == statement;
  });
  return found == marks.end() ? nullptr : &*found;
}

BatchMarks read_batch_marks(std::string_view text, std::span<const ByteRange> comments,
                            std::span<const ByteRange> statements, Engine engine) {
  BatchMarks out;
  for (const ByteRange comment : comments) {
    MarkReader reader(text, comment, out.problems);
    if (!reader.is_mark()) continue;
    if (engine != Engine::kPostgres && engine != Engine::kSqlite) {
      out.problems.push_back({comment, "statements run in batches on PostgreSQL and SQLite", ""});
      continue;
    }
    std::optional<BatchMark> mark = reader.read();
    if (!mark) continue;
    const std::optional<size_t> statement = statement_behind(text, comment, statements);
    if (!statement) {
      out.problems.push_back({comment, "the mark stands in front of no statement",
                              "put it on a line of its own before the statement"});
      continue;
    }
    if (out.of(*statement) != nullptr) {
      out.problems.push_back({comment, "the statement has a mark already", "leave one out"});
      continue;
    }
    mark->statement = *statement;
    StatementReader(text, statements[*statement], engine, *mark, out.problems).check();
    out.marks.push_back(*std::move(mark));
  }
  return out;
}

}  // namespace belay
