// FROM: tables, subqueries, functions and how they are joined.

#include <algorithm>
#include <array>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

constexpr uint32_t kMaxTables = 200;  // SQLITE_MAX_SRCLIST

/// What the words in front of JOIN say.
enum JoinWord : uint8_t {
  kInner = 1,
  kCross = 2,
  kNatural = 4,
  kLeft = 8,
  kRight = 16,
  kOuter = 32,
  kNoJoinWord = 64,
};

uint8_t join_words(std::string_view word) {
  struct Entry {
    std::string_view word;
    uint8_t meaning;
  };
  static constexpr std::array kWords = {
      Entry{"natural", kNatural},
      Entry{"left", kLeft | kOuter},
      Entry{"outer", kOuter},
      Entry{"right", kRight | kOuter},
      Entry{"full", kLeft | kRight | kOuter},
      Entry{"inner", kInner},
      Entry{"cross", kInner | kCross},
  };
  for (const Entry& entry : kWords) {
    if (ascii::equal_ignoring_case(entry.word, word)) return entry.meaning;
  }
  return kNoJoinWord;
}

/// As SQLite judges: no word that it does not know, not INNER with OUTER, no OUTER without a side.
bool is_join(uint8_t words) {
  const bool both = (words & kInner) != 0 && (words & kOuter) != 0;
  const bool no_side = (words & (kOuter | kLeft | kRight)) == kOuter;
  return !both && !no_side && (words & kNoJoinWord) == 0;
}

bool is_join_operator(Symbol s) {
  return s == Symbol::kComma || s == Symbol::kJoin || s == Symbol::kJoinKeyword;
}

}  // namespace

void Grammar::note_relation(QualifiedName name) {
  if (sinks_.relations == nullptr) return;
  const bool is_common_table = name.schema.empty() && common_tables_.contains(name.name.id);
  if (!is_common_table) sinks_.relations->push_back(std::move(name));
}

/// Names of columns that stand outside expressions.
void Grammar::note_columns(const std::vector<Name>& names) {
  auto* const sink = subquery_depth_ == 0 ? sinks_.columns : sinks_.inner_columns;
  if (sink != nullptr) sink->insert(sink->end(), names.begin(), names.end());
}

bool Grammar::from_opt() { return !accept(Symbol::kFrom) || from_list(); }

bool Grammar::from_list() {
  uint32_t count = 0;
  bool natural = false;
  for (bool first = true;; first = false) {
    if (++count > kMaxTables) complain(cursor_.range(), "FROM takes at most 200 tables");
    if (!from_item() || !join_condition(first, natural)) return false;
    if (!is_join_operator(cursor_.symbol())) return true;
    if (!join_operator(natural)) return false;
  }
}

/// A table, a function or something in brackets, with its alias.
bool Grammar::from_item() {
  if (!accept(Symbol::kLeftParen)) return from_name();
  return from_brackets() && expect(Symbol::kRightParen) && alias_opt();
}

bool Grammar::from_name() {
  QualifiedName table;
  if (!qualified_name(table)) return false;
  if (!is(Symbol::kLeftParen)) {
    note_relation(std::move(table));
    return alias_opt() && indexed_opt();
  }
  note_function(std::move(table));
  return any_arguments() && alias_opt();
}

/// `(expression, ...)`, perhaps none.
bool Grammar::any_arguments() {
  cursor_.take();
  if (!is(Symbol::kRightParen) && !any_expressions()) return false;
  return expect(Symbol::kRightParen);
}

/// A subquery or a list of its own.
bool Grammar::from_brackets() {
  const Nesting nesting(*this);
  if (!nesting) return too_deep();
  if (!begins_select(cursor_.symbol())) return from_list();
  SelectShape ignored;
  return select(ignored);
}

/// `INDEXED BY name` or `NOT INDEXED`
bool Grammar::indexed_opt() {
  if (accept(Symbol::kNot)) return expect(Symbol::kIndexed);
  return !accept(Symbol::kIndexed) || (expect(Symbol::kBy) && any_name());
}

/// ON or USING behind a table.
bool Grammar::join_condition(bool first, bool natural) {
  const ByteRange place = cursor_.range();
  if (accept(Symbol::kOn)) {
    if (!any_expression()) return false;
  } else if (accept(Symbol::kUsing)) {
    if (!using_columns()) return false;
  } else {
    return true;
  }
  if (first) return complain(place, "a JOIN must stand before its condition");
  if (natural && compiles_queries_)
    return complain_at_end(place, "a NATURAL join takes no condition");
  return true;
}

bool Grammar::using_columns() {
  std::vector<Name> columns;
  if (!name_list(columns)) return false;
  note_columns(columns);
  return true;
}

/// A comma, JOIN, or one to three words and JOIN.
bool Grammar::join_operator(bool& natural) {
  natural = false;
  if (accept(Symbol::kComma) || accept(Symbol::kJoin)) return true;
  const uint32_t begin = cursor_.begin();
  uint8_t words = join_words(text_of(cursor_.take()));
  for (int more = 0; more < 2 && is_name(cursor_.symbol()); ++more) {
    words |= join_words(text_of(cursor_.take()));
  }
  const ByteRange place = cursor_.since(begin);
  natural = (words & kNatural) != 0;
  return expect(Symbol::kJoin) &&
         (is_join(words) || complain(place, "there is no such kind of join"));
}

}  // namespace belay::sql::sqlite
