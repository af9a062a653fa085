// Expressions as a whole, what is noted of them, and their simplest operands.

#include <algorithm>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

/// 0, 00, 0x0: what SQLite stores as the integer zero.
bool is_integer_zero(std::string_view number) {
  if (number.size() > 2 && ascii::to_lower(number[1]) == 'x') number.remove_prefix(2);
  return std::all_of(number.begin(), number.end(), [](char c) { return c == '0'; });
}

bool is_positive_integer(std::string_view number) {
  return std::all_of(number.begin(), number.end(), ascii::is_digit) && !is_integer_zero(number);
}

}  // namespace

using Shape = Expression::Shape;

// --- entry points ---------------------------------------------------------------------------

bool Grammar::expression(Expression& out, Operand* top) {
  const SinkScope scope(*this, {&out.functions, &out.columns, sinks_.inner_columns, &out.relations,
                                &out.proves_not_null, &out.proves_null, sinks_.star});
  const uint32_t begin = cursor_.begin();
  Operand result;
  if (!operand(result, 0)) return false;
  out.range = cursor_.since(begin);
  fill(out, result);
  if (top != nullptr) *top = result;
  return true;
}

bool Grammar::any_expression() {
  Operand ignored;
  return operand(ignored, 0);
}

bool Grammar::any_expressions(uint32_t* count) {
  uint32_t n = 0;
  do {
    if (!any_expression()) return false;
    ++n;
  } while (accept(Symbol::kComma));
  if (count != nullptr) *count = n;
  return true;
}

void Grammar::fill(Expression& out, const Operand& top) const {
  out.shape = top.shape;
  out.has_subquery = has_subquery_;
  out.always_true = top.truth == Operand::Truth::kTrue;
  if (top.shape != Shape::kLiteral) return;
  const std::string_view written = text_of(*top.leaf);
  out.literal = is_truth_value(written) ? ascii::lower(written) : unquoted(written);
  if (top.negative) out.literal.insert(out.literal.begin(), '-');
}

// --- what was noted -------------------------------------------------------------------------

void Grammar::note(Fact::Kind kind, ByteRange range) {
  if (notes_facts_ && subquery_depth_ == 0) facts_.push_back({kind, false, range, {}});
}

Grammar::Marks Grammar::marks() const {
  const auto size = [](const std::vector<std::string>* proofs) {
    return proofs == nullptr ? 0 : proofs->size();
  };
  return {facts_.size(), size(sinks_.not_null_proofs), size(sinks_.null_proofs)};
}

/// An operator that is not AND makes of `out` something of which nothing is proved.
void Grammar::combined(Operand& out, const Marks& marks) {
  if (sinks_.not_null_proofs != nullptr) sinks_.not_null_proofs->resize(marks.not_null_proofs);
  if (sinks_.null_proofs != nullptr) sinks_.null_proofs->resize(marks.null_proofs);
  const uint16_t height = out.height;
  out = {};
  out.height = height;
}

/// Sets the height of a node over operands of these heights.
bool Grammar::grow(Operand& out, uint16_t left, uint16_t right) {
  out.height = static_cast<uint16_t>(std::max(left, right) + 1);
  return out.height <= kMaxDepth || too_deep();
}

// --- operands -------------------------------------------------------------------------------

bool Grammar::prefix(Operand& out) {
  switch (cursor_.symbol()) {
    case Symbol::kNull:
    case Symbol::kBlob:
    case Symbol::kNumber: return literal(out);
    case Symbol::kString: return cursor_.ahead(1) == Symbol::kDot ? column(out) : literal(out);
    case Symbol::kVariable: return variable();
    case Symbol::kLeftParen: return bracketed(out);
    case Symbol::kNot:
    case Symbol::kPlus:
    case Symbol::kMinus:
    case Symbol::kBitNot: return unary(out);
    case Symbol::kCast: return cast(out);
    case Symbol::kCase: return case_when(out);
    case Symbol::kExists: return exists(out);
    case Symbol::kRaise: return raise(out);
    case Symbol::kCurrentTime: return current_time(out);
    default: return name_or_call(out);
  }
}

bool Grammar::literal(Operand& out) {
  using Truth = Operand::Truth;
  out.leaf = &cursor_.take();
  if (out.leaf->symbol == Symbol::kNull) {
    out.shape = Shape::kNull;
    return true;
  }
  out.shape = Shape::kLiteral;
  if (out.leaf->symbol != Symbol::kNumber) return true;
  const std::string_view number = text_of(*out.leaf);
  uses_later_syntax_ |= number.find('_') != std::string_view::npos;  // SQLite 3.46: 1_000
  out.zero = is_integer_zero(number);
  if (out.zero) out.truth = Truth::kFalse;
  if (is_positive_integer(number)) out.truth = Truth::kTrue;
  return true;
}

bool Grammar::variable() {
  constexpr uint32_t kMaxNumber = 250000;  // SQLITE_MAX_VARIABLE_NUMBER of Debian and Ubuntu
  const std::string_view written = cursor_.text();
  if (written.size() > 1 && written[0] == '#' && ascii::is_digit(written[1])) return unexpected();
  if (written.size() > 1 && written[0] == '?') {
    uint32_t number = 0;
    for (size_t i = 1; i < written.size() && number <= kMaxNumber; ++i) {
      number = number * 10 + static_cast<uint32_t>(written[i] - '0');
    }
    if (number == 0 || number > kMaxNumber) {
      const ByteRange place = cursor_.take().range;
      return complain(place, "parameters are numbered from ?1 to ?250000");
    }
  }
  note(Fact::Kind::kParameter, cursor_.range());
  if (!variable_) variable_ = cursor_.range();
  cursor_.take();
  return true;
}

/// `(expression)`, `(row, value)` or `(SELECT ...)`.
bool Grammar::bracketed(Operand& out) {
  cursor_.take();
  if (begins_select(cursor_.symbol())) {
    SelectShape shape;
    if (!subquery(shape)) return false;
    out.subquery = true;
    out.width = shape.width;
    return grow(out, 1, 0);
  }
  const Marks before = marks();
  if (!operand(out, 0)) return false;
  if (accept(Symbol::kRightParen)) return true;
  uint16_t height = out.height;
  uint32_t width = 1;
  while (accept(Symbol::kComma)) {
    Operand part;
    if (!operand(part, 0)) return false;
    height = std::max(height, part.height);
    ++width;
  }
  combined(out, before);
  out.width = width;
  return expect(Symbol::kRightParen) && grow(out, height, 0);
}

/// A SELECT and its closing bracket.
bool Grammar::subquery(SelectShape& shape) {
  note(Fact::Kind::kSubquery, cursor_.range());
  has_subquery_ = true;
  ++subquery_depth_;
  if (!select(shape)) return false;
  --subquery_depth_;
  return expect(Symbol::kRightParen);
}

}  // namespace belay::sql::sqlite
