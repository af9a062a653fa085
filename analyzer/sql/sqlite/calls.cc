// Columns, function calls, CAST, CASE, EXISTS and RAISE.

#include <algorithm>

#include "analyzer/sql/sqlite/functions.h"
#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {

using Shape = Expression::Shape;

namespace {

constexpr uint32_t kMaxArguments = 127;  // SQLITE_MAX_FUNCTION_ARG

}  // namespace

bool Grammar::name_or_call(Operand& out) {
  if (!is_id_or_join_keyword(cursor_.symbol())) return unexpected();
  return cursor_.ahead(1) == Symbol::kLeftParen ? call(out) : column(out);
}

// --- columns --------------------------------------------------------------------------------

/// `column`, `table.column` or `schema.table.column`.
bool Grammar::column(Operand& out) {
  const SqliteLexeme* last = &cursor_.take();
  ByteRange table;
  int parts = 1;
  while (parts < 3 && accept(Symbol::kDot)) {
    if (!is_name(cursor_.symbol())) return unexpected();
    table = last->range;
    last = &cursor_.take();
    ++parts;
  }
  out.leaf = last;
  out.qualified = parts > 1;
  out.height = static_cast<uint16_t>(parts);
  const std::string_view written = text_of(*last);
  if (parts == 1 && is_truth_value(written)) {
    out.shape = Shape::kLiteral;
    out.truth = ascii::to_lower(written[0]) == 't' ? Operand::Truth::kTrue : Operand::Truth::kFalse;
    return true;
  }
  auto* const sink = subquery_depth_ == 0 ? sinks_.columns : sinks_.inner_columns;
  if (sink != nullptr) sink->push_back(name_of(*last));
  if (last->symbol == Symbol::kPlaceholder) return true;  // nobody knows what it will be
  out.shape = Shape::kColumn;
  if (notes_facts_ && subquery_depth_ == 0) {
    facts_.push_back({Fact::Kind::kColumn, parts == 3, last->range, table});
  }
  return true;
}

// --- calls ----------------------------------------------------------------------------------

void Grammar::note_function(QualifiedName name) {
  if (sinks_.functions != nullptr) sinks_.functions->push_back(std::move(name));
}

void Grammar::note_function(const SqliteLexeme& name) {
  if (sinks_.functions == nullptr) return;
  QualifiedName& function = sinks_.functions->emplace_back();
  function.name = name_of(name);
  function.range = name.range;
}

/// Notes what SQLite does not allow this function in.
void Grammar::note_call(const SqliteLexeme& name, uint32_t arguments) {
  if (!notes_facts_ || subquery_depth_ > 0) return;
  const std::string id = folded(text_of(name));
  if (is_aggregate(id, arguments)) note(Fact::Kind::kAggregate, name.range);
  if (is_non_deterministic(id)) note(Fact::Kind::kNonDeterministic, name.range);
}

bool Grammar::call(Operand& out) {
  const SqliteLexeme& function = cursor_.take();
  // SQLite 3.41 and later let the keywords of joins name functions.
  uses_later_syntax_ |= function.symbol == Symbol::kJoinKeyword;
  cursor_.take();
  note_function(function);
  const Marks before = marks();
  uint32_t count = 0;
  uint16_t height = 0;
  const bool distinct = is(Symbol::kDistinct);
  if (!accept(Symbol::kStar) && !call_arguments(count, height)) return false;
  if (!expect(Symbol::kRightParen)) return false;
  if (count > kMaxArguments) complain(function.range, "a function takes at most 127 arguments");
  note_call(function, count);
  if (!filter_and_over(function.range, distinct)) return false;
  combined(out, before);
  out.shape = Shape::kCall;
  return grow(out, height, 0);
}

/// `[DISTINCT | ALL] argument, ... [ORDER BY ...]`
bool Grammar::call_arguments(uint32_t& count, uint16_t& height) {
  if (!accept(Symbol::kDistinct)) accept(Symbol::kAll);
  if (!is(Symbol::kRightParen) && !is(Symbol::kOrder)) {
    do {
      Operand argument;
      if (!operand(argument, 0)) return false;
      height = std::max(height, argument.height);
      ++count;
    } while (accept(Symbol::kComma));
  }
  if (!is(Symbol::kOrder)) return true;
  uses_later_syntax_ = true;  // SQLite 3.44
  return order_by_opt();
}

