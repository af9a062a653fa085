#include <algorithm>

#include "analyzer/schema/generated_names.h"
#include "analyzer/schema/replay/applier.h"

namespace belay::schema {

/// What the elements of an index are called in a generated name: an expression by the function
/// that it calls.
std::vector<std::string> element_parts(const std::vector<sql::IndexElement>& elements) {
  std::vector<std::string> out;
  for (const sql::IndexElement& e : elements) {
    const bool is_call = e.expression.shape == sql::Expression::Shape::kCall;
    out.push_back(is_call && !e.expression.functions.empty()
                      ? e.expression.functions.front().name.id
                      : e.column.id);
  }
  return postgres_index_parts(out);
}

static bool find_index(const std::vector<Shared<Index>>& indexes, std::string_view name) {
  return std::any_of(indexes.begin(), indexes.end(),
                     [&](const Index& i) { return i.name == name; });
}

std::string Applier::element_text(const sql::IndexElement& element) const {
  std::string out = element.column.empty()
                        ? expression_text(element.expression, text_, engine_).text
                        : element.column.id;
  if (!element.collation.empty()) out += " collate " + element.collation.to_string();
  if (!element.operator_class.empty()) out += " " + element.operator_class.to_string();
  if (element.descending) out += " desc";
  // The defaults of PostgreSQL: NULLs are larger than everything.
  if (element.nulls_first && *element.nulls_first != element.descending) {
    out += *element.nulls_first ? " nulls first" : " nulls last";
  }
  return out;
}

Index Applier::index(const Table& table, const sql::CreateIndex& op) {
  Index out;
  for (const sql::IndexElement& e : op.elements) {
    out.columns.push_back(e.column.id);
    out.elements.push_back(element_text(e));
    if (!e.column.empty()) out.mentioned_columns.push_back(e.column.id);
    for (const sql::Name& n : e.expression.columns) out.mentioned_columns.push_back(n.id);
  }
  out.include = ids(op.include);
  for (const sql::Name& n : op.include) out.mentioned_columns.push_back(n.id);
  for (const sql::Name& n : op.predicate.columns) out.mentioned_columns.push_back(n.id);
  out.name = op.index.name.id;
  if (out.name.empty()) {
    const std::string part = postgres_column_part(element_parts(op.elements));
    out.name = postgres_object_name(table.name, part, "idx", [&](const std::string& name) {
      return schema_.has_relation(schema_.key(table.schema, name));
    });
  }
  out.unique = op.unique;
  out.partial = !op.predicate.empty();
  if (out.partial) out.predicate = expression_text(op.predicate, text_, engine_);
  out.method = op.method == "btree" ? "" : op.method;
  out.nulls_not_distinct = op.nulls_not_distinct;
  set_options(out.attributes, op.options, false);
  if (!op.tablespace.empty()) out.attributes.set("tablespace", op.tablespace.id);
  out.origin = origin_;
  return out;
}

/// A name in double quotes that is no column's is a text for SQLite.
void Applier::refuse_missing_columns(const Table& table, const sql::CreateIndex& op) {
  const auto needs = [&](const sql::Name& name) {
    if (name.empty()) return;
    if (const Column* column = table.column(name.id)) {
      for (const std::string& from : column->generation.columns) {
        const Column* source = table.column(from);
        if (source != nullptr && source->generated == Column::Generated::kNo) continue;
        may_fail("`" + name.id + "` is generated from `" + from + "`, which may lead back to it");
      }
      return;
    }
    if (name.range.of(text_).starts_with('"')) {
      may_fail("`" + name.id + "` is no column of `" + table.name + "`, but may be read as a text");
    } else {
      needs_column(table, name.id);
    }
  };
  for (const sql::IndexElement& e : op.elements) {
    needs(e.column);
    for (const sql::Name& n : e.expression.columns) needs(n);
  }
  for (const sql::Name& n : op.predicate.columns) needs(n);
}

void Applier::operator()(const sql::CreateIndex& op) {
  const std::string table_key = schema_.key(op.table);
  if (View* view = schema_.own_view(table_key)) {
    Table as_table;
    as_table.schema = view->schema;
    as_table.name = view->name;
    Index made = index(as_table, op);
    schema_.put_relation(schema_.key(view->schema, made.name), IndexName{table_key});
    schema_.own_view(table_key)->indexes.push_back(std::move(made));
    return;
  }
  Table* table = table_to_change(op.table);
  if (table == nullptr) return;
  Index made = index(*table, op);
  const std::string key =
      schema_.key(op.index.schema.empty() ? table->schema : op.index.schema.id, made.name);
  if (schema_.has_relation(key)) {
    if (op.if_not_exists) return;
    fail("relation " + quoted(key) + " exists already");
  }
  if (sqlite()) {
    refuse_missing_columns(*table, op);
  } else {
    for (const std::string& column : made.mentioned_columns) needs_column(*table, column);
  }
  schema_.put_relation(key, IndexName{table_key});
  table->indexes.push_back(std::move(made));
}

void Applier::operator()(const sql::DropIndex& op) {
  const std::string key = schema_.key(op.index);
  const std::string& name = op.index.name.id;
  if (const Table* owner = schema_.table_of_index(key)) {
    const std::string table = schema_.key(owner->schema, owner->name);
    const Index* index = owner->index(name);
    if (index != nullptr && index->of_constraint) {
      fail("the index `" + name + "` belongs to a constraint of " + quoted(table));
    }
    if (index != nullptr && index->unique && !op.cascade && postgres()) {
      const std::vector<std::string> columns = index->columns;
      schema_.for_each_table([&](const std::string& other, const Table& t) {
        for (const Constraint& c : t.constraints) {
          if (c.referenced_table == table && c.referenced_columns == columns && !columns.empty() &&
              owner->primary_key() != nullptr && owner->primary_key()->columns != columns) {
            may_fail("the foreign key `" + c.name + "` of " + quoted(other) +
                     " may lean on the index `" + name + "`");
          }
        }
      });
    }
    std::erase_if(schema_.own_table(table)->indexes,
                  [&](const Index& i) { return i.name == name; });
  } else if (!schema_.has_relation(key)) {
    if (!op.if_exists) missing("index", key);
  }
  Keys views;
  schema_.for_each_view([&](const std::string& view_key, const View& view) {
    if (find_index(view.indexes, name)) views.insert(view_key);
  });
  for (const std::string& view : views) {
    std::erase_if(schema_.own_view(view)->indexes, [&](const Index& i) { return i.name == name; });
  }
  schema_.drop_relation(key);
}

}  // namespace belay::schema
