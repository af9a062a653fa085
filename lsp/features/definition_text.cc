#include "lsp/features/definition_text.h"

#include "analyzer/schema/compare.h"
#include "support/joined.h"

namespace belay::lsp {
namespace {

/// As a person would write it down, to be read and not to be run.
std::string table_text(const schema::Schema& schema, const std::string& key,
                       const schema::Table& table) {
  std::string out = schema.display(key) + " (";
  const auto line = [&](const std::string& text) {
    if (!text.empty()) out += std::string(out.ends_with('(') ? "" : ",") + "\n  " + text;
  };
  for (const schema::Column& column : table.columns) line(column_text(column));
  for (const schema::Constraint& c : table.constraints) {
    if (c.kind != sql::ConstraintKind::kNotNull) line(schema::describe(c, schema));
  }
  out += "\n)";
  for (const schema::Index& index : table.indexes) {
    if (index.of_constraint) continue;
    out += "\n-- " + std::string(index.unique ? "unique index " : "index ") + index.name + " (" +
           joined(index.elements) + ")";
  }
  if (!table.complete) out += "\n-- and what no migration tells of";
  return out;
}

}  // namespace

std::string column_text(const schema::Column& column) {
  std::string out = column.name;
  if (!column.type.name.empty()) out += " " + column.type.to_string();
  if (column.not_null) out += " NOT NULL";
  if (column.default_value) out += " DEFAULT " + column.default_value->text;
  if (column.generated != schema::Column::Generated::kNo) {
    out += " GENERATED ALWAYS AS (" + column.generation.text + ")";
  }
  return out;
}

std::string definition_text(const schema::Schema& schema, const names::Object& object) {
  const schema::Table* table = schema.table(std::string_view(object.key));
  switch (object.kind) {
    case names::Kind::kRelation:
      if (table != nullptr) return table_text(schema, object.key, *table);
      if (const schema::View* view = schema.view(object.key)) {
        return "view " + schema.display(object.key) +
               (view->outputs.empty() ? "" : " (" + joined(view->outputs) + ")");
      }
      return {};
    case names::Kind::kColumn: {
      const schema::Column* column = table == nullptr ? nullptr : table->column(object.part);
      return column == nullptr ? "" : schema.display(object.key) + "." + column_text(*column);
    }
    case names::Kind::kConstraint: {
      const schema::Constraint* c = table == nullptr ? nullptr : table->constraint(object.part);
      return c == nullptr ? "" : object.part + ": " + schema::describe(*c, schema);
    }
    case names::Kind::kType: {
      const schema::UserType* type = schema.type_at(object.key);
      if (type == nullptr || type->form != schema::UserType::Form::kEnum) return {};
      return "enum " + schema.display(object.key) + " (" + joined(type->values) + ")";
    }
    case names::Kind::kIndex:
    case names::Kind::kFunction: return {};
  }
  return {};
}

std::string sql_block(const std::string& sql) {
  // A name may hold anything, also what ends a block of code.
  const std::string fence = sql.find("```") == std::string::npos ? "```" : "~~~~";
  return fence + "sql\n" + sql + "\n" + fence;
}

}  // namespace belay::lsp
