// INSERT, UPDATE, DELETE and SELECT as statements.

#include <algorithm>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"

namespace belay::sql::sqlite {
namespace {

/// Adds what an expression of its own reads to what its statement reads.
void add_reads(Query& query, const Expression& expression) {
  query.relations.insert(query.relations.end(), expression.relations.begin(),
                         expression.relations.end());
  query.functions.insert(query.functions.end(), expression.functions.begin(),
                         expression.functions.end());
  query.columns.insert(query.columns.end(), expression.columns.begin(), expression.columns.end());
}

std::string counts(size_t columns, size_t values) {
  return "there are " + std::to_string(columns) + " columns and " + std::to_string(values) +
         " values";
}

}  // namespace

/// WITH and the statement behind it. What WITH reads counts for that statement.
bool Grammar::with_statement() {
  {
    const SinkScope scope(*this, sinks_of(with_query_));
    if (!with_clause()) return false;
  }
  return row_statement();
}

bool Grammar::row_statement() {
  compiles_queries_ = true;
  switch (cursor_.symbol()) {
    case Symbol::kInsert:
    case Symbol::kReplace: return insert();
    case Symbol::kUpdate: return update();
    case Symbol::kDelete: return remove();
    case Symbol::kSelect:
    case Symbol::kValues: return select_statement();
    default: return unexpected();
  }
}

bool Grammar::select_statement() {
  Select out;
  out.query = std::move(with_query_);
  const SinkScope scope(*this, sinks_of(out.query));
  SelectShape shape;
  if (!select(shape) || !check_shape(shape)) return false;
  out.query.range = whole();
  return add(std::move(out));
}

bool Grammar::check_shape(const SelectShape& shape) {
  if (!shape.uneven) return true;
  return complain_at_end(cursor_.since(0),
                         shape.value_rows
                             ? "the rows of VALUES differ in length"
                             : "the SELECTs of the compound differ in their columns' number");
}

// --- INSERT ---------------------------------------------------------------------------------

bool Grammar::insert() {
  Insert out;
  out.query = std::move(with_query_);
  const SinkScope scope(*this, sinks_of(out.query));
  if (!insert_command(out) || !changed_table(out.table) || !insert_source(out)) return false;
  return add(std::move(out));
}

/// `INSERT [OR resolution] INTO` or `REPLACE INTO`
bool Grammar::insert_command(Insert& out) {
  out.replace = cursor_.take().symbol == Symbol::kReplace;
  std::string conflict;
  if (!out.replace && accept(Symbol::kOr) && !conflict_resolution(conflict)) return false;
  out.replace |= conflict == "replace";
  out.on_conflict = conflict == "ignore";
  return expect(Symbol::kInto);
}

/// What follows the table: columns, rows, what to do on a conflict.
bool Grammar::insert_source(Insert& out) {
  if (is(Symbol::kLeftParen) && !name_list(out.columns)) return false;
  if (in_trigger_) note_columns(out.columns);
  if (is(Symbol::kDefault) && !in_trigger_) {
    cursor_.take();
    out.value_rows = 1;
    return expect(Symbol::kValues) && returning_opt();
  }
  if (!begins_select(cursor_.symbol())) return unexpected();
  const uint32_t begin = cursor_.begin();
  SelectShape shape;
  if (!select(shape)) return false;
  out.value_rows = shape.value_rows;
  out.selected = std::move(shape.columns);
  out.query.range = cursor_.since(begin);
  if (!upserts(out)) return false;
  if (in_trigger_) return true;
  const bool fits = out.columns.empty() || shape.width == 0 || shape.width == out.columns.size();
  return check_shape(shape) &&
         (fits || complain_at_end(out.query.range,
                                  "there are " + std::to_string(out.columns.size()) +
                                      " columns and " + std::to_string(shape.width) + " values"));
}

/// `ON CONFLICT ...` any number of times, then RETURNING.
bool Grammar::upserts(Insert& out) {
  bool has_target = true;
  while (has_target && accept(Symbol::kOn)) {
    out.on_conflict = true;
    if (!expect(Symbol::kConflict)) return false;
    has_target = is(Symbol::kLeftParen);  // the one without a target is the last
    if (has_target && !conflict_target()) return false;
    if (!expect(Symbol::kDo)) return false;
    if (accept(Symbol::kNothing)) continue;
    if (!expect(Symbol::kUpdate, Symbol::kSet) || !set_list(nullptr) || !where_opt()) return false;
  }
  return returning_opt();
}

/// `(column, ...) [WHERE condition]`
bool Grammar::conflict_target() {
  cursor_.take();
  return sort_terms() && expect(Symbol::kRightParen) && where_opt();
}

bool Grammar::returning_opt() {
  const ByteRange place = cursor_.range();
  if (!accept(Symbol::kReturning)) return true;
  if (!result_columns()) return false;
  return !in_trigger_ || complain(place, "a statement in a trigger returns nothing");
}

// --- UPDATE and DELETE ----------------------------------------------------------------------

/// `table [AS alias]`
bool Grammar::changed_table(QualifiedName& out) {
  return qualified_name(out) && (!accept(Symbol::kAs) || any_name());
}

bool Grammar::update() {
  cursor_.take();
  Update out;
  out.query = std::move(with_query_);
  const SinkScope scope(*this, sinks_of(out.query));
  std::string conflict;
  if (accept(Symbol::kOr) && !conflict_resolution(conflict)) return false;
  if (!changed_table(out.table) || !indexed_opt() || !expect(Symbol::kSet)) return false;
  if (!set_list(&out.assignments) || !from_opt() || !where_returning(out.where)) return false;
  if (!order_and_limit(out.limited)) return false;
  for (const Assignment& assignment : out.assignments) add_reads(out.query, assignment.value);
  if (out.where) add_reads(out.query, *out.where);
  out.query.range = whole();
  return add(std::move(out));
}

bool Grammar::remove() {
  cursor_.take();
  Delete out;
  out.query = std::move(with_query_);
  const SinkScope scope(*this, sinks_of(out.query));
  if (!expect(Symbol::kFrom) || !changed_table(out.table) || !indexed_opt()) return false;
  if (!where_returning(out.where) || !order_and_limit(out.limited)) return false;
  if (out.where) add_reads(out.query, *out.where);
  out.query.range = whole();
  return add(std::move(out));
}

bool Grammar::where_returning(std::optional<Expression>& where) {
  if (accept(Symbol::kWhere) && !expression(where.emplace())) return false;
  return returning_opt();
}

/// SQLite has them where it was built with SQLITE_ENABLE_UPDATE_DELETE_LIMIT, as Debian does.
bool Grammar::order_and_limit(bool& limited) {
  const ByteRange place = cursor_.range();
  bool ordered = false;
  if (!order_by_opt(&ordered) || !limit_opt(&limited)) return false;
  return !ordered || limited || complain_at_end(place, "ORDER BY has no use here without LIMIT");
}

/// `column = value, (column, ...) = row, ...`. With null nothing is kept.
bool Grammar::set_list(std::vector<Assignment>* out) {
  do {
    std::vector<Name> columns;
    std::vector<Expression> values;
    const bool is_row = is(Symbol::kLeftParen);
    if (is_row ? !name_list(columns) : !name(columns.emplace_back())) return false;
    if (!expect(Symbol::kEqual)) return false;
    const ByteRange place = cursor_.range();
    Operand top;
    if (out == nullptr) {
      if (!operand(top, 0)) return false;
    } else if (columns.size() > 1 && is(Symbol::kLeftParen)) {
      if (!row_value(values, top)) return false;
    } else if (!expression(values.emplace_back(), &top)) {
      return false;
    }
    if (is_row) check_row(place, top, columns.size());
    if (out != nullptr) {
      assign(columns, values, *out);
    } else {
      note_columns(columns);
    }
  } while (accept(Symbol::kComma));
  return true;
}

/// Gives each column its value.
void Grammar::assign(std::vector<Name>& columns, std::vector<Expression>& values,
                     std::vector<Assignment>& out) {
  const bool one_for_all = values.size() < columns.size();
  for (size_t i = 0; i < columns.size(); ++i) {
    Expression value;
    if (i == 0 || !one_for_all) {
      value = std::move(values[i]);
    } else {  // of a subquery: what it reads stands with the first column
      value.range = out.back().value.range;
      value.has_subquery = true;
    }
    out.push_back({std::move(columns[i]), std::move(value)});
  }
}

/// What is assigned to several columns and stands in brackets: `(value, ...)` or `(SELECT ...)`.
bool Grammar::row_value(std::vector<Expression>& parts, Operand& top) {
  if (begins_select(cursor_.ahead(1))) return expression(parts.emplace_back(), &top);
  cursor_.take();
  const Marks before = marks();
  uint16_t height = 0;
  do {
    if (!expression(parts.emplace_back(), &top)) return false;
    height = std::max(height, top.height);
  } while (accept(Symbol::kComma));
  if (!expect(Symbol::kRightParen)) return false;
  if (parts.size() > 1) {
    combined(top, before);
    top.width = static_cast<uint32_t>(parts.size());
    if (!grow(top, height, 0)) return false;
  }
  return infixes(top, 0, false, before);  // which would make it a single value
}

/// The width of a row to be assigned is looked at at once, that of a subquery when it is compiled.
void Grammar::check_row(ByteRange place, const Operand& row, size_t columns) {
  if (row.width == 0 || row.width == columns) return;
  if (!row.subquery) complain(place, counts(columns, row.width));
  if (compiles_queries_) complain_at_end(place, counts(columns, row.width));
}

}  // namespace belay::sql::sqlite