/// `[FILTER (WHERE condition)] [OVER window]`
bool Grammar::filter_and_over(ByteRange function, bool distinct) {
  if (is(Symbol::kFilter)) {
    note(Fact::Kind::kWindow, function);
    cursor_.take();
    if (!expect(Symbol::kLeftParen, Symbol::kWhere) || !any_expression()) return false;
    if (!expect(Symbol::kRightParen)) return false;
  }
  if (!is(Symbol::kOver)) return true;
  note(Fact::Kind::kWindow, function);
  cursor_.take();
  if (accept(Symbol::kLeftParen)) {
    if (!window() || !expect(Symbol::kRightParen)) return false;
  } else if (!any_name()) {
    return false;
  }
  return !distinct || complain(function, "a window function takes no DISTINCT");
}

bool Grammar::current_time(Operand& out) {
  const SqliteLexeme& function = cursor_.take();
  note_function(function);
  note_call(function, 0);
  out.shape = Shape::kCall;
  return true;
}

// --- CAST, CASE, EXISTS, RAISE --------------------------------------------------------------

bool Grammar::cast(Operand& out) {
  cursor_.take();
  if (!expect(Symbol::kLeftParen)) return false;
  const Marks before = marks();
  Operand inner;
  if (!operand(inner, 0) || !expect(Symbol::kAs)) return false;
  TypeName type;
  if (!type_name(type) || !expect(Symbol::kRightParen)) return false;
  combined(out, before);
  if (inner.shape == Shape::kLiteral || inner.shape == Shape::kNull) {
    out.shape = inner.shape;
    out.leaf = inner.leaf;
    out.negative = inner.negative;
    out.computed = true;
  }
  return grow(out, inner.height, 0);
}

bool Grammar::case_when(Operand& out) {
  cursor_.take();
  const Marks before = marks();
  uint16_t height = 0;
  const auto part = [&] {
    Operand value;
    if (!operand(value, 0)) return false;
    height = std::max(height, value.height);
    return true;
  };
  if (!is(Symbol::kWhen) && !part()) return false;
  do {
    if (!expect(Symbol::kWhen) || !part() || !expect(Symbol::kThen) || !part()) return false;
  } while (is(Symbol::kWhen));
  if (accept(Symbol::kElse) && !part()) return false;
  combined(out, before);
  return expect(Symbol::kEndKeyword) && grow(out, height, 0);
}

bool Grammar::exists(Operand& out) {
  cursor_.take();
  if (!expect(Symbol::kLeftParen)) return false;
  if (!begins_select(cursor_.symbol())) return unexpected();
  SelectShape ignored;
  return subquery(ignored) && grow(out, 1, 0);
}

/// `RAISE (IGNORE)` or `RAISE (ABORT, message)`.
bool Grammar::raise(Operand& out) {
  const ByteRange place = cursor_.take().range;
  if (!expect(Symbol::kLeftParen)) return false;
  if (!accept(Symbol::kIgnore)) {
    if (!accept(Symbol::kRollback) && !accept(Symbol::kAbort) && !accept(Symbol::kFail)) {
      return unexpected();
    }
    if (!expect(Symbol::kComma)) return false;
    // SQLite 3.47 and later take any expression, older versions a name or a string.
    uses_later_syntax_ |= !is_name(cursor_.symbol()) || cursor_.ahead(1) != Symbol::kRightParen;
    if (is_name(cursor_.symbol()) && cursor_.ahead(1) == Symbol::kRightParen) {
      cursor_.take();
    } else if (!any_expression()) {
      return false;
    }
  }
  if (!expect(Symbol::kRightParen)) return false;
  if (compiles_queries_) complain_at_end(place, "RAISE() works inside a trigger only");
  return grow(out, 0, 0);
}

}  // namespace belay::sql::sqlite
