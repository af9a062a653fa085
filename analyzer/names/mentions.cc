#include "analyzer/names/mentions.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "analyzer/schema/replay.h"
#include "support/ascii.h"
#include "support/contains.h"

namespace belay::names {
namespace {

using sql::Name;
using sql::ObjectKind;
using sql::QualifiedName;

bool shares_relation_names(ObjectKind kind) {
  return kind == ObjectKind::kTable || kind == ObjectKind::kForeignTable ||
         kind == ObjectKind::kView || kind == ObjectKind::kMaterializedView ||
         kind == ObjectKind::kSequence;
}

/// Gathers what one operation names, with the schema before it.
class Gatherer {
 public:
  Gatherer(const schema::Schema& before, std::string_view text, uint32_t base, uint32_t statement,
           std::vector<Mention>& out)
      : before_(before), text_(text), base_(base), statement_(statement), out_(out) {}

  // --- tables
  void operator()(const sql::CreateTable& op) {
    const std::string key = relation(op.table, Role::kMakes);
    for (const QualifiedName& parent : op.inherits) relation(parent);
    for (const sql::LikeClause& like : op.like) relation(like.table);
    if (op.partition_of) relation(op.partition_of->parent);
    if (op.as_query) query(*op.as_query);
    own_ = &op;
    for (const Name& name : op.as_columns) column(key, name, Role::kMakes);
    for (const sql::ColumnDefinition& c : op.columns) definition(key, c);
    for (const sql::ConstraintDefinition& c : op.constraints) constraint(key, c);
    if (op.partition_by) elements(key, op.partition_by->key);
    own_ = nullptr;
  }
  void operator()(const sql::DropTable& op) { relation(op.table, Role::kDrops); }
  void operator()(const sql::RenameTable& op) {
    const std::string key = target(op.table, Role::kRenames);
    add({kind_of(op.table.kind), renamed(key, op.new_name), ""}, Role::kNames, op.new_name.range);
  }
  void operator()(const sql::Truncate& op) { relation(op.table); }
  void operator()(const sql::AddColumn& op) { definition(target(op.table), op.column); }
  void operator()(const sql::DropColumn& op) { column(target(op.table), op.column, Role::kDrops); }
  void operator()(const sql::RenameColumn& op) {
    const std::string key = target(op.table);
    column(key, op.column, Role::kRenames);
    column(key, op.new_name, Role::kNames);
  }
  void operator()(const sql::AlterColumnType& op) {
    const std::string key = target(op.table);
    column(key, op.column);
    type(op.type);
    expression(key, op.using_expression);
  }
  void operator()(const sql::SetDefault& op) {
    const std::string key = target(op.table);
    column(key, op.column);
    expression(key, op.value);
  }
  void operator()(const sql::AddConstraint& op) { constraint(target(op.table), op.constraint); }
  void operator()(const sql::DropConstraint& op) { named(op.table, op.constraint, Role::kDrops); }
  void operator()(const sql::ValidateConstraint& op) { named(op.table, op.constraint); }
  void operator()(const sql::AlterConstraint& op) { named(op.table, op.constraint); }
  void operator()(const sql::RenameConstraint& op) {
    const std::string key = named(op.table, op.constraint, Role::kRenames);
    add({Kind::kConstraint, key, op.new_name.id}, Role::kNames, op.new_name.range);
  }
  void operator()(const sql::AttachPartition& op) {
    target(op.table);
    relation(op.partition);
  }
  void operator()(const sql::DetachPartition& op) {
    target(op.table);
    relation(op.partition);
  }
  void operator()(const sql::SetInheritance& op) {
    target(op.table);
    relation(op.parent);
  }

