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

std::string_view Attributes::get(std::string_view name) const {
  for (const Item& item : items_) {
    if (item.first == name) return item.second;
  }
  return {};
}

void Attributes::set(std::string_view name, std::string value) {
  auto at = std::lower_bound(items_.begin(), items_.end(), name,
                             [](const Item& i, std::string_view n) { return i.first < n; });
  if (at != items_.end() && at->first == name) {
    at->second = std::move(value);
  } else {
    items_.emplace(at, std::string(name), std::move(value));
  }
}

void Attributes::erase(std::string_view name) {
  std::erase_if(items_, [&](const Item& item) { return item.first == name; });
}

const Column* Table::column(std::string_view column_name) const {
  return find_named(columns, column_name);
}

bool Table::has_column_made_by(uint32_t script, std::string_view column_name) const {
  const Column* found = column(column_name);
  return found != nullptr && found->known && !replaces && found->origin.script == script;
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
  const Overloads* found = functions(name);
  return found == nullptr || found->functions.empty() ? nullptr : &*found->functions.front();
}

std::string Schema::other_key(sql::ObjectKind kind, std::string_view name) {
  return std::string(sql::object_kind_name(kind)) + " " + std::string(name);
}

bool Schema::surely_absent(std::string_view key) const {
  return is_gone(key) || (!has_outside_objects_ && uncertainties_.empty());
}

Schema::Difference Schema::difference(const Schema& a, const Schema& b) {
  Difference out;
  PersistentMap<Object>::for_each_difference(
      a.relations_, b.relations_, [&](const std::string& k) { out.relations.push_back(k); });
  const auto note = [&](const std::string&) { out.other = true; };
  PersistentMap<Object>::for_each_difference(a.types_, b.types_, note);
  PersistentMap<Object>::for_each_difference(a.functions_, b.functions_, note);
  PersistentMap<Object>::for_each_difference(a.others_, b.others_, note);
  PersistentMap<bool>::for_each_difference(a.gone_, b.gone_, [&](const std::string& k) {
    // What stands alone is named by its kind.
    if (k.find(' ') != std::string::npos) out.other = true;
    out.relations.push_back(k);
  });
  out.other |= a.has_outside_objects_ != b.has_outside_objects_;
  out.other |= a.uncertainties_ != b.uncertainties_ || a.default_schema_ != b.default_schema_;
  return out;
}

void Schema::share_equal(const Schema& other) {
  relations_.share_equal(other.relations_);
  types_.share_equal(other.types_);
  functions_.share_equal(other.functions_);
  others_.share_equal(other.others_);
  gone_.share_equal(other.gone_);
}

void Schema::put_relation(const std::string& key, Object object) {
  may_have_views_ |= std::holds_alternative<View>(object);
  relations_.set(key, std::make_shared<Object>(std::move(object)));
}

void Schema::put_type(const std::string& key, UserType type) {
  types_.set(key, std::make_shared<Object>(std::move(type)));
}

void Schema::drop_relation(const std::string& key) {
  if (relations_.find(key) != nullptr) gone_.set(key, std::make_shared<bool>(true));
  relations_.erase(key);
}

void Schema::drop_type(const std::string& key) {
  if (types_.find(key) != nullptr) gone_.set(key, std::make_shared<bool>(true));
  types_.erase(key);
}

void Schema::put_function(const std::string& key, Function function) {
  Overloads all;
  if (const auto* found = find<Overloads>(functions_, key)) all = *found;
  std::erase_if(all.functions,
                [&](const Function& f) { return f.arguments == function.arguments; });
  all.functions.push_back(std::move(function));
  functions_.set(key, std::make_shared<Object>(std::move(all)));
}

void Schema::drop_function(const std::string& key, const std::string* arguments) {
  const auto* found = find<Overloads>(functions_, key);
  if (found == nullptr) return;
  Overloads left = *found;
  std::erase_if(left.functions, [&](const Function& f) {
    return arguments == nullptr || f.arguments == *arguments;
  });
  if (left.functions.empty()) {
    gone_.set(key, std::make_shared<bool>(true));
    functions_.erase(key);
  } else {
    functions_.set(key, std::make_shared<Object>(std::move(left)));
  }
}

void Schema::put_other(OtherObject object) {
  const std::string key = other_key(object.kind, object.name);
  others_.set(key, std::make_shared<Object>(std::move(object)));
}

void Schema::drop_other(const std::string& key) {
  if (others_.find(key) != nullptr) gone_.set(key, std::make_shared<bool>(true));
  others_.erase(key);
}

}  // namespace belay::schema
