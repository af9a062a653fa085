// Operators.
//
// Precedence climbing over SQLite's table of operators. Three things differ from the textbook: NOT
// in front of LIKE, IN, BETWEEN and NULL binds as loosely as NOT itself; the AND of BETWEEN is
// taken by BETWEEN as soon as no operator between them holds it; ESCAPE belongs to LIKE alone.

#include <algorithm>
#include <array>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"
#include "analyzer/sql/sqlite/scanner.h"

namespace belay::sql::sqlite {
namespace {

/// How tightly operators bind, as sqlite.org/lang_expr.html lists them. 0: no operator.
enum Power : uint8_t {
  kOrPower = 1,
  kAndPower,
  kNotPower,
  kEqualityPower,  // = <> IS IN LIKE MATCH BETWEEN ISNULL NOTNULL
  kOrderPower,     // < <= > >=
  kEscapePower,
  kBitPower,
  kSumPower,
  kProductPower,
  kConcatPower,
  kCollatePower,
  kUnaryPower,
};

constexpr std::array<uint8_t, 256> make_powers() {
  std::array<uint8_t, 256> powers = {};
  const auto set = [&](Power power, auto... symbols) {
    ((powers[static_cast<size_t>(symbols)] = power), ...);
  };
  set(kOrPower, Symbol::kOr);
  set(kAndPower, Symbol::kAnd);
  set(kNotPower, Symbol::kNot);
  set(kEqualityPower, Symbol::kEqual, Symbol::kNotEqual, Symbol::kIs, Symbol::kIn, Symbol::kLike,
      Symbol::kMatch, Symbol::kBetween, Symbol::kIsNull, Symbol::kNotNull);
  set(kOrderPower, Symbol::kLess, Symbol::kLessEqual, Symbol::kGreater, Symbol::kGreaterEqual);
  set(kBitPower, Symbol::kBitAnd, Symbol::kBitOr, Symbol::kShiftLeft, Symbol::kShiftRight);
  set(kSumPower, Symbol::kPlus, Symbol::kMinus);
  set(kProductPower, Symbol::kStar, Symbol::kSlash, Symbol::kPercent);
  set(kConcatPower, Symbol::kConcat, Symbol::kArrow);
  set(kCollatePower, Symbol::kCollate);
  return powers;
}

constexpr std::array<uint8_t, 256> kPowers = make_powers();

bool is_comparison(Symbol s) { return s >= Symbol::kEqual && s <= Symbol::kGreaterEqual; }

}  // namespace

using Shape = Expression::Shape;

/// `stop_at_and`: the first AND that no tighter operand takes belongs to a BETWEEN around.
bool Grammar::operand(Operand& out, int power, bool stop_at_and) {
  const Nesting nesting(*this);
  if (!nesting) return too_deep();
  const Marks before = marks();
  return prefix(out) && infixes(out, power, stop_at_and, before);
}

/// The operators behind an operand that bind at least as tightly as `power`.
bool Grammar::infixes(Operand& left, int power, bool stop_at_and, const Marks& before) {
  for (;;) {
    const int next = kPowers[static_cast<size_t>(cursor_.symbol())];
    if (next == 0 || next < power) return true;
    if (stop_at_and && is(Symbol::kAnd)) return true;
    if (!infix(left, next, before)) return false;
  }
}

bool Grammar::infix(Operand& left, int power, const Marks& before) {
  switch (cursor_.symbol()) {
    case Symbol::kNot: return negated_infix(left, before);
    case Symbol::kIs: return is_operator(left, before);
    case Symbol::kLike:
    case Symbol::kMatch: return like(left, before);
    case Symbol::kBetween: return between(left, before);
    case Symbol::kIn: return in(left, false, before);
    case Symbol::kNotNull: cursor_.take(); return null_test(left, before, sinks_.not_null_proofs);
    case Symbol::kIsNull: cursor_.take(); return null_test(left, before, sinks_.null_proofs);
    case Symbol::kCollate:
      cursor_.take();
      if (!is_id_or_string(cursor_.symbol())) return unexpected();
      left.collation = &cursor_.take();
      left.zero = false;
      left.height = 1;  // SQLite does not count what lies under a COLLATE
      return true;
    default: return binary(left, power, before);
  }
}

bool Grammar::binary(Operand& left, int power, const Marks& before) {
  const Symbol op = cursor_.take().symbol;
  Operand right;
  if (!operand(right, power + 1)) return false;
  if (op == Symbol::kAnd) return and_operator(left, right, before);
  using Truth = Operand::Truth;
  Truth truth = Truth::kUnknown;
  if (op == Symbol::kOr) {
    if (left.truth == Truth::kTrue || right.truth == Truth::kTrue) {
      truth = Truth::kTrue;
    } else if (left.truth == right.truth) {
      truth = left.truth;
    }
  } else if (is_comparison(op)) {
    compare_widths(left, right);
    const bool equal = op == Symbol::kEqual && left.shape == Shape::kLiteral &&
                       right.shape == Shape::kLiteral && left.negative == right.negative &&
                       text_of(*left.leaf) == text_of(*right.leaf);
    if (equal) truth = Truth::kTrue;
  }
  combined(left, before);
  left.truth = truth;
  return grow(left, left.height, right.height);
}

bool Grammar::and_operator(Operand& left, const Operand& right, const Marks& before) {
  using Truth = Operand::Truth;
  Operand out;
  if (left.truth == Truth::kFalse || right.truth == Truth::kFalse) {
    out.truth = Truth::kFalse;
  } else if (left.truth == right.truth) {
    out.truth = left.truth;
  }
  // SQLite puts 0 in the place of `x AND 0` while it parses, and never looks at x.
  out.zero = left.zero || right.zero;
  if (out.zero && notes_facts_ && subquery_depth_ == 0) facts_.resize(before.facts);
  const bool grown = grow(out, left.height, right.height);
  left = out;
  return grown;
}

void Grammar::compare_widths(const Operand& left, const Operand& right) {
  if (left.width != 0 && right.width != 0 && left.width != right.width) {
    note(Fact::Kind::kRowMismatch, cursor_.here().range);
  }
}

/// IS, IS NOT, IS [NOT] DISTINCT FROM.
bool Grammar::is_operator(Operand& left, const Marks& before) {
  cursor_.take();
  bool differs = accept(Symbol::kNot);
  if (accept(Symbol::kDistinct)) {
    differs = !differs;
    if (!expect(Symbol::kFrom)) return false;
  }
  Operand right;
  if (!operand(right, kEqualityPower + 1)) return false;
  if (right.shape != Shape::kNull) compare_widths(left, right);
  left.height = std::max(left.height, right.height);
  if (right.shape == Shape::kNull) {
    return null_test(left, before, differs ? sinks_.not_null_proofs : sinks_.null_proofs);
  }
  combined(left, before);
  return grow(left, left.height, 0);
}

/// `left` IS NULL or IS NOT NULL: a column goes into `proofs`.
bool Grammar::null_test(Operand& left, const Marks& before, std::vector<std::string>* proofs) {
  const SqliteLexeme* column = left.shape == Shape::kColumn ? left.leaf : nullptr;
  combined(left, before);
  if (column != nullptr && proofs != nullptr && subquery_depth_ == 0) {
    proofs->push_back(folded(text_of(*column)));
  }
  return grow(left, left.height, 0);
}

/// NOT LIKE, NOT BETWEEN, NOT IN, NOT NULL.
bool Grammar::negated_infix(Operand& left, const Marks& before) {
  cursor_.take();
  switch (cursor_.symbol()) {
    case Symbol::kNull: cursor_.take(); return null_test(left, before, sinks_.not_null_proofs);
    case Symbol::kLike:
    case Symbol::kMatch: return like(left, before);
    case Symbol::kBetween: return between(left, before);
    case Symbol::kIn: return in(left, true, before);
    default: return unexpected();
  }
}

bool Grammar::like(Operand& left, const Marks& before) {
  // MATCH calls match(), which full-text tables define and SQLite does not take for deterministic.
  if (is(Symbol::kMatch)) note(Fact::Kind::kNonDeterministic, cursor_.range());
  cursor_.take();
  Operand pattern;
  if (!operand(pattern, kEqualityPower + 1)) return false;
  Operand escape;
  escape.height = 0;
  if (accept(Symbol::kEscape) && !operand(escape, kEqualityPower + 1)) return false;
  combined(left, before);
  return grow(left, left.height, std::max(pattern.height, escape.height));
}

bool Grammar::between(Operand& left, const Marks& before) {
  cursor_.take();
  Operand low;
  Operand high;
  if (!operand(low, 0, true)) return false;
  compare_widths(left, low);
  if (!expect(Symbol::kAnd) || !operand(high, kEqualityPower + 1)) return false;
  compare_widths(left, high);
  combined(left, before);
  return grow(left, left.height, std::max(low.height, high.height));
}

/// `IN (list)`, `IN (SELECT)`, `IN table`, `IN function(arguments)`.
bool Grammar::in(Operand& left, bool negated, const Marks& before) {
  cursor_.take();
  if (accept(Symbol::kLeftParen)) {
    if (!begins_select(cursor_.symbol())) return in_list(left, negated, before);
    SelectShape ignored;
    if (!subquery(ignored)) return false;
  } else {
    if (!in_table()) return false;
  }
  combined(left, before);
  return grow(left, left.height, 0);
}

/// The table, or function, behind IN.
bool Grammar::in_table() {
  note(Fact::Kind::kSubquery, cursor_.range());
  has_subquery_ = true;
  QualifiedName table;
  if (!qualified_name(table)) return false;
  if (!is(Symbol::kLeftParen)) {
    note_relation(std::move(table));
    return true;
  }
  note_function(std::move(table));
  return any_arguments();
}

/// Behind `IN (`.
bool Grammar::in_list(Operand& left, bool negated, const Marks& before) {
  const ByteRange place = cursor_.range();
  const uint32_t width = left.width;
  const bool is_row = width > 1 && !left.subquery;
  uint16_t height = 0;
  std::optional<ByteRange> misfit;
  if (accept(Symbol::kRightParen)) {  // always false: SQLite drops what stands left of it
    if (notes_facts_ && subquery_depth_ == 0) facts_.resize(before.facts);
    combined(left, before);
    left.height = 0;
    left.zero = !negated;
    return grow(left, 0, 0);
  }
  do {
    const ByteRange element = cursor_.range();
    Operand value;
    if (!operand(value, 0)) return false;
    height = std::max(height, value.height);
    if (is_row && (value.subquery ? 1 : value.width) != width) misfit = element;
  } while (accept(Symbol::kComma));
  // A list of row values becomes a VALUES query.
  if (is_row) note(Fact::Kind::kSubquery, place);
  combined(left, before);
  if (!expect(Symbol::kRightParen)) return false;
  if (misfit) complain(*misfit, "a row value is compared with one of another length");
  return grow(left, left.height, height);
}

bool Grammar::unary(Operand& out) {
  const Marks before = marks();
  const Symbol op = cursor_.take().symbol;
  if (!operand(out, op == Symbol::kNot ? kNotPower : kUnaryPower)) return false;
  using Truth = Operand::Truth;
  const Operand inner = out;
  combined(out, before);
  const bool is_sign = op == Symbol::kPlus || op == Symbol::kMinus;
  const bool signs_number =
      is_sign && inner.shape == Shape::kLiteral && inner.leaf->symbol == Symbol::kNumber;
  if (signs_number || (op == Symbol::kPlus && inner.shape == Shape::kLiteral)) {
    out.shape = inner.shape;
    out.leaf = inner.leaf;
    out.truth = inner.truth;
    out.negative = inner.negative != (op == Symbol::kMinus);
    out.computed = true;
  } else if (op == Symbol::kNot && inner.truth != Truth::kUnknown) {
    out.truth = inner.truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
  }
  return grow(out, inner.height, 0);
}

}  // namespace belay::sql::sqlite
