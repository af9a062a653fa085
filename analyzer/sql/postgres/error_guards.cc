// Blocks that try something and catch the error where it is done already: which errors of which
// operation the existence of an object decides. The conditions are those that PostgreSQL's sources
// raise (heap_create_with_catalog, index_create, ATExecAddColumn, RemoveObjects, ...), in their
// order: where one that is not caught comes first, nothing is recognised.

#include <algorithm>

#include "analyzer/sql/postgres/guards.h"

namespace belay::sql::postgres {
namespace {

using GuardKind = ExistenceGuard::Kind;
using GuardScope = ExistenceGuard::Scope;
using Guards = std::vector<ExistenceGuard>;

/// Says for one operation when it goes through. False where it cannot be said.
class HandledOperation {
 public:
  HandledOperation(const std::set<std::string>& caught, ByteRange range, Guards& out)
      : caught_(caught), range_(range), out_(out) {}

  // --- what is made

  bool operator()(const CreateType& o) {
    if (o.form != CreateType::Form::kEnum && o.form != CreateType::Form::kComposite) return false;
    if (!only_duplicates() || has("duplicate_table")) return false;
    if (has("duplicate_object")) add(GuardKind::kType, o.type, {}, false);
    return true;
  }
  bool operator()(const CreateDomain& o) {
    if (!only_duplicates()) return false;
    if (has("duplicate_object")) add(GuardKind::kType, o.domain, {}, false);
    return true;
  }
  bool operator()(const CreateTable& o) {
    const bool plain = !o.temporary && o.inherits.empty() && o.like.empty() && !o.partition_of &&
                       !o.as_query && o.of_type.empty() && !o.if_not_exists;
    if (!plain || !only_duplicates() || !new_relation(o.table)) return false;
    bool named = std::any_of(o.constraints.begin(), o.constraints.end(), is_named);
    for (const ColumnDefinition& c : o.columns) {
      named |= std::any_of(c.constraints.begin(), c.constraints.end(), is_named);
    }
    return !named;  // an index may have the name of a constraint
  }
  bool operator()(const CreateIndex& o) {
    if (o.index.empty() || o.if_not_exists || o.concurrently || !only_duplicates()) return false;
    if (!has("duplicate_table")) return true;
    beside(o.table, o.index.name);
    return true;
  }
  bool operator()(const CreateSequence& o) {
    return !o.if_not_exists && !o.temporary && only_duplicates() && new_relation(o.sequence);
  }
  bool operator()(const CreateSchema& o) {
    if (o.if_not_exists || o.schema.empty() || !only_duplicates()) return false;
    QualifiedName name;
    name.name = o.schema;
    if (has("duplicate_schema")) add(GuardKind::kSchema, name, {}, false);
    return true;
  }
  bool operator()(const AddColumn& o) {
    const auto& constraints = o.column.constraints;
    if (o.if_not_exists || o.table.kind != ObjectKind::kTable || !only_duplicates()) return false;
    if (std::any_of(constraints.begin(), constraints.end(), is_named) && caught_.size() > 1) {
      return false;
    }
    if (!has("duplicate_column")) return true;
    add_part(GuardKind::kColumn, o.column.name, o.table.name, false, !o.table.if_exists);
    return true;
  }
  bool operator()(const AddConstraint& o) {
    const ConstraintDefinition& c = o.constraint;
    if (!only_duplicates() || !c.using_index.empty()) return false;
    if (c.name.empty()) return true;  // the name that the server chooses is free
    if (c.kind == ConstraintKind::kCheck || c.kind == ConstraintKind::kForeignKey) {
      if (has("duplicate_object")) constraint_guard(o);
      return true;
    }
    // The name of its index comes first, and is another error.
    if (!has("duplicate_table")) return !has("duplicate_object");
    beside(o.table.name, c.name);
    if (has("duplicate_object")) constraint_guard(o);
    return true;
  }
  bool operator()(const AddEnumValue& o) {
    if (o.if_not_exists || !only_duplicates()) return false;
    if (has("duplicate_object")) add_part(GuardKind::kEnumValue, o.value, o.type, false, true);
    return true;
  }
  bool operator()(const CreateTrigger& o) {
    if (o.or_replace || !only_duplicates()) return false;
    if (has("duplicate_object"))
      add_part(GuardKind::kTrigger, o.trigger.name, o.table, false, true);
    return true;
  }
  bool operator()(const CreatePolicy& o) {
    if (!only_duplicates()) return false;
    if (has("duplicate_object")) add_part(GuardKind::kPolicy, o.policy, o.table, false, true);
    return true;
  }
  bool operator()(const CreateObject& o) {
    if (o.kind != ObjectKind::kRole || !only_duplicates()) return false;
    if (has("duplicate_object")) add(GuardKind::kRole, o.name, {}, false);
    return true;
  }