  // --- indexes
  void operator()(const sql::CreateIndex& op) {
    const std::string key = relation(op.table);
    if (!op.index.empty()) {
      QualifiedName index = op.index;
      if (index.schema.empty()) index.schema.id = key.substr(0, key.find('.'));
      object(Kind::kIndex, index, Role::kMakes);
    }
    elements(key, op.elements);
    for (const Name& name : op.include) column(key, name);
    expression(key, op.predicate);
  }
  void operator()(const sql::DropIndex& op) { object(Kind::kIndex, op.index, Role::kDrops); }
  void operator()(const sql::Reindex& op) {
    if (op.kind == ObjectKind::kIndex) object(Kind::kIndex, op.name);
    if (op.kind == ObjectKind::kTable) relation(op.name);
  }
  void operator()(const sql::AttachIndex& op) {
    object(Kind::kIndex, op.index);
    object(Kind::kIndex, op.partition_index);
  }

  // --- views, sequences, types, functions
  void operator()(const sql::CreateView& op) {
    const bool is_there = op.or_replace && before_.has_relation(before_.key(op.view));
    relation(op.view, is_there ? Role::kUses : Role::kMakes);
    query(op.query);
  }
  void operator()(const sql::RefreshMaterializedView& op) { relation(op.view); }
  void operator()(const sql::CreateSequence& op) {
    relation(op.sequence, Role::kMakes);
    if (!op.owned_by_table.empty()) column(relation(op.owned_by_table), op.owned_by_column);
  }
  void operator()(const sql::AlterSequence& op) {
    relation(op.sequence);
    if (!op.owned_by_table.empty()) column(relation(op.owned_by_table), op.owned_by_column);
  }
  void operator()(const sql::CreateType& op) {
    object(Kind::kType, op.type, Role::kMakes);
    for (const sql::ColumnDefinition& attribute : op.attributes) type(attribute.type);
  }
  void operator()(const sql::AddEnumValue& op) { object(Kind::kType, op.type); }
  void operator()(const sql::RenameEnumValue& op) { object(Kind::kType, op.type); }
  void operator()(const sql::AlterCompositeType& op) { object(Kind::kType, op.type); }
  void operator()(const sql::CreateDomain& op) {
    object(Kind::kType, op.domain, Role::kMakes);
    type(op.type);
  }
  void operator()(const sql::AlterDomain& op) { object(Kind::kType, op.domain); }
  void operator()(const sql::CreateFunction& op) {
    const bool is_there = op.or_replace && before_.function(op.function) != nullptr;
    object(Kind::kFunction, op.function, is_there ? Role::kUses : Role::kMakes);
    for (const sql::FunctionArgument& argument : op.arguments) type(argument.type);
    type(op.returns);
  }
  void operator()(const sql::AlterFunction& op) { object(Kind::kFunction, op.function); }
  void operator()(const sql::CreateTrigger& op) {
    const std::string key = relation(op.table);
    for (const Name& name : op.update_columns) column(key, name);
    if (!op.function.empty()) object(Kind::kFunction, op.function);
    query(op.body);
  }
  void operator()(const sql::CreateRule& op) {
    relation(op.table);
    query(op.body);
  }
  void operator()(const sql::CreatePolicy& op) { policy(op); }
  void operator()(const sql::AlterPolicy& op) { policy(op); }

  // --- any kind of object
  void operator()(const sql::DropObject& op) { any(op.kind, op.name, Role::kDrops, op.table); }
  void operator()(const sql::RenameObject& op) {
    any(op.kind, op.name, Role::kRenames, op.table);
    const std::optional<Kind> kind = kind_of_object(op.kind);
    if (!kind) return;
    add({*kind, renamed(before_.key(op.name), op.new_name), ""}, Role::kNames, op.new_name.range);
  }
  void operator()(const sql::SetSchema& op) { any(op.kind, op.name, Role::kUses, {}); }
  void operator()(const sql::SetOwner& op) { any(op.kind, op.name, Role::kUses, {}); }
  void operator()(const sql::Comment& op) {
    if (op.kind == ObjectKind::kColumn) return column(relation(op.table), op.name.name);
    if (op.kind == ObjectKind::kConstraint) {
      add({Kind::kConstraint, relation(op.table), op.name.name.id}, Role::kUses,
          op.name.name.range);
      return;
    }
    any(op.kind, op.name, Role::kUses, op.table);
  }
  void operator()(const sql::Grant& op) {
    for (const QualifiedName& name : op.objects) any(op.kind, name, Role::kUses, {});
  }

