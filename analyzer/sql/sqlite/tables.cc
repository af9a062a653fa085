// CREATE TABLE, CREATE VIRTUAL TABLE and column definitions.

#include <algorithm>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

/// Columns that most tables have room for: growing a list of definitions is dear.
constexpr size_t kUsualColumns = 8;

bool begins_table_constraint(Symbol s) {
  return s == Symbol::kConstraint || s == Symbol::kPrimary || s == Symbol::kUnique ||
         s == Symbol::kCheck || s == Symbol::kForeign;
}

}  // namespace

bool Grammar::create() {
  cursor_.take();
  const bool temporary = accept(Symbol::kTemp);
  switch (cursor_.symbol()) {
    case Symbol::kTable: return create_table(temporary);
    case Symbol::kView: return create_view(temporary);
    case Symbol::kTrigger: return create_trigger(temporary);
    default: break;
  }
  if (temporary) return unexpected();
  if (accept(Symbol::kUnique)) return is(Symbol::kIndex) ? create_index(true) : unexpected();
  if (is(Symbol::kIndex)) return create_index(false);
  return is(Symbol::kVirtual) ? create_virtual_table() : unexpected();
}

/// `temp.t` may be created with TEMP, `main.t` not.
bool Grammar::check_temporary_name(const QualifiedName& name, bool temporary) {
  if (!temporary || name.schema.empty() || name.schema.id == "temp") return true;
  return complain(name.range, "a temporary table or view lies in no other schema than temp");
}

bool Grammar::create_table(bool temporary) {
  cursor_.take();
  CreateTable out;
  out.temporary = temporary;
  if (!if_not_exists(out.if_not_exists) || !qualified_name(out.table)) return false;
  if (!check_temporary_name(out.table, temporary) || !check_object_name(out.table.name)) {
    return false;
  }
  out.temporary |= out.table.schema.id == "temp";
  if (accept(Symbol::kAs)) {
    compiles_queries_ = true;
    SelectShape shape;
    if (!query(out.as_query.emplace(), &shape) || !check_shape(shape)) return false;
    return add(std::move(out));
  }
  TableChecks checks(cursor_.source(), facts_);
  notes_facts_ = true;
  if (!create_table_body(out, checks) || !table_options(out) || !complain(checks.finish(out))) {
    return false;
  }
  return add(std::move(out));
}

bool Grammar::create_table_body(CreateTable& out, TableChecks& checks) {
  out.columns.reserve(kUsualColumns);
  if (!expect(Symbol::kLeftParen) || !column_definition(out, checks)) return false;
  while (accept(Symbol::kComma)) {
    if (begins_table_constraint(cursor_.symbol())) {
      if (!table_constraints(out, checks)) return false;
      break;
    }
    if (!column_definition(out, checks)) return false;
  }
  return expect(Symbol::kRightParen);
}

/// `WITHOUT ROWID`, `STRICT`
bool Grammar::table_options(CreateTable& out) {
  if (!is(Symbol::kComma) && !is_name(cursor_.symbol())) return true;
  // The grammar lets the list begin with a comma.
  if (is_name(cursor_.symbol()) && !table_option(out)) return false;
  while (accept(Symbol::kComma)) {
    if (!table_option(out)) return false;
  }
  return true;
}

bool Grammar::table_option(CreateTable& out) {
  const bool without = accept(Symbol::kWithout);
  if (!is_name(cursor_.symbol())) return unexpected();
  const SqliteLexeme& option = cursor_.take();
  const std::string_view word = text_of(option);
  if (ascii::equal_ignoring_case(word, without ? "rowid" : "strict")) {
    (without ? out.without_rowid : out.strict) = true;
    return true;
  }
  return complain(option.range, "SQLite knows no table options but WITHOUT ROWID and STRICT");
}

// --- columns --------------------------------------------------------------------------------

bool Grammar::column_definition(CreateTable& out, TableChecks& checks) {
  const uint32_t begin = cursor_.begin();
  const SqliteLexeme* generated = nullptr;
  ColumnDefinition& column = out.columns.emplace_back();
  column_foreign_key_.reset();
  if (!name(column.name) || !type_name(column.type, &generated)) return false;
  if (!complain(checks.add_column(out))) return false;
  if (generated != nullptr && is(Symbol::kAs)) {
    if (!generated_clause(out, checks, generated->range.begin)) return false;
  }
  if (!column_constraints(out, checks)) return false;
  column.range = cursor_.since(begin);
  return true;
}

/// Any number of names and strings, then perhaps one or two numbers in brackets.
///
/// SQLite's generated parser takes GENERATED ALWAYS for words of the type, and the code behind it
/// cuts them off again. `generated`, where asked for, is then the first of the two.
bool Grammar::type_name(TypeName& out, const SqliteLexeme** generated) {
  if (!is_id_or_string(cursor_.symbol())) return true;
  const SqliteLexeme* const first = &cursor_.here();
  while (is_id_or_string(cursor_.symbol())) cursor_.take();
  const SqliteLexeme* last = &cursor_.here();
  if (generated != nullptr && last - first >= 2 && last[-2].symbol == Symbol::kGenerated &&
      last[-1].symbol == Symbol::kAlways && !is(Symbol::kLeftParen)) {
    last -= 2;
    *generated = last;
    if (last == first) return true;
  }
  Name& name = out.name.name;
  name = name_of(*first);
  for (const SqliteLexeme* word = first + 1; word < last; ++word) {
    name.id += ' ';
    name.id += folded(text_of(*word));
  }
  name.range = {first->range.begin, last[-1].range.end};
  out.name.range = name.range;
  out.range = name.range;
  if (!accept(Symbol::kLeftParen)) return true;
  if (!type_modifier(out)) return false;
  if (accept(Symbol::kComma) && !type_modifier(out)) return false;
  if (!expect(Symbol::kRightParen)) return false;
  out.range = cursor_.since(first->range.begin);
  return true;
}