  // --- what is changed or dropped

  bool operator()(const RenameColumn& o) {
    if (o.table.if_exists || !only({"undefined_column", "undefined_table", "duplicate_column"})) {
      return false;
    }
    if (has("duplicate_column") && !has("undefined_column")) return false;
    needs_table(o.table);
    if (has("undefined_column")) part_of_table(GuardKind::kColumn, o.column, o.table, true);
    if (has("duplicate_column")) part_of_table(GuardKind::kColumn, o.new_name, o.table, false);
    return true;
  }
  bool operator()(const RenameTable& o) {
    if (o.table.if_exists || !only({"undefined_table", "duplicate_table"})) return false;
    if (!has("undefined_table")) return false;
    needs_table(o.table);
    if (has("duplicate_table")) beside(o.table.name, o.new_name);
    return true;
  }
  bool operator()(const DropTable& o) {
    if (o.if_exists || !only({"undefined_table"})) return false;
    add(GuardKind::kRelation, o.table, {}, true);
    return true;
  }
  bool operator()(const DropIndex& o) {
    if (o.if_exists || o.concurrently || !only({"undefined_object"})) return false;
    add(GuardKind::kRelation, o.index, {}, true);
    return true;
  }
  bool operator()(const DropColumn& o) { return !o.if_exists && column_of(o.table, o.column); }
  bool operator()(const SetNotNull& o) { return column_of(o.table, o.column); }
  bool operator()(const DropNotNull& o) { return column_of(o.table, o.column); }
  bool operator()(const DropDefault& o) { return column_of(o.table, o.column); }
  bool operator()(const DropConstraint& o) {
    if (o.if_exists || o.table.if_exists || !only({"undefined_object", "undefined_table"})) {
      return false;
    }
    needs_table(o.table);
    if (has("undefined_object")) part_of_table(GuardKind::kConstraint, o.constraint, o.table, true);
    return true;
  }
  bool operator()(const DropObject& o) {
    if (o.if_exists || o.cascade) return false;
    switch (o.kind) {
      case ObjectKind::kType:
      case ObjectKind::kDomain:
        if (!only({"undefined_object"})) return false;
        add(GuardKind::kType, o.name, {}, true);
        return true;
      case ObjectKind::kView:
      case ObjectKind::kMaterializedView:
      case ObjectKind::kSequence:
        if (!only({"undefined_table"})) return false;
        add(GuardKind::kRelation, o.name, {}, true);
        return true;
      default: return false;
    }
  }

  template <class T>
  bool operator()(const T&) {
    return false;
  }

 private:
  bool has(const char* condition) const { return caught_.count(condition) != 0; }
  bool only(std::initializer_list<std::string_view> conditions) const {
    return std::all_of(caught_.begin(), caught_.end(), [&](const std::string& c) {
      return std::find(conditions.begin(), conditions.end(), c) != conditions.end();
    });
  }
  bool only_duplicates() const {
    return only({"duplicate_object", "duplicate_table", "duplicate_column", "duplicate_schema",
                 "duplicate_function"});
  }
  static bool is_named(const ConstraintDefinition& c) { return !c.name.empty(); }