  // --- rows
  void operator()(const sql::Insert& op) {
    const std::string key = relation(op.table);
    for (const Name& name : op.columns) column(key, name);
    query(op.query);
  }
  void operator()(const sql::Update& op) {
    const std::string key = relation(op.table);
    sources_ = {{key, &op.table}};
    for (const QualifiedName& source : op.query.relations) {
      sources_.push_back({before_.key(source), &source});
    }
    for (const sql::Assignment& a : op.assignments) {
      column(key, a.column);
      in_sources(a.value);
    }
    if (op.where) in_sources(*op.where);
    sources_.clear();
    for (const QualifiedName& source : op.query.relations) relation(source);
  }
  void operator()(const sql::Delete& op) {
    const std::string key = relation(op.table);
    sources_ = {{key, &op.table}};
    for (const QualifiedName& source : op.query.relations) {
      sources_.push_back({before_.key(source), &source});
    }
    if (op.where) in_sources(*op.where);
    sources_.clear();
    for (const QualifiedName& source : op.query.relations) relation(source);
  }
  void operator()(const sql::Merge& op) {
    relation(op.table);
    query(op.query);
  }
  void operator()(const sql::Copy& op) { relation(op.table); }
  void operator()(const sql::Select& op) { query(op.query); }
  void operator()(const sql::LockTable& op) { relation(op.table); }
  void operator()(const sql::Maintenance& op) {
    if (!op.table.empty()) relation(op.table);
  }
  void operator()(const sql::Call& op) { object(Kind::kFunction, op.procedure); }

  /// ALTER TABLE's other clauses: a table, and perhaps a column.
  template <class T>
  void operator()(const T& op) {
    if constexpr (requires {
                    op.table.name.name;
                    op.column.id;
                  }) {
      column(target(op.table), op.column);
    } else if constexpr (requires { op.table.name.name; }) {
      target(op.table);
    }
  }

 private:
  struct Source {
    std::string key;
    const QualifiedName* name;
  };

  void add(Object object, Role role, ByteRange range) {
    if (range.empty() || object.key.empty()) return;
    out_.push_back({std::move(object), role, range.shifted(base_), statement_});
  }

  static std::optional<Kind> kind_of_object(ObjectKind kind) {
    if (shares_relation_names(kind)) return Kind::kRelation;
    switch (kind) {
      case ObjectKind::kIndex: return Kind::kIndex;
      case ObjectKind::kType:
      case ObjectKind::kDomain: return Kind::kType;
      case ObjectKind::kFunction: return Kind::kFunction;
      default: return std::nullopt;
    }
  }
  static Kind kind_of(ObjectKind kind) { return kind_of_object(kind).value_or(Kind::kRelation); }

  static std::string renamed(const std::string& key, const Name& name) {
    return key.substr(0, key.find('.') + 1) + name.id;
  }

  std::string object(Kind kind, const QualifiedName& name, Role role = Role::kUses) {
    std::string key = before_.key(name);
    add({kind, key, ""}, role, name.name.range);
    return key;
  }
  std::string relation(const QualifiedName& name, Role role = Role::kUses) {
    return object(Kind::kRelation, name, role);
  }
  std::string target(const sql::AlterTarget& table, Role role = Role::kUses) {
    return object(kind_of(table.kind), table.name, role);
  }
  void any(ObjectKind kind, const QualifiedName& name, Role role, const QualifiedName& table) {
    if (!table.empty()) relation(table);
    if (const std::optional<Kind> known = kind_of_object(kind)) object(*known, name, role);
  }

