// CREATE INDEX, CREATE VIEW, DROP and ALTER TABLE.

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/scanner.h"

namespace belay::sql::sqlite {
namespace {

constexpr size_t kMaxIndexColumns = 2000;  // SQLITE_MAX_COLUMN

}  // namespace

// --- CREATE INDEX ---------------------------------------------------------------------------

bool Grammar::create_index(bool unique) {
  CreateIndex out;
  out.unique = unique;
  const uint32_t behind_index = cursor_.take().range.end;
  out.concurrently_range = {behind_index, behind_index};
  if (!if_not_exists(out.if_not_exists) || !qualified_name(out.index)) return false;
  if (!expect(Symbol::kOn) || !name(out.table.name)) return false;
  out.table.range = out.table.name.range;
  out.table.schema = out.index.schema;  // an index lies in the schema of its table
  if (!check_object_name(out.index.name)) return false;
  notes_facts_ = true;
  if (!expect(Symbol::kLeftParen) || !index_elements(out.elements)) return false;
  if (!expect(Symbol::kRightParen)) return false;
  const size_t where = facts_.size();
  if (accept(Symbol::kWhere) && !expression(out.predicate)) return false;
  return check_index(out.elements, where) && add(std::move(out));
}

/// What SQLite allows in no index. The facts of its WHERE begin at `where`.
bool Grammar::check_index(const std::vector<IndexElement>& elements, size_t where) {
  if (elements.size() > kMaxIndexColumns) {
    return complain(elements.back().range, "an index has at most 2000 columns");
  }
  for (const IndexElement& element : elements) {
    if (element.nulls_first) {
      return complain(element.range, "SQLite keeps no NULLS FIRST or LAST in an index");
    }
  }
  return complain(check_index_facts({facts_.data(), where}, IndexPlace::kKey)) &&
         complain(
             check_index_facts({facts_.data() + where, facts_.size() - where}, IndexPlace::kWhere));
}

bool Grammar::index_elements(std::vector<IndexElement>& out) {
  do {
    if (!index_element(out.emplace_back())) return false;
  } while (accept(Symbol::kComma));
  return true;
}

bool Grammar::index_element(IndexElement& out) {
  const uint32_t begin = cursor_.begin();
  Operand top;
  if (!expression(out.expression, &top)) return false;
  if (top.collation != nullptr) {
    out.collation.name = name_of(*top.collation);
    out.collation.range = out.collation.name.range;
  }
  // A string in place of a column names the column.
  const bool is_column =
      top.leaf != nullptr && is_name(top.leaf->symbol) && !top.qualified && !top.computed;
  if (is_column) {
    out.column = name_of(*top.leaf);
    out.expression = {};
  }
  if (!sort_order(&out.descending, &out.nulls_first)) return false;
  out.range = cursor_.since(begin);
  return true;
}

// --- CREATE VIEW ----------------------------------------------------------------------------

bool Grammar::create_view(bool temporary) {
  cursor_.take();
  CreateView out;
  if (!if_not_exists(out.if_not_exists) || !qualified_name(out.view)) return false;
  if (is(Symbol::kLeftParen) && !column_list(out.columns)) return false;
  if (!expect(Symbol::kAs) || !query(out.query)) return false;
  if (variable_) complain(*variable_, "a view cannot contain a parameter");
  if (!check_temporary_name(out.view, temporary) || !check_object_name(out.view.name)) {
    return false;
  }
  out.temporary = temporary || out.view.schema.id == "temp";
  return add(std::move(out));
}

// --- DROP -----------------------------------------------------------------------------------

bool Grammar::drop() {
  cursor_.take();
  const Symbol kind = cursor_.symbol();
  if (kind != Symbol::kTable && kind != Symbol::kIndex && kind != Symbol::kView &&
      kind != Symbol::kTrigger) {
    return unexpected();
  }
  cursor_.take();
  bool exists = false;
  QualifiedName name;
  if (!if_exists(exists) || !qualified_name(name)) return false;
  if (kind == Symbol::kTable) {
    DropTable out;
    out.table = std::move(name);
    out.if_exists = exists;
    return add(std::move(out));
  }
  if (kind == Symbol::kIndex) {
    DropIndex out;
    out.index = std::move(name);
    out.if_exists = exists;
    return add(std::move(out));
  }
  DropObject out;
  out.kind = kind == Symbol::kView ? ObjectKind::kView : ObjectKind::kTrigger;
  out.name = std::move(name);
  out.if_exists = exists;
  return add(std::move(out));
}

// --- ALTER TABLE ----------------------------------------------------------------------------

bool Grammar::alter_table() {
  cursor_.take();
  AlterTarget target;
  if (!expect(Symbol::kTable) || !qualified_name(target.name)) return false;
  const uint32_t begin = cursor_.begin();
  if (accept(Symbol::kRename)) return rename(std::move(target), begin);
  if (accept(Symbol::kAdd)) return add_column(std::move(target), begin);
  if (!expect(Symbol::kDrop)) return false;
  accept(Symbol::kColumn);
  DropColumn out;
  out.table = std::move(target);
  return name(out.column) && add(std::move(out), cursor_.since(begin));
}

/// Behind RENAME.
bool Grammar::rename(AlterTarget target, uint32_t begin) {
  if (accept(Symbol::kTo)) {
    RenameTable out;
    out.table = std::move(target);
    return name(out.new_name) && check_object_name(out.new_name) &&
           add(std::move(out), cursor_.since(begin));
  }
  accept(Symbol::kColumn);
  RenameColumn out;
  out.table = std::move(target);
  return name(out.column) && expect(Symbol::kTo) && name(out.new_name) &&
         add(std::move(out), cursor_.since(begin));
}

/// Behind ADD.
bool Grammar::add_column(AlterTarget target, uint32_t begin) {
  accept(Symbol::kColumn);
  CreateTable table;  // of this column alone
  TableChecks checks(cursor_.source(), facts_);
  notes_facts_ = true;
  if (!column_definition(table, checks)) return false;
  AddColumn out;
  out.table = std::move(target);
  out.column = std::move(table.columns.front());
  return add(std::move(out), cursor_.since(begin));
}

}  // namespace belay::sql::sqlite