  void add(GuardKind kind, const QualifiedName& name, const QualifiedName& owner, bool must_exist,
           bool fails_without_owner = false) {
    ExistenceGuard guard;
    guard.kind = kind;
    guard.name = name;
    guard.owner = owner;
    const Name& schema = owner.empty() ? name.schema : owner.schema;
    // What is made without a schema is made in the current one, and only looked for there.
    guard.scope = !schema.empty()                ? GuardScope::kNamedSchema
                  : owner.empty() && !must_exist ? GuardScope::kCurrentSchema
                                                 : GuardScope::kSearchPath;
    if (kind == GuardKind::kSchema || kind == GuardKind::kRole)
      guard.scope = GuardScope::kAnySchema;
    guard.must_exist = must_exist;
    guard.fails_without_owner = fails_without_owner;
    guard.range = range_;
    out_.push_back(std::move(guard));
  }
  /// A relation of this name in the table's schema must be missing.
  void beside(const QualifiedName& table, const Name& name) {
    QualifiedName qualified;
    qualified.schema = table.schema;
    qualified.name = name;
    qualified.range = name.range;
    add(GuardKind::kRelation, qualified, table.schema.empty() ? table : QualifiedName{}, false);
    if (table.schema.empty()) out_.back().scope = GuardScope::kOwnerSchema;
  }
  void add_part(GuardKind kind, const Name& name, const QualifiedName& owner, bool must_exist,
                bool fails_without_owner) {
    QualifiedName qualified;
    qualified.name = name;
    qualified.range = name.range;
    add(kind, qualified, owner, must_exist, fails_without_owner);
  }
  void part_of_table(GuardKind kind, const Name& name, const AlterTarget& table, bool must_exist) {
    add_part(kind, name, table.name, must_exist, !has("undefined_table"));
  }
  void constraint_guard(const AddConstraint& o) {
    add_part(GuardKind::kConstraint, o.constraint.name, o.table.name, false, !o.table.if_exists);
  }
  void needs_table(const AlterTarget& table) {
    if (has("undefined_table")) add(GuardKind::kRelation, table.name, {}, true);
  }
  /// CREATE fails with duplicate_table for a relation, else with duplicate_object for a type.
  bool new_relation(const QualifiedName& name) {
    if (!has("duplicate_table")) return !has("duplicate_object");
    add(GuardKind::kRelation, name, {}, false);
    if (has("duplicate_object")) add(GuardKind::kType, name, {}, false);
    return true;
  }
  bool column_of(const AlterTarget& table, const Name& column) {
    if (table.if_exists || !only({"undefined_column", "undefined_table"})) return false;
    needs_table(table);
    if (has("undefined_column")) part_of_table(GuardKind::kColumn, column, table, true);
    return true;
  }

  const std::set<std::string>& caught_;
  ByteRange range_;
  Guards& out_;
};

bool same_object(const ExistenceGuard& a, const ExistenceGuard& b) {
  return a.name.name.id == b.name.name.id && a.owner.name.id == b.owner.name.id;
}

/// What one operation of several does must not change what the next one meets.
bool independent(const Guards& guards) {
  for (size_t i = 0; i < guards.size(); ++i) {
    for (size_t j = i + 1; j < guards.size(); ++j) {
      if (same_object(guards[i], guards[j])) return false;
      if (guards[i].owner.name.id == guards[j].name.name.id && !guards[i].owner.empty()) {
        return false;
      }
      if (guards[j].owner.name.id == guards[i].name.name.id && !guards[j].owner.empty()) {
        return false;
      }
    }
  }
  return true;
}

bool all_must_be_missing(const Guards& guards) {
  return std::none_of(guards.begin(), guards.end(), [](const auto& g) { return g.must_exist; });
}

/// Where the schema itself is missing, the error is another one.
bool may_lack_schema(const ExistenceGuard& guard) {
  return guard.must_exist && guard.owner.empty() && !guard.name.schema.empty() &&
         guard.name.schema.id != "public";
}

/// Each pair of guards is compared; nobody tries as many things at once.
constexpr size_t kMaxOperations = 50;

}  // namespace

std::optional<Existence> recognise_handled(const std::vector<const Operation*>& operations,
                                           const std::set<std::string>& caught, ByteRange range) {
  if (operations.size() > kMaxOperations) return std::nullopt;
  Existence out;
  for (const Operation* o : operations) {
    if (!std::visit(HandledOperation(caught, range, out.all_of), o->data)) return std::nullopt;
  }
  if (out.all_of.empty()) return std::nullopt;
  if (std::any_of(out.all_of.begin(), out.all_of.end(), may_lack_schema)) return std::nullopt;
  const bool several = operations.size() > 1;
  if (several && !(all_must_be_missing(out.all_of) && independent(out.all_of))) {
    return std::nullopt;
  }
  return out;
}

}  // namespace belay::sql::postgres