bool Grammar::type_modifier(TypeName& out) {
  const bool negative = accept(Symbol::kMinus);
  if (!negative) accept(Symbol::kPlus);
  if (!is(Symbol::kNumber)) return unexpected();
  std::string& modifier = out.modifiers.emplace_back(text_of(cursor_.take()));
  if (negative) modifier.insert(modifier.begin(), '-');
  return true;
}

bool Grammar::default_clause(ColumnDefinition& column, TableChecks& checks) {
  const uint32_t begin = cursor_.take().range.begin;
  Expression& value = column.default_value.emplace();
  const uint32_t value_begin = cursor_.begin();
  if (accept(Symbol::kLeftParen)) {
    const size_t from = facts_.size();
    if (!expression(value) || !expect(Symbol::kRightParen)) return false;
    if (!complain(checks.default_value(from, cursor_.since(value_begin)))) return false;
    facts_.resize(from);
  } else if (!simple_default(value)) {
    return false;
  }
  value.range = cursor_.since(value_begin);
  if (column.generated != ColumnDefinition::Generated::kNo) {
    return complain(cursor_.since(begin), "a generated column has no default");
  }
  column.default_range = cursor_.since(begin);
  return true;
}

/// A default without brackets: a literal, perhaps with a sign, or a name, which stands for itself.
bool Grammar::simple_default(Expression& out) {
  const SinkScope scope(*this,
                        {&out.functions, nullptr, nullptr, nullptr, nullptr, nullptr, sinks_.star});
  const Symbol sign = cursor_.symbol();
  const bool has_sign = accept(Symbol::kPlus) || accept(Symbol::kMinus);
  Operand value;
  switch (cursor_.symbol()) {
    case Symbol::kNull:
    case Symbol::kNumber:
    case Symbol::kBlob:
    case Symbol::kString: literal(value); break;
    case Symbol::kCurrentTime: current_time(value); break;
    default:
      if (has_sign || !is_id_or_indexed(cursor_.symbol())) return unexpected();
      value.leaf = &cursor_.take();
      if (value.leaf->symbol != Symbol::kPlaceholder) value.shape = Expression::Shape::kLiteral;
  }
  if (sign == Symbol::kMinus) {
    value.negative = value.leaf != nullptr && value.leaf->symbol == Symbol::kNumber;
    if (!value.negative) value.shape = Expression::Shape::kOther;
  }
  fill(out, value);
  return true;
}

/// `[GENERATED ALWAYS] AS (expression) [STORED | VIRTUAL]`
bool Grammar::generated_clause(CreateTable& out, TableChecks& checks, uint32_t begin) {
  ColumnDefinition& column = out.columns.back();
  if (accept(Symbol::kGenerated) && !expect(Symbol::kAlways)) return false;
  if (!expect(Symbol::kAs, Symbol::kLeftParen)) return false;
  const size_t from = facts_.size();
  Expression generation;
  if (!expression(generation) || !expect(Symbol::kRightParen)) return false;
  auto kind = ColumnDefinition::Generated::kVirtual;
  if (is_id(cursor_.symbol())) {
    const SqliteLexeme& word = cursor_.take();
    if (ascii::equal_ignoring_case(text_of(word), "stored")) {
      kind = ColumnDefinition::Generated::kStored;
    } else if (!ascii::equal_ignoring_case(text_of(word), "virtual")) {
      complain(word.range, "a generated column is STORED or VIRTUAL");
    }
  }
  const ByteRange clause = cursor_.since(begin);
  if (!complain(checks.generated(column, from, clause))) return false;
  column.generation = std::move(generation);
  column.generated = kind;
  column.default_range = clause;
  return true;
}

// --- virtual tables -------------------------------------------------------------------------

bool Grammar::create_virtual_table() {
  cursor_.take();
  CreateTable out;
  if (!expect(Symbol::kTable) || !if_not_exists(out.if_not_exists)) return false;
  if (!qualified_name(out.table) || !check_object_name(out.table.name)) return false;
  if (!expect(Symbol::kUsing) || !name(out.virtual_module)) return false;
  if (accept(Symbol::kLeftParen) && !module_arguments(out)) return false;
  return add(std::move(out));
}

/// Up to the closing bracket: anything, cut at the commas outside inner brackets.
bool Grammar::module_arguments(CreateTable& out) {
  uint32_t depth = 0;
  uint32_t begin = cursor_.begin();
  const SqliteLexeme* first = &cursor_.here();
  for (;;) {
    const Symbol s = cursor_.symbol();
    if (cursor_.at_end() || s == Symbol::kIllegal) return unexpected();
    if (depth == 0 && (s == Symbol::kComma || s == Symbol::kRightParen)) {
      if (&cursor_.here() != first) add_module_argument(out, *first, cursor_.since(begin));
      cursor_.take();
      if (s == Symbol::kRightParen) return true;
      begin = cursor_.begin();
      first = &cursor_.here();
      continue;
    }
    if (s == Symbol::kLeftParen) ++depth;
    if (s == Symbol::kRightParen) --depth;
    cursor_.take();
  }
}

/// `name`, `name and more` or `name = value`.
void Grammar::add_module_argument(CreateTable& out, const SqliteLexeme& first, ByteRange range) {
  Option& option = out.options.emplace_back();
  option.name = name_of(first);
  option.range = range;
  const uint32_t rest =
      (&first)[1].symbol == Symbol::kEqual ? (&first)[1].range.end : first.range.end;
  if (rest < range.end) {
    option.value = ascii::trim(ByteRange{rest, range.end}.of(cursor_.source()));
  }
}

}  // namespace belay::sql::sqlite
