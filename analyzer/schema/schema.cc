#include "analyzer/schema/schema.h"

#include <algorithm>

namespace belay::schema {
namespace {

template <class T>
const T* find_named(const std::vector<Shared<T>>& items, std::string_view name) {
  const auto at =
      std::find_if(items.begin(), items.end(), [&](const T& item) { return item.name == name; });
  return at == items.end() ? nullptr : &**at;
}

}  // namespace

std::string_view default_schema(Engine engine) {
  switch (engine) {
    case Engine::kPostgres: return "public";
    case Engine::kSqlite: return "main";
    case Engine::kMysql:
    case Engine::kMariadb: return "";  // the database of the connection
  }
  return "";
}

std::string Type::to_string() const {
  std::string out = name;
  if (!modifiers.empty()) {
    out += '(';
    for (size_t i = 0; i < modifiers.size(); ++i) out += (i == 0 ? "" : ",") + modifiers[i];
    out += ')';
  }
  for (int i = 0; i < array_dimensions; ++i) out += "[]";
  return out;
}

const Column* Table::column(std::string_view column_name) const {
  return find_named(columns, column_name);
}

const Constraint* Table::constraint(std::string_view constraint_name) const {
  return constraint_name.empty() ? nullptr : find_named(constraints, constraint_name);
}

const Constraint* Table::primary_key() const {
  for (const Constraint& c : constraints) {
    if (c.kind == sql::ConstraintKind::kPrimaryKey) return &c;
  }
  return nullptr;
}

const Index* Table::index(std::string_view index_name) const {
  return find_named(indexes, index_name);
}

bool Table::in_primary_key(std::string_view column_name) const {
  const Constraint* key = primary_key();
  return key != nullptr &&
         std::find(key->columns.begin(), key->columns.end(), column_name) != key->columns.end();
}

Schema::Schema(Dialect dialect)
    : dialect_(dialect), default_schema_(schema::default_schema(dialect.engine)) {}

std::string Schema::key(const sql::QualifiedName& name) const {
  return key(name.schema.id, name.name.id);
}

std::string Schema::key(std::string_view schema, std::string_view name) const {
  std::string out(schema.empty() ? std::string_view(default_schema_) : schema);
  out += '.';
  return out.append(name);
}

std::string Schema::display(std::string_view key) const {
  const size_t dot = key.find('.');
  if (key.substr(0, dot) == default_schema_) key.remove_prefix(dot + 1);
  return std::string(key);
}

const Table* Schema::table_of_index(std::string_view index_key) const {
  const auto* name = find<IndexName>(relations_, index_key);
  return name == nullptr ? nullptr : table(name->table);
}

const UserType* Schema::type(std::string_view name) const {
  const size_t dot = name.find('.');
  const std::string full = dot == std::string_view::npos
                               ? key("", name)
                               : key(name.substr(0, dot), name.substr(dot + 1));
  return find<UserType>(types_, full);
}

const Function* Schema::function(const sql::QualifiedName& name) const {
  return find<Function>(functions_, key(name));
}

Schema::Difference Schema::difference(const Schema& a, const Schema& b) {
  Difference out;
  PersistentMap<Object>::for_each_difference(
      a.relations_, b.relations_, [&](const std::string& k) { out.relations.push_back(k); });
  const auto note = [&](const std::string&) { out.other = true; };
  PersistentMap<Object>::for_each_difference(a.types_, b.types_, note);
  PersistentMap<Object>::for_each_difference(a.functions_, b.functions_, note);
  out.other |= a.uncertainties_ != b.uncertainties_ || a.default_schema_ != b.default_schema_;
  return out;
}

void Schema::put_relation(const std::string& key, Object object) {
  may_have_views_ |= std::holds_alternative<View>(object);
  relations_.set(key, std::make_shared<Object>(std::move(object)));
}

void Schema::put_type(const std::string& key, UserType type) {
  types_.set(key, std::make_shared<Object>(std::move(type)));
}

void Schema::put_function(const std::string& key, Function function) {
  functions_.set(key, std::make_shared<Object>(function));
}

}  // namespace belay::schema
