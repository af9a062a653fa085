#include "lsp/features/completion/schema_items.h"

#include <algorithm>
#include <set>

#include "analyzer/names/mentions.h"
#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/schema/compare.h"
#include "analyzer/sql/quoted_name.h"
#include "lsp/features/sql_words.h"
#include "support/ascii.h"
#include "support/contains.h"
#include "support/joined.h"

namespace belay::lsp {
namespace {

class Adder {
 public:
  Adder(const SqlPlace& place, const Expectation& expected, const CompletionItemData& origin,
        ItemList& out)
      : place_(place), schema_(place.before), expected_(expected), origin_(origin), out_(out) {
    find_qualifier();
  }

  void run() {
    for (const Expected kind : expected_.kinds) {
      add(kind);
      out_.next_group();
    }
  }

 private:
  Engine engine() const { return schema_.dialect().engine; }
  bool expects(Expected kind) const {
    return std::find(expected_.kinds.begin(), expected_.kinds.end(), kind) != expected_.kinds.end();
  }

  /// What stands before the cursor with a dot: a schema, or a table by its name or alias.
  void find_qualifier() {
    const std::vector<std::string>& parts = expected_.qualifiers;
    if (parts.empty()) return;
    if (expects(Expected::kColumns)) {
      const bool with_schema = parts.size() > 1;
      for (const TableReference& table : expected_.tables) {
        const bool same =
            with_schema ? table.schema == parts[parts.size() - 2] && table.name == parts.back()
                        : table.alias == parts.back() ||
                              (table.alias.empty() && table.name == parts.back());
        if (same) tables_ = {table};
      }
      if (tables_.empty()) {
        const TableReference table = {with_schema ? parts[parts.size() - 2] : "", parts.back(), ""};
        if (schema_.has_relation(key_of(schema_, table))) tables_ = {table};
      }
      if (!tables_.empty()) return;
    }
    schema_name_ = parts.back();
  }

  void add(Expected kind) {
    switch (kind) {
      case Expected::kTables: return add_tables(), add_views();
      case Expected::kViews: return add_views();
      case Expected::kColumns: return add_columns();
      case Expected::kConstraints: return add_constraints();
      case Expected::kIndexes: return add_indexes();
      case Expected::kTypes: return add_builtin_types(), add_user_types();
      case Expected::kUserTypes: return add_user_types();
      case Expected::kFunctions: return add_functions();
      case Expected::kSequences:
        return schema_.for_each_sequence([&](const std::string& key, const schema::Sequence&) {
          object(key, CompletionItemKind::kValue, names::Kind::kRelation, "sequence");
        });
    }
  }

  // --- items
  void insert_as(CompletionItem& item, const std::string& id, const std::string& written) {
    item.new_text = written;
    // A client compares with what is typed: with its quote, where it begins with one.
    if (place_.typed.quoted) {
      const std::string name = sql::quoted_name(engine(), id);
      const char quote = place_.text[place_.typed.word.begin];
      const std::string in_quotes = name != id ? name : quote + id + (quote == '[' ? ']' : quote);
      item.new_text = in_quotes;
      item.filter_text = in_quotes;
    } else if (item.label != id) {
      item.filter_text = id;
    }
  }

  /// An object with a key of its own. None where it is in another schema than the one written.
  CompletionItem* object(const std::string& key, CompletionItemKind kind, names::Kind named,
                         std::string detail) {
    const std::string_view id = rollback::bare_name(key);
    std::string written;
    if (schema_name_.empty()) {
      written = rollback::DdlWriter(schema_).object(key);
    } else {
      if (rollback::schema_of(key) != schema_name_) return nullptr;
      written = sql::quoted_name(engine(), id);
    }
    std::string label = schema_name_.empty() ? schema_.display(key) : std::string(id);
    // A name in quotes needs its schema before them, where nothing can be put.
    if (place_.typed.quoted && label != id) return nullptr;
    CompletionItem& item = out_.add(std::move(label), kind);
    item.detail = std::move(detail);
    insert_as(item, std::string(id), written);
    about(item, named, key, "");
    return &item;
  }

  void part(const std::string& key, const std::string& name, CompletionItemKind kind,
            names::Kind named, std::string detail) {
    if (contains(expected_.listed, name)) return;
    CompletionItem& item = out_.add(name, kind);
    item.detail = std::move(detail);
    insert_as(item, name, sql::quoted_name(engine(), name));
    about(item, named, key, name);
  }

  void about(CompletionItem& item, names::Kind named, const std::string& key,
             const std::string& name) {
    item.data = origin_;
    item.data->kind = static_cast<uint8_t>(named);
    item.data->key = key;
    item.data->part = name;
  }

