#include "analyzer/rollback/data_loss.h"

#include "analyzer/effects/type_change.h"
#include "analyzer/rollback/row_flow.h"

namespace belay::rollback {
namespace {

using Kind = DataLoss::Kind;

class Finder {
 public:
  Finder(const sql::ParsedScript& script, size_t statement, size_t operation,
         const schema::Schema& before, uint32_t script_id)
      : parsed_(script),
        statement_(statement),
        operation_(operation),
        before_(before),
        script_(script_id) {}

  std::vector<DataLoss> take() && { return std::move(out_); }

  void operator()(const sql::DropTable& op) {
    if (is_made_here(op.table)) return;
    if (op.if_exists && before_.table(op.table) == nullptr) return;
    const std::string key = before_.key(op.table);
    const RowsKept kept = rows_kept(parsed_, statement_, operation_, before_, key);
    if (kept == RowsKept::kNone) return add(Kind::kTable, op.table, "", op.table.range);
    if (kept == RowsKept::kSome) add(Kind::kSomeRows, op.table, "", op.table.range);
    for (std::string& column : columns_left_behind(parsed_, statement_, operation_, before_, key)) {
      if (before_.table(key)->has_column_made_by(script_, column)) continue;
      add(Kind::kColumn, op.table, std::move(column), op.table.range);
    }
  }
  void operator()(const sql::Truncate& op) {
    if (!is_made_here(op.table)) add(Kind::kAllRows, op.table, "", op.table.range);
  }
  void operator()(const sql::Delete& op) {
    if (is_made_here(op.table)) return;
    const bool all = !op.where || op.where->always_true;
    add(all && op.query.relations.empty() ? Kind::kAllRows : Kind::kSomeRows, op.table, "",
        op.table.range);
  }
  void operator()(const sql::Update& op) {
    if (is_made_here(op.table)) return;
    for (const sql::Assignment& a : op.assignments) {
      const schema::Table* table = before_.table(op.table);
      if (table != nullptr && table->has_column_made_by(script_, a.column.id)) continue;
      add(Kind::kValues, op.table, a.column.id, a.column.range);
    }
  }
  void operator()(const sql::DropColumn& op) {
    if (is_made_here(op.table.name)) return;
    const schema::Table* table = before_.table(op.table.name);
    const schema::Column* column = table == nullptr ? nullptr : table->column(op.column.id);
    if (column != nullptr && (table->has_column_made_by(script_, op.column.id) ||
                              column->generated != schema::Column::Generated::kNo)) {
      return;
    }
    if (op.if_exists && table != nullptr && table->complete && column == nullptr) return;
    add(Kind::kColumn, op.table.name, op.column.id, op.column.range);
  }
  void operator()(const sql::AlterColumnType& op) {
    if (is_made_here(op.table.name)) return;
    const schema::Table* table = before_.table(op.table.name);
    const schema::Column* column = table == nullptr ? nullptr : table->column(op.column.id);
    if (column == nullptr || column->type.name.empty()) return;
    const schema::Type to{op.type.name.to_string(), op.type.modifiers, op.type.array_dimensions};
    if (effects::value_change(column->type, to) == effects::ValueChange::kNarrowed) {
      add(Kind::kPrecision, op.table.name, op.column.id, op.type.range);
      out_.back().narrowed_to = to;
    }
  }

  template <class T>
  void operator()(const T&) {}

 private:
  bool is_made_here(const sql::QualifiedName& name) const {
    const schema::Table* table = before_.table(name);
    return table != nullptr && (table->temporary || table->made_by(script_));
  }
  void add(Kind kind, const sql::QualifiedName& table, std::string column, ByteRange range) {
    out_.push_back({kind, before_.display(before_.key(table)), std::move(column), range});
  }

  const sql::ParsedScript& parsed_;
  size_t statement_;
  size_t operation_;
  const schema::Schema& before_;
  uint32_t script_;
  std::vector<DataLoss> out_;
};

}  // namespace

std::string DataLoss::to_string() const {
  switch (kind) {
    case Kind::kTable: return "the table " + table;
    case Kind::kColumn: return "the values of " + table + "." + column;
    case Kind::kAllRows: return "all rows of " + table;
    case Kind::kSomeRows: return "rows of " + table;
    case Kind::kValues: return "what " + table + "." + column + " held before";
    case Kind::kPrecision: return "what does not fit into " + table + "." + column;
  }
  return "";
}

std::vector<DataLoss> data_losses(const sql::ParsedScript& script, size_t statement,
                                  size_t operation, const schema::Schema& before,
                                  uint32_t script_id) {
  Finder finder(script, statement, operation, before, script_id);
  std::visit(finder, script.statements[statement].parsed->operations[operation].data);
  return std::move(finder).take();
}

}  // namespace belay::rollback
