// SELECT, VALUES, WITH and the clauses that other statements share with them.

#include <algorithm>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"
#include "analyzer/sql/sqlite/scanner.h"

namespace belay::sql::sqlite {
namespace {

constexpr uint32_t kMaxCompoundTerms = 500;  // SQLITE_MAX_COMPOUND_SELECT

bool is_compound_operator(Symbol s) {
  return s == Symbol::kUnion || s == Symbol::kExcept || s == Symbol::kIntersect;
}

/// What `x.*` may begin with. CAST and its like are read as what they begin in an expression.
bool begins_table_star(Symbol s) {
  return is_name(s) && s != Symbol::kCast && s != Symbol::kRaise && s != Symbol::kCurrentTime;
}

}  // namespace

/// A SELECT whose names go to `out`.
bool Grammar::query(Query& out, SelectShape* shape) {
  const SinkScope scope(*this, sinks_of(out));
  const uint32_t begin = cursor_.begin();
  SelectShape ignored;
  if (!begins_select(cursor_.symbol())) return unexpected();
  if (!select(shape == nullptr ? ignored : *shape)) return false;
  out.range = cursor_.since(begin);
  return true;
}

bool Grammar::select(SelectShape& out) {
  const Nesting nesting(*this);
  if (!nesting) return too_deep();
  const size_t outer_names = common_tables_.size();
  if (is(Symbol::kWith) && !with_clause()) return false;
  const bool read = compound(out);
  common_tables_.shrink(outer_names);
  return read;
}

// --- WITH -----------------------------------------------------------------------------------

/// Its names stay known until the caller takes them from `common_tables_`.
bool Grammar::with_clause() {
  cursor_.take();
  accept(Symbol::kRecursive);
  const size_t first_name = common_tables_.size();
  const size_t first_relation = sinks_.relations == nullptr ? 0 : sinks_.relations->size();
  do {
    if (!common_table(first_name)) return false;
  } while (accept(Symbol::kComma));
  if (sinks_.relations == nullptr) return true;
  // In SQLite a common table may use one that follows it.
  const auto is_common_table = [&](const QualifiedName& name) {
    return name.schema.empty() && common_tables_.contains(name.name.id);
  };
  auto& relations = *sinks_.relations;
  relations.erase(std::remove_if(relations.begin() + static_cast<ptrdiff_t>(first_relation),
                                 relations.end(), is_common_table),
                  relations.end());
  return true;
}

/// `name [(columns)] AS [[NOT] MATERIALIZED] (SELECT ...)`
bool Grammar::common_table(size_t first_name) {
  const Nesting nesting(*this);
  if (!nesting) return too_deep();
  Name table;
  std::vector<Name> columns;
  if (!name(table)) return false;
  const bool is_double = common_tables_.contains_since(table.id, first_name);
  if (is(Symbol::kLeftParen) && !column_list(columns)) return false;
  if (!expect(Symbol::kAs)) return false;
  if (accept(Symbol::kNot)) {
    if (!expect(Symbol::kMaterialized)) return false;
  } else {
    accept(Symbol::kMaterialized);
  }
  if (!expect(Symbol::kLeftParen)) return false;
  if (!begins_select(cursor_.symbol())) return unexpected();
  common_tables_.add(table.id);
  SelectShape ignored;
  if (!select(ignored) || !expect(Symbol::kRightParen)) return false;
  return !is_double || complain(table.range, "WITH defines this name twice");
}

// --- compounds ------------------------------------------------------------------------------

/// Single SELECTs joined by UNION, EXCEPT, INTERSECT.
bool Grammar::compound(SelectShape& out) {
  std::string_view last_clause;
  std::string misplaced;
  ByteRange misplaced_at;
  uint32_t count = 1;
  if (!select_core(out, last_clause)) return false;
  for (; is_compound_operator(cursor_.symbol()); ++count) {
    if (!last_clause.empty() && misplaced.empty()) {
      misplaced = std::string(last_clause) + " stands behind the last SELECT of a compound only";
      misplaced_at = cursor_.range();
    }
    if (cursor_.take().symbol == Symbol::kUnion) accept(Symbol::kAll);
    SelectShape next;
    if (!select_core(next, last_clause)) return false;
    if (out.width != next.width) out.uneven = out.uneven || (out.width != 0 && next.width != 0);
    out.width = std::max(out.width, next.width);
    out.value_rows.reset();
    out.columns.clear();
  }
  if (!misplaced.empty()) complain(misplaced_at, std::move(misplaced));
  return count <= kMaxCompoundTerms ||
         complain(cursor_.range(), "a compound SELECT has at most 500 terms");
}

/// One SELECT or VALUES. `last_clause`: the last of ORDER BY and LIMIT that it has; empty for none.
bool Grammar::select_core(SelectShape& out, std::string_view& last_clause) {
  last_clause = {};
  if (is(Symbol::kValues)) return values(out);
  if (!expect(Symbol::kSelect)) return false;
  if (!accept(Symbol::kDistinct)) accept(Symbol::kAll);
  if (!result_columns(&out) || !from_opt() || !where_opt()) return false;
  if (accept(Symbol::kGroup)) {
    if (!expect(Symbol::kBy) || !any_expressions()) return false;
  }
  if (accept(Symbol::kHaving) && !any_expression()) return false;
  if (is(Symbol::kWindow) && !window_clause()) return false;
  bool ordered = false;
  bool limited = false;
  if (!order_by_opt(&ordered) || !limit_opt(&limited)) return false;
  if (limited) last_clause = "LIMIT";
  if (ordered) last_clause = "ORDER BY";
  return true;
}

/// `VALUES (...), (...)`
bool Grammar::values(SelectShape& out) {
  cursor_.take();
  uint32_t rows = 0;
  do {
    uint32_t width = 0;
    if (!expect(Symbol::kLeftParen) || !any_expressions(&width)) return false;
    if (!expect(Symbol::kRightParen)) return false;
    out.uneven |= rows > 0 && width != out.width;
    out.width = width;
    ++rows;
  } while (accept(Symbol::kComma));
  out.value_rows = rows;
  return true;
}

// --- clauses --------------------------------------------------------------------------------

/// The list behind SELECT or RETURNING. A star hides how many columns there are.
bool Grammar::result_columns(SelectShape* shape) {
  uint32_t n = 0;
  bool has_star = false;
  std::vector<Name> columns;
  do {
    ++n;
    if (accept(Symbol::kStar)) {
      has_star = true;
      columns.emplace_back();
      continue;
    }
    if (begins_table_star(cursor_.symbol()) && cursor_.ahead(1) == Symbol::kDot &&
        cursor_.ahead(2) == Symbol::kStar) {
      cursor_.take();
      cursor_.take();
      cursor_.take();
      has_star = true;
      columns.emplace_back();
      continue;
    }
    Operand item;
    if (!operand(item, 0) || !alias_opt()) return false;
    if (item.shape == Expression::Shape::kColumn) columns.push_back(name_of(*item.leaf));
  } while (accept(Symbol::kComma));
  if (has_star && sinks_.star != nullptr) *sinks_.star = true;
  if (shape == nullptr) return true;
  shape->width = has_star ? 0 : n;
  if (columns.size() == n) shape->columns = std::move(columns);
  return true;
}

/// `AS name`, or a name that is no keyword of what may follow.
bool Grammar::alias_opt() {
  if (accept(Symbol::kAs)) return any_name();
  if (is_id_or_string(cursor_.symbol())) cursor_.take();
  return true;
}

bool Grammar::where_opt() { return !accept(Symbol::kWhere) || any_expression(); }

bool Grammar::order_by_opt(bool* present) {
  if (!accept(Symbol::kOrder)) return true;
  if (present != nullptr) *present = true;
  return expect(Symbol::kBy) && sort_terms();
}

bool Grammar::sort_terms() {
  do {
    if (!any_expression() || !sort_order()) return false;
  } while (accept(Symbol::kComma));
  return true;
}

/// `[ASC | DESC] [NULLS FIRST | NULLS LAST]`
bool Grammar::sort_order(bool* descending, std::optional<bool>* nulls_first) {
  const bool is_descending = !accept(Symbol::kAsc) && accept(Symbol::kDesc);
  if (descending != nullptr) *descending = is_descending;
  if (!accept(Symbol::kNulls)) return true;
  if (nulls_first != nullptr) *nulls_first = is(Symbol::kFirst);
  return accept(Symbol::kFirst) || expect(Symbol::kLast);
}

bool Grammar::limit_opt(bool* present) {
  if (!accept(Symbol::kLimit)) return true;
  if (present != nullptr) *present = true;
  if (!any_expression()) return false;
  if (accept(Symbol::kOffset) || accept(Symbol::kComma)) return any_expression();
  return true;
}

}  // namespace belay::sql::sqlite
