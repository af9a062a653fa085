#include "analyzer/rollback/generate/renames.h"

#include <algorithm>
#include <functional>
#include <set>

namespace belay::rollback {
namespace {

using sql::ObjectKind;

/// Follows names of one kind through a script.
class Tracker {
 public:
  explicit Tracker(std::function<bool(const std::string&)> was_there)
      : was_there_(std::move(was_there)) {}

  /// What is called `name` now was called so before the script; empty for what the script made.
  std::string original(const std::string& name) const {
    if (const auto found = original_.find(name); found != original_.end()) return found->second;
    return made_.contains(name) || !was_there_(name) ? "" : name;
  }
  void create(const std::string& name) {
    made_.insert(name);
    original_.erase(name);
  }
  /// What comes under the name later is another one.
  void drop(const std::string& name) { create(name); }
  void rename(const std::string& from, const std::string& to) {
    const std::string was = original(from);
    drop(from);
    create(to);
    if (!was.empty()) original_[to] = was;
  }
  std::vector<Renames::One> renames() const {
    std::vector<Renames::One> out;
    for (const auto& [to, from] : original_) {
      if (to != from) out.push_back({from, to});
    }
    return out;
  }

 private:
  std::function<bool(const std::string&)> was_there_;
  std::map<std::string, std::string> original_;
  std::set<std::string> made_;
};

class Walk {
 public:
  explicit Walk(const schema::Schema& before)
      : before_(before),
        relations_([&](const std::string& key) { return before.has_relation(key); }),
        types_([&](const std::string& key) { return before.type_at(key) != nullptr; }) {}

  void operator()(const sql::CreateTable& op) {
    const std::string key = before_.key(op.table);
    if (!op.if_not_exists || relations_.original(key).empty()) relations_.create(key);
  }
  void operator()(const sql::DropTable& op) { relations_.drop(before_.key(op.table)); }
  void operator()(const sql::RenameTable& op) {
    const std::string from = before_.key(op.table.name);
    relations_.rename(from, in_same_schema(from, op.new_name.id));
  }
  void operator()(const sql::SetSchema& op) {
    if (!is_relation(op.kind)) return;
    relations_.rename(before_.key(op.name), op.new_schema.id + "." + op.name.name.id);
  }
  void operator()(const sql::RenameObject& op) {
    const std::string from = before_.key(op.name);
    const std::string to = in_same_schema(from, op.new_name.id);
    if (is_relation(op.kind)) relations_.rename(from, to);
    if (op.kind == ObjectKind::kType || op.kind == ObjectKind::kDomain) types_.rename(from, to);
  }
  void operator()(const sql::DropObject& op) {
    if (is_relation(op.kind)) relations_.drop(before_.key(op.name));
    if (op.kind == ObjectKind::kType) types_.drop(before_.key(op.name));
  }
  void operator()(const sql::CreateType& op) { types_.create(before_.key(op.type)); }
  void operator()(const sql::RenameColumn& op) {
    if (Tracker* t = columns(op.table)) t->rename(op.column.id, op.new_name.id);
  }
  void operator()(const sql::DropColumn& op) {
    if (Tracker* t = columns(op.table)) t->drop(op.column.id);
  }
  void operator()(const sql::AddColumn& op) {
    Tracker* t = columns(op.table);
    const std::string& name = op.column.name.id;
    if (t != nullptr && (!op.if_not_exists || t->original(name).empty())) t->create(name);
  }
  void operator()(const sql::RenameEnumValue& op) {
    if (Tracker* t = values(op.type)) t->rename(op.value.id, op.new_name.id);
  }
  void operator()(const sql::AddEnumValue& op) {
    Tracker* t = values(op.type);
    if (t != nullptr && t->original(op.value.id).empty()) t->create(op.value.id);
  }
  /// Nothing else gives or takes names of these kinds.
  template <class T>
  void operator()(const T&) {}

  Renames take() && {
    Renames out;
    out.relations = relations_.renames();
    out.types = types_.renames();
    for (const auto& [table, columns] : columns_) out.columns[table] = columns.renames();
    for (const auto& [type, values] : values_) out.enum_values[type] = values.renames();
    return out;
  }

 private:
  static std::string in_same_schema(const std::string& key, const std::string& name) {
    return key.substr(0, key.find('.') + 1) + name;
  }

  static bool is_relation(ObjectKind kind) {
    return kind == ObjectKind::kTable || kind == ObjectKind::kForeignTable ||
           kind == ObjectKind::kView || kind == ObjectKind::kMaterializedView ||
           kind == ObjectKind::kSequence;
  }

  /// The columns of a table that was there before; null for another one.
  Tracker* columns(const sql::AlterTarget& target) {
    const std::string table = relations_.original(before_.key(target.name));
    const schema::Table* known = table.empty() ? nullptr : before_.table(table);
    if (known == nullptr) return nullptr;
    const auto was_there = [known](const std::string& c) { return known->column(c) != nullptr; };
    return &columns_.try_emplace(table, was_there).first->second;
  }

  Tracker* values(const sql::QualifiedName& type) {
    const std::string key = types_.original(before_.key(type));
    const schema::UserType* known = key.empty() ? nullptr : before_.type_at(key);
    if (known == nullptr) return nullptr;
    const auto was_there = [known](const std::string& v) {
      return std::find(known->values.begin(), known->values.end(), v) != known->values.end();
    };
    return &values_.try_emplace(key, was_there).first->second;
  }

  const schema::Schema& before_;
  Tracker relations_;
  Tracker types_;
  std::map<std::string, Tracker> columns_;
  std::map<std::string, Tracker> values_;
};

}  // namespace

Renames renames_of(const sql::ParsedScript& script, const schema::Schema& before) {
  Walk walk(before);
  for (const sql::ScriptStatement& statement : script.statements) {
    if (statement.parsed == nullptr) continue;
    for (const sql::Operation& o : statement.parsed->operations) std::visit(walk, o.data);
  }
  return std::move(walk).take();
}

}  // namespace belay::rollback