  void column(const std::string& key, const Name& name, Role role = Role::kUses) {
    add({Kind::kColumn, key, name.id}, role, name.range);
  }
  std::string named(const sql::AlterTarget& table, const Name& name, Role role = Role::kUses) {
    std::string key = target(table);
    add({Kind::kConstraint, key, name.id}, role, name.range);
    return key;
  }

  void definition(const std::string& key, const sql::ColumnDefinition& c) {
    column(key, c.name, Role::kMakes);
    type(c.type);
    if (c.default_value) expression(key, *c.default_value);
    expression(key, c.generation);
    for (const sql::ConstraintDefinition& constraint_of : c.constraints) {
      // Its key is the column itself, which stands there already.
      constraint(key, constraint_of, /*names_columns=*/false);
    }
  }
  void constraint(const std::string& key, const sql::ConstraintDefinition& c,
                  bool names_columns = true) {
    if (!c.name.empty()) add({Kind::kConstraint, key, c.name.id}, Role::kMakes, c.name.range);
    if (names_columns) {
      for (const Name& name : c.columns) column(key, name);
    }
    for (const Name& name : c.include) column(key, name);
    expression(key, c.check);
    elements(key, c.elements);
    expression(key, c.predicate);
    if (c.references.empty()) return;
    const std::string other = relation(c.references);
    for (const Name& name : c.referenced_columns) column(other, name);
  }
  void elements(const std::string& key, const std::vector<sql::IndexElement>& list) {
    for (const sql::IndexElement& e : list) {
      if (!e.column.empty()) column(key, e.column);
      expression(key, e.expression);
    }
  }
  template <class Policy>
  void policy(const Policy& op) {
    const std::string key = relation(op.table);
    expression(key, op.using_expression);
    expression(key, op.check);
  }
  void type(const sql::TypeName& written) {
    if (written.empty()) return;
    const std::string key = before_.key(written.name);
    if (before_.type_at(key) == nullptr) return;
    add({Kind::kType, key, ""}, Role::kUses, written.name.name.range);
  }

  /// An expression that sees the columns of one table.
  void expression(const std::string& key, const sql::Expression& e) {
    for (const Name& name : e.columns) {
      if (has_column(key, name.id)) column(key, name);
    }
    of_expression(e);
  }
  /// One that sees those of `sources_`.
  void in_sources(const sql::Expression& e) {
    for (const Name& name : e.columns) resolve(name);
    of_expression(e);
  }
  void of_expression(const sql::Expression& e) {
    for (const QualifiedName& function : e.functions) called(function);
    if (!sources_.empty()) return;  // the operation's own query tells of them
    for (const QualifiedName& name : e.relations) relation(name);
  }
  void called(const QualifiedName& function) {
    if (before_.function(function) != nullptr) object(Kind::kFunction, function);
  }

  void query(const sql::Query& q) {
    for (const QualifiedName& name : q.relations) {
      if (!is_local(name)) sources_.push_back({relation(name), &name});
    }
    for (const Name& name : q.columns) resolve(name);
    for (const QualifiedName& function : q.functions) called(function);
    sources_.clear();
  }
  /// The name of a common table expression is no object, and the schema does not know it.
  bool is_local(const QualifiedName& name) const {
    return name.schema.empty() && !before_.has_relation(before_.key(name)) &&
           is_defined_by_with(name.name.id);
  }
  bool is_defined_by_with(std::string_view id) const {
    for (size_t at = text_.find('('); at != std::string_view::npos; at = text_.find('(', at + 1)) {
      std::string_view head = ascii::trim(text_.substr(0, at));
      if (head.size() < 2 || !ascii::equal_ignoring_case(head.substr(head.size() - 2), "as")) {
        continue;
      }
      head = ascii::trim(head.substr(0, head.size() - 2));
      if (head.ends_with(')')) head = ascii::trim(head.substr(0, head.rfind('(')));
      size_t begin = head.size();
      while (begin > 0 && ascii::is_word(head[begin - 1])) --begin;
      if (ascii::equal_ignoring_case(head.substr(begin), id)) return true;
    }
    return false;
  }