  // --- kinds
  void add_tables() {
    schema_.for_each_table([&](const std::string& key, const schema::Table& table) {
      const size_t columns = table.columns.size();
      std::string detail = table.known
                               ? std::to_string(columns) + " column" + (columns == 1 ? "" : "s")
                               : "no migration makes it";
      object(key, CompletionItemKind::kStruct, names::Kind::kRelation, std::move(detail));
    });
  }

  void add_views() {
    schema_.for_each_view([&](const std::string& key, const schema::View& view) {
      object(key, CompletionItemKind::kInterface, names::Kind::kRelation,
             view.materialized ? "materialized view" : "view");
    });
  }

  const std::vector<TableReference>& tables() const {
    return tables_.empty() ? expected_.tables : tables_;
  }

  void add_columns() {
    if (!schema_name_.empty()) return;
    for (const std::string& name : expected_.own_columns) {
      if (contains(expected_.listed, name)) continue;
      CompletionItem& item = out_.add(name, CompletionItemKind::kField);
      insert_as(item, name, sql::quoted_name(engine(), name));
    }
    const bool several = tables().size() > 1;
    std::set<std::string> added;
    for (const TableReference& reference : tables()) {
      const std::string key = key_of(schema_, reference);
      if (added.insert(key).second) add_columns_of(key, several);
    }
  }

  void add_columns_of(const std::string& key, bool several) {
    if (const schema::Table* table = schema_.table(std::string_view(key))) {
      for (const schema::Column& column : table->columns) {
        std::string detail = column.type.to_string();
        if (column.not_null) detail += " NOT NULL";
        if (several) detail += " · " + schema_.display(key);
        part(key, column.name, CompletionItemKind::kField, names::Kind::kColumn, std::move(detail));
      }
    } else if (const schema::View* view = schema_.view(key)) {
      for (const std::string& name : view->outputs) {
        part(key, name, CompletionItemKind::kField, names::Kind::kColumn, schema_.display(key));
      }
    }
  }

  void add_constraints() {
    for (const TableReference& reference : expected_.tables) {
      const std::string key = key_of(schema_, reference);
      const schema::Table* table = schema_.table(std::string_view(key));
      if (table == nullptr) continue;
      for (const schema::Constraint& c : table->constraints) {
        if (c.name.empty() || c.kind == sql::ConstraintKind::kNotNull) continue;
        part(key, c.name, CompletionItemKind::kProperty, names::Kind::kConstraint,
             schema::describe(c, schema_));
      }
    }
  }

  void add_indexes() {
    const auto add_of = [&](const std::string& key, const schema::Table& table) {
      for (const schema::Index& index : table.indexes) {
        if (index.of_constraint) continue;
        object(schema_.key(rollback::schema_of(key), index.name), CompletionItemKind::kReference,
               names::Kind::kIndex, schema_.display(key) + " (" + joined(index.elements) + ")");
      }
    };
    if (!expected_.tables.empty()) {
      const std::string key = key_of(schema_, expected_.tables.front());
      if (const schema::Table* table = schema_.table(std::string_view(key))) add_of(key, *table);
      return;
    }
    schema_.for_each_table(add_of);
  }

  void add_builtin_types() {
    if (!schema_name_.empty() || place_.typed.quoted) return;
    const bool capitals = writes_types_in_capitals(place_.text, engine());
    for (const std::string_view type : builtin_types(engine())) {
      out_.add(capitals ? ascii::upper(type) : std::string(type),
               CompletionItemKind::kTypeParameter);
    }
  }

  void add_user_types() {
    schema_.for_each_type([&](const std::string& key, const schema::UserType& type) {
      using Form = schema::UserType::Form;
      std::string detail = type.form == Form::kEnum     ? "enum (" + joined(type.values) + ")"
                           : type.form == Form::kDomain ? "domain over " + type.base.to_string()
                                                        : "type";
      object(key, CompletionItemKind::kEnum, names::Kind::kType, std::move(detail));
    });
  }

  void add_functions() {
    schema_.for_each_function([&](const std::string& key, const schema::Function& function) {
      object(key, CompletionItemKind::kFunction, names::Kind::kFunction,
             "(" + function.arguments + ")" +
                 (function.returns.empty() ? "" : " " + function.returns));
    });
  }

  const SqlPlace& place_;
  const schema::Schema& schema_;
  const Expectation& expected_;
  const CompletionItemData& origin_;
  ItemList& out_;
  std::vector<TableReference> tables_;  ///< the one that the qualifier means
  std::string schema_name_;             ///< that the qualifier means; empty: none
};

}  // namespace

std::string key_of(const schema::Schema& schema, const TableReference& table) {
  sql::QualifiedName name;
  name.schema.id = table.schema;
  name.name.id = table.name;
  return schema.key(name);
}

void add_schema_items(const SqlPlace& place, const Expectation& expected,
                      const CompletionItemData& origin, ItemList& out) {
  Adder(place, expected, origin, out).run();
}

}  // namespace belay::lsp