  /// A column of a query, where it can only be that of one of its sources.
  void resolve(const Name& name) {
    const std::string_view qualifier = qualifier_of(name);
    const Source* found = nullptr;
    for (const Source& source : sources_) {
      if (!qualifier.empty() && !is_called(source, qualifier)) continue;
      if (!qualifier.empty() || has_column(source.key, name.id)) {
        if (found != nullptr && found->key != source.key) return;
        found = &source;
      } else if (!is_complete(source.key)) {
        return;  // it may be its
      }
    }
    if (found != nullptr) column(found->key, name);
  }
  std::string_view qualifier_of(const Name& name) const {
    std::string_view head = text_.substr(0, name.range.begin);
    if (!head.ends_with('.')) return {};
    head.remove_suffix(1);
    if (head.ends_with('"')) head.remove_suffix(1);
    size_t begin = head.size();
    while (begin > 0 && (ascii::is_word(head[begin - 1]) || ascii::is_foreign(head[begin - 1]))) {
      --begin;
    }
    return head.substr(begin);
  }
  bool is_called(const Source& source, std::string_view word) const {
    if (ascii::equal_ignoring_case(source.name->name.id, word)) return true;
    std::string_view rest = ascii::trim(text_.substr(source.name->range.end));
    const auto first_word = [&] {
      size_t end = 0;
      while (end < rest.size() && (ascii::is_word(rest[end]) || ascii::is_foreign(rest[end])))
        ++end;
      const std::string_view out = rest.substr(0, end);
      rest = ascii::trim(rest.substr(end));
      return out;
    };
    std::string_view alias = first_word();
    if (ascii::equal_ignoring_case(alias, "as")) alias = first_word();
    return ascii::equal_ignoring_case(alias, word);
  }

  bool has_column(const std::string& key, std::string_view name) const {
    if (own_ != nullptr && before_.key(own_->table) == key) {
      return std::any_of(own_->columns.begin(), own_->columns.end(),
                         [&](const sql::ColumnDefinition& c) { return c.name.id == name; });
    }
    if (const schema::Table* table = before_.table(std::string_view(key))) {
      return table->column(name) != nullptr;
    }
    const schema::View* view = before_.view(key);
    return view != nullptr && contains(view->outputs, std::string(name));
  }
  bool is_complete(const std::string& key) const {
    if (const schema::Table* table = before_.table(std::string_view(key))) return table->complete;
    const schema::View* view = before_.view(key);
    return view != nullptr && !view->outputs.empty();
  }

  const schema::Schema& before_;
  std::string_view text_;  ///< of the statement
  uint32_t base_;
  uint32_t statement_;
  std::vector<Mention>& out_;
  const sql::CreateTable* own_ = nullptr;  ///< whose columns are no part of the schema yet
  std::vector<Source> sources_;
};

}  // namespace

std::vector<Mention> mentions_in(const sql::ParsedScript& script, const schema::Schema& before,
                                 uint32_t script_id) {
  std::vector<Mention> out;
  schema::Replay replay(before);
  for (uint32_t s = 0; s < script.statements.size(); ++s) {
    const sql::ScriptStatement& statement = script.statements[s];
    if (statement.parsed == nullptr) continue;
    const auto& operations = statement.parsed->operations;
    for (size_t o = 0; o < operations.size(); ++o) {
      Gatherer gatherer(replay.schema(), statement.parsed->text, statement.range.begin, s, out);
      std::visit(gatherer, operations[o].data);
      replay.apply(*statement.parsed, o, {script_id, s});
    }
  }
  // Several operations of a statement name its table in the same place.
  const auto by_place = [](const Mention& a, const Mention& b) {
    return std::tie(a.range, a.object, a.role) < std::tie(b.range, b.object, b.role);
  };
  const auto same = [](const Mention& a, const Mention& b) {
    return a.range == b.range && a.object == b.object && a.role == b.role;
  };
  std::stable_sort(out.begin(), out.end(), by_place);
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

}  // namespace belay::names
