// Locks, rewrites and scans of PostgreSQL. The lock modes are those of AlterTableGetLockLevel and
// of the commands' own sources, and were measured on 15.20; tests/analyzer/effects holds the
// measurements against this file.

#include <algorithm>

#include "analyzer/effects/engines.h"
#include "analyzer/effects/type_change.h"
#include "analyzer/effects/volatility.h"
#include "support/contains.h"

namespace belay::effects {
namespace {

using schema::Schema;
using schema::Table;
using sql::ConstraintKind;
using sql::ObjectKind;

class Postgres {
 public:
  Postgres(const Schema& before, uint32_t script) : before_(before), script_(script) {}

  Effect take() && { return std::move(effect_); }

  void operator()(const sql::CreateTable& op) {
    for (const sql::ConstraintDefinition& c : op.constraints) lock_parent(c, op.table);
    for (const sql::ColumnDefinition& column : op.columns) {
      for (const sql::ConstraintDefinition& c : column.constraints) lock_parent(c, op.table);
    }
    for (const sql::QualifiedName& p : op.inherits) lock(p, LockMode::kShareUpdateExclusive);
    for (const sql::LikeClause& l : op.like) lock(l.table, LockMode::kAccessShare);
    if (op.partition_of) lock(op.partition_of->parent, LockMode::kAccessExclusive);
    if (op.as_query) read(*op.as_query);
  }
  void operator()(const sql::DropTable& op) {
    lock(op.table, LockMode::kAccessExclusive);
    const Table* table = before_.table(op.table);
    if (table != nullptr) lock_parents(*table, [](const schema::Constraint&) { return true; });
    if (op.cascade) lock_children(before_.key(op.table));
  }
  void operator()(const sql::Truncate& op) {
    lock(op.table, LockMode::kAccessExclusive);
    if (op.cascade) lock_children(before_.key(op.table));
  }
  void operator()(const sql::RenameTable& op) { lock_target(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::RenameColumn& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
  }
  void operator()(const sql::RenameConstraint& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
  }
  void operator()(const sql::AddColumn& op) { add_column(op); }
  void operator()(const sql::DropColumn& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
    if (const Table* table = before_.table(op.table.name)) {
      lock_parents(*table,
                   [&](const schema::Constraint& c) { return contains(c.columns, op.column.id); });
    }
  }
  void operator()(const sql::AlterColumnType& op) { alter_type(op); }
  void operator()(const sql::SetDefault& op) { lock_target(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::DropDefault& op) { lock_target(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::DropNotNull& op) { lock_target(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::AlterIdentity& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
  }
  void operator()(const sql::AlterGenerated& op) {
    RelationEffect& r = lock_target(op.table, LockMode::kAccessExclusive);
    r.rewrite = !op.drop;
  }
  void operator()(const sql::SetNotNull& op) {
    RelationEffect& r = lock_target(op.table, LockMode::kAccessExclusive);
    r.scan = !not_null_is_proven(op.table.name, op.column.id);
  }
  void operator()(const sql::SetColumnOption& op) {
    using What = sql::SetColumnOption::What;
    const bool strong = op.what == What::kStorage || op.what == What::kCompression;
    lock_target(op.table, strong ? LockMode::kAccessExclusive : LockMode::kShareUpdateExclusive);
  }
  void operator()(const sql::AddConstraint& op) { add_constraint(op); }
  void operator()(const sql::DropConstraint& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
    if (const Table* table = before_.table(op.table.name)) {
      lock_parents(*table, [&](const schema::Constraint& c) { return c.name == op.constraint.id; });
    }
  }
  void operator()(const sql::ValidateConstraint& op) {
    const Table* table = before_.table(op.table.name);
    const schema::Constraint* constraint =
        table == nullptr ? nullptr : table->constraint(op.constraint.id);
    RelationEffect& r = lock_target(op.table, LockMode::kShareUpdateExclusive);
    r.scan = constraint == nullptr || !constraint->validated;
    if (constraint != nullptr && constraint->kind == ConstraintKind::kForeignKey) {
      lock_key(constraint->referenced_table, LockMode::kRowShare);
    }
  }
  void operator()(const sql::AlterConstraint& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
  }
  void operator()(const sql::AttachPartition& op) {
    lock(op.table.name, LockMode::kShareUpdateExclusive);
    RelationEffect& r = lock(op.partition, LockMode::kAccessExclusive);
    r.scan = true;
    if (const Table* partition = before_.table(op.partition)) {
      // A validated CHECK may prove the bounds; whether it does is not worked out here.
      const bool has_check =
          std::any_of(partition->constraints.begin(), partition->constraints.end(),
                      [](const schema::Constraint& c) {
                        return c.kind == ConstraintKind::kCheck && c.validated;
                      });
      if (has_check) {
        r.scan = false;
        effect_.unknown = "a CHECK of the partition may or may not imply its bounds";
      }
    }
  }
  void operator()(const sql::DetachPartition& op) {
    const LockMode mode = op.concurrently || op.finalize ? LockMode::kShareUpdateExclusive
                                                         : LockMode::kAccessExclusive;
    lock(op.table.name, mode);
    lock(op.partition, LockMode::kAccessExclusive);
    effect_.outside_transaction = op.concurrently;
  }
  void operator()(const sql::SetInheritance& op) {
    lock_target(op.table, LockMode::kAccessExclusive);
    lock(op.parent, LockMode::kShareUpdateExclusive);
  }
  void operator()(const sql::SetTableOption& op) {
    using What = sql::SetTableOption::What;
    switch (op.what) {
      case What::kLogged:
      case What::kUnlogged:
      case What::kAccessMethod: {
        RelationEffect& r = lock_target(op.table, LockMode::kAccessExclusive);
        // The method heap is what nearly every table has already.
        r.rewrite = op.what != What::kAccessMethod || op.name.id != "heap";
        r.builds_index = r.rewrite;
        break;
      }
      case What::kParameters:
      case What::kResetParameters:
      case What::kClusterOn:
      case What::kWithoutCluster: lock_target(op.table, LockMode::kShareUpdateExclusive); break;
      case What::kTriggerState: lock_target(op.table, LockMode::kShareRowExclusive); break;
      default: lock_target(op.table, LockMode::kAccessExclusive); break;
    }
  }
  void operator()(const sql::CreateIndex& op) {
    const LockMode mode = op.concurrently ? LockMode::kShareUpdateExclusive : LockMode::kShare;
    RelationEffect& r = lock(op.table, mode);
    r.scan = !op.only;
    r.builds_index = !op.only;
    effect_.outside_transaction = op.concurrently;
    if (!op.only) lock_partitions(before_.key(op.table), mode);
  }
  void operator()(const sql::DropIndex& op) {
    const LockMode mode =
        op.concurrently ? LockMode::kShareUpdateExclusive : LockMode::kAccessExclusive;
    if (const Table* table = before_.table_of_index(before_.key(op.index))) {
      lock_key(before_.key(table->schema, table->name), mode);
    } else {
      effect_.unknown = "the index's table is not known";
    }
    lock(op.index, mode);
    effect_.outside_transaction = op.concurrently;
  }
  void operator()(const sql::Reindex& op) {
    effect_.outside_transaction =
        op.concurrently || op.kind == ObjectKind::kDatabase || op.kind == ObjectKind::kOther;
    const Table* table = op.kind == ObjectKind::kTable ? before_.table(op.name)
                         : op.kind == ObjectKind::kIndex
                             ? before_.table_of_index(before_.key(op.name))
                             : nullptr;
    const LockMode mode = op.concurrently ? LockMode::kShareUpdateExclusive : LockMode::kShare;
    if (table != nullptr) {
      lock_key(before_.key(table->schema, table->name), mode).builds_index = true;
    } else if (op.kind == ObjectKind::kTable) {
      lock(op.name, mode).builds_index = true;
    }
    if (op.kind == ObjectKind::kIndex && !op.concurrently) {
      lock(op.name, LockMode::kAccessExclusive);
    }
  }
  void operator()(const sql::CreateView& op) {
    if (op.or_replace && before_.view(before_.key(op.view)) != nullptr) {
      lock(op.view, LockMode::kAccessExclusive);
    }
    read(op.query);
  }
  void operator()(const sql::RefreshMaterializedView& op) {
    RelationEffect& r =
        lock(op.view, op.concurrently ? LockMode::kExclusive : LockMode::kAccessExclusive);
    r.rewrite = !op.concurrently;
  }
  void operator()(const sql::CreateTrigger& op) { lock(op.table, LockMode::kShareRowExclusive); }
  void operator()(const sql::CreateRule& op) { lock(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::CreatePolicy& op) { lock(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::AlterPolicy& op) { lock(op.table, LockMode::kAccessExclusive); }
  void operator()(const sql::DropObject& op) {
    switch (op.kind) {
      case ObjectKind::kTrigger:
      case ObjectKind::kRule:
      case ObjectKind::kPolicy: lock(op.table, LockMode::kAccessExclusive); break;
      case ObjectKind::kView:
      case ObjectKind::kMaterializedView:
      case ObjectKind::kSequence: lock(op.name, LockMode::kAccessExclusive); break;
      case ObjectKind::kSchema:
        if (!op.cascade) break;
        before_.for_each_table([&](const std::string& key, const Table& table) {
          if (table.schema == op.name.name.id) add_relation(key, LockMode::kAccessExclusive);
        });
        break;
      default: break;
    }
  }
  void operator()(const sql::RenameObject& op) {
    switch (op.kind) {
      case ObjectKind::kIndex: lock(op.name, LockMode::kShareUpdateExclusive); break;
      case ObjectKind::kView:
      case ObjectKind::kMaterializedView:
      case ObjectKind::kSequence: lock(op.name, LockMode::kAccessExclusive); break;
      case ObjectKind::kTrigger:
      case ObjectKind::kRule:
      case ObjectKind::kPolicy: lock(op.table, LockMode::kAccessExclusive); break;
      default: break;
    }
  }
  void operator()(const sql::SetSchema& op) {
    if (is_relation(op.kind)) lock(op.name, LockMode::kAccessExclusive);
  }
  void operator()(const sql::SetOwner& op) {
    if (is_relation(op.kind)) lock(op.name, LockMode::kAccessExclusive);
  }
  void operator()(const sql::Comment& op) {
    if (is_relation(op.kind)) lock(op.name, LockMode::kShareUpdateExclusive);
    if (op.kind == ObjectKind::kColumn) lock(op.table, LockMode::kShareUpdateExclusive);
  }
  void operator()(const sql::AlterDomain& op) {
    using Action = sql::AlterDomain::Action;
    const bool checks = op.action == Action::kSetNotNull ||
                        op.action == Action::kValidateConstraint ||
                        (op.action == Action::kAddConstraint && !op.constraint.not_valid);
    if (!checks) return;
    before_.for_each_table([&](const std::string& key, const Table& table) {
      for (const schema::Column& c : table.columns) {
        if (before_.type(c.type.name) != before_.type(op.domain.to_string()) ||
            before_.type(c.type.name) == nullptr) {
          continue;
        }
        lock_key(key, LockMode::kShare).scan = true;
        break;
      }
    });
  }
  void operator()(const sql::AlterSequence& op) { lock(op.sequence, LockMode::kShareRowExclusive); }
  void operator()(const sql::Insert& op) {
    lock(op.table, LockMode::kRowExclusive);
    read(op.query);
  }
  void operator()(const sql::Update& op) {
    lock(op.table, LockMode::kRowExclusive).scan = !op.where;
    read(op.query);
  }
  void operator()(const sql::Delete& op) {
    lock(op.table, LockMode::kRowExclusive).scan = !op.where;
    read(op.query);
  }
  void operator()(const sql::Merge& op) {
    lock(op.table, LockMode::kRowExclusive);
    read(op.query);
  }
  void operator()(const sql::Copy& op) {
    if (op.table.empty()) return;
    lock(op.table, op.from ? LockMode::kRowExclusive : LockMode::kAccessShare);
  }
  void operator()(const sql::Select& op) { read(op.query); }
  void operator()(const sql::LockTable& op) {
    static constexpr LockMode kModes[] = {LockMode::kAccessShare,  LockMode::kRowShare,
                                          LockMode::kRowExclusive, LockMode::kShareUpdateExclusive,
                                          LockMode::kShare,        LockMode::kShareRowExclusive,
                                          LockMode::kExclusive,    LockMode::kAccessExclusive};
    static constexpr std::string_view kNames[] = {
        "access share", "row share",           "row exclusive", "share update exclusive",
        "share",        "share row exclusive", "exclusive",     "access exclusive"};
    const auto* at = std::find(std::begin(kNames), std::end(kNames), op.mode);
    if (at != std::end(kNames)) lock(op.table, kModes[at - std::begin(kNames)]);
  }
  void operator()(const sql::Maintenance& op) {
    using Kind = sql::Maintenance::Kind;
    effect_.outside_transaction = op.kind == Kind::kVacuum || op.kind == Kind::kVacuumFull ||
                                  (op.kind == Kind::kCluster && op.table.empty());
    if (op.table.empty()) return;
    switch (op.kind) {
      case Kind::kVacuum:
      case Kind::kAnalyze: lock(op.table, LockMode::kShareUpdateExclusive); break;
      case Kind::kVacuumFull:
      case Kind::kCluster: lock(op.table, LockMode::kAccessExclusive).rewrite = true; break;
      default: break;
    }
  }
  void operator()(const sql::CreateObject& op) {
    if (!op.table.empty()) lock(op.table, LockMode::kShareUpdateExclusive);
    effect_.outside_transaction =
        op.kind == ObjectKind::kDatabase || op.kind == ObjectKind::kTablespace;
  }
  void operator()(const sql::AlterObject& op) {
    effect_.outside_transaction = op.kind == ObjectKind::kOther && op.name.name.id == "system";
  }
  void operator()(const sql::DoBlock&) { effect_.unknown = "what the block does is not analysed"; }
  void operator()(const sql::Call&) { effect_.unknown = "what the procedure does is not analysed"; }
  void operator()(const sql::Unknown& op) { effect_.unknown = op.why; }

  template <class T>
  void operator()(const T&) {}

 private:
  static bool is_relation(ObjectKind kind) {
    return kind == ObjectKind::kTable || kind == ObjectKind::kView ||
           kind == ObjectKind::kMaterializedView || kind == ObjectKind::kSequence ||
           kind == ObjectKind::kForeignTable;
  }

  /// Notes a lock; the strongest on a relation counts.
  RelationEffect& lock_key(const std::string& key, LockMode mode) {
    const std::string shown = before_.display(key);
    for (RelationEffect& r : effect_.relations) {
      if (r.relation != shown) continue;
      r.lock = std::max(r.lock, mode);
      return r;
    }
    return add_relation(key, mode);
  }
  /// `lock_key` for a relation that is not in the list yet.
  RelationEffect& add_relation(const std::string& key, LockMode mode) {
    RelationEffect r;
    r.relation = before_.display(key);
    r.lock = mode;
    if (const Table* table = before_.table(std::string_view(key))) {
      r.is_new = table->temporary || (table->made_by(script_) && !table->may_have_rows);
    }
    return effect_.relations.emplace_back(std::move(r));
  }
  RelationEffect& lock(const sql::QualifiedName& name, LockMode mode) {
    return lock_key(before_.key(name), mode);
  }
  RelationEffect& lock_target(const sql::AlterTarget& target, LockMode mode) {
    const std::string key = before_.key(target.name);
    if (!target.only && mode > LockMode::kRowExclusive) lock_partitions(key, mode);
    // The reference stays good: the partitions are in the list already.
    return lock_key(key, mode);
  }
  void lock_partitions(const std::string& parent, LockMode mode) {
    const Table* table = before_.table(std::string_view(parent));
    if (table == nullptr || !table->partitioned) return;
    before_.for_each_table([&](const std::string& key, const Table& t) {
      if (t.partition_of == parent) lock_key(key, mode);
    });
  }
  void lock_parent(const sql::ConstraintDefinition& c, const sql::QualifiedName& child) {
    if (c.kind != ConstraintKind::kForeignKey) return;
    if (before_.key(c.references) == before_.key(child)) return;
    lock(c.references, LockMode::kShareRowExclusive);
  }
  template <class Wanted>
  void lock_parents(const Table& child, Wanted wanted) {
    const std::string own = before_.key(child.schema, child.name);
    for (const schema::Constraint& c : child.constraints) {
      if (c.kind != ConstraintKind::kForeignKey || c.referenced_table == own || !wanted(c))
        continue;
      lock_key(c.referenced_table, LockMode::kAccessExclusive);
    }
  }
  void lock_children(const std::string& parent) {
    before_.for_each_table([&](const std::string& key, const Table& table) {
      for (const schema::Constraint& c : table.constraints) {
        if (c.referenced_table == parent) lock_key(key, LockMode::kAccessExclusive);
      }
    });
  }
  void read(const sql::Query& query) {
    for (const sql::QualifiedName& r : query.relations) lock(r, LockMode::kAccessShare);
  }

  bool not_null_is_proven(const sql::QualifiedName& name, const std::string& column) const {
    const Table* table = before_.table(name);
    if (table == nullptr) return false;
    const schema::Column* c = table->column(column);
    if (c != nullptr && c->not_null) return true;
    if (before_.dialect().version < EngineVersion{12, 0, 0}) return false;
    return std::any_of(table->constraints.begin(), table->constraints.end(),
                       [&](const schema::Constraint& k) {
                         return k.validated && contains(k.proves_not_null, column);
                       });
  }

  void add_column(const sql::AddColumn& op) {
    const sql::ColumnDefinition& column = op.column;
    bool rewrite = column.generated == sql::ColumnDefinition::Generated::kStored ||
                   column.identity != sql::ColumnDefinition::Identity::kNo ||
                   column.type.is_serial();
    bool scan = false;
    bool builds_index = false;
    const bool has_value =
        column.default_value && column.default_value->shape != sql::Expression::Shape::kNull;
    if (has_value) {
      const ExpressionVolatility v = expression_volatility(*column.default_value, before_);
      rewrite |= v.volatility == Volatility::kVolatile;
      if (v.volatility == Volatility::kUnknown) {
        effect_.unknown = "whether " + std::string(v.function) + "() is volatile is not known";
      }
      // Before 11 every default was written into every row.
      rewrite |= before_.dialect().version < EngineVersion{11, 0, 0};
    }
    const schema::UserType* type = before_.type(column.type.name.to_string());
    rewrite |= type != nullptr && type->form == schema::UserType::Form::kDomain &&
               type->constrained() && column.type.array_dimensions == 0;
    for (const sql::ConstraintDefinition& c : column.constraints) {
      switch (c.kind) {
        case ConstraintKind::kCheck: scan = true; break;
        case ConstraintKind::kNotNull: scan |= !has_value && !rewrite; break;
        case ConstraintKind::kPrimaryKey:
        case ConstraintKind::kUnique:
        case ConstraintKind::kExclude: builds_index = true; break;
        case ConstraintKind::kForeignKey:
          lock_parent(c, op.table.name);
          scan |= has_value;
          break;
      }
    }
    RelationEffect& r = lock_target(op.table, LockMode::kAccessExclusive);
    r.rewrite = rewrite;
    r.scan = scan && !rewrite;
    r.builds_index = builds_index || rewrite;
  }

  void alter_type(const sql::AlterColumnType& op) {
    const Table* table = before_.table(op.table.name);
    const schema::Column* column = table == nullptr ? nullptr : table->column(op.column.id);
    RelationEffect& r = lock_target(op.table, LockMode::kAccessExclusive);
    const schema::Type to =
        schema::Type{op.type.name.to_string(), op.type.modifiers, op.type.array_dimensions};
    if (!using_is_the_column(op)) {
      r.rewrite = true;
      r.builds_index = true;
      return;
    }
    if (column == nullptr || column->type.name.empty()) {
      r.rewrite = true;
      r.builds_index = true;
      effect_.unknown = "the type before is not known";
      return;
    }
    const TypeChange change = type_change(column->type, to, before_);
    r.rewrite = change == TypeChange::kRewrite;
    r.builds_index = r.rewrite;
    if (change == TypeChange::kReindex || !op.collation.empty()) {
      r.builds_index |= std::any_of(
          table->indexes.begin(), table->indexes.end(),
          [&](const schema::Index& i) { return contains(i.mentioned_columns, op.column.id); });
    }
    if (change == TypeChange::kMetadataInUtc) {
      effect_.unknown = "no rewrite where the session's TimeZone is UTC, a rewrite elsewhere";
      if (before_.dialect().version < EngineVersion{12, 0, 0}) {
        effect_.unknown.clear();
        r.rewrite = r.builds_index = true;
      }
    }
    // CHECK constraints on the column are verified again unless nothing changes at all.
    const bool same = column->type == to && op.collation.empty() && op.using_expression.empty();
    if (!r.rewrite && !same) {
      r.scan = std::any_of(table->constraints.begin(), table->constraints.end(),
                           [&](const schema::Constraint& c) {
                             return c.kind == ConstraintKind::kCheck && c.validated &&
                                    contains(c.columns, op.column.id);
                           });
    }
  }

  /// USING is absent, or names the column itself, perhaps with the cast that would happen anyway.
  static bool using_is_the_column(const sql::AlterColumnType& op) {
    const sql::Expression& e = op.using_expression;
    return e.empty() || (e.shape == sql::Expression::Shape::kColumn && e.columns.size() == 1 &&
                         e.columns[0].id == op.column.id);
  }

  void add_constraint(const sql::AddConstraint& op) {
    const sql::ConstraintDefinition& c = op.constraint;
    switch (c.kind) {
      case ConstraintKind::kForeignKey: {
        lock_parent(c, op.table.name);
        lock_target(op.table, LockMode::kShareRowExclusive).scan = !c.not_valid;
        break;
      }
      case ConstraintKind::kCheck:
      case ConstraintKind::kNotNull:
        lock_target(op.table, LockMode::kAccessExclusive).scan = !c.not_valid;
        break;
      case ConstraintKind::kPrimaryKey: {
        const bool builds = c.using_index.empty();
        std::vector<std::string> columns;
        for (const sql::Name& n : c.columns) columns.push_back(n.id);
        if (!builds) {
          const Table* table = before_.table(op.table.name);
          const schema::Index* index = table == nullptr ? nullptr : table->index(c.using_index.id);
          if (index != nullptr) columns = index->columns;
        }
        const bool proven = std::all_of(columns.begin(), columns.end(), [&](const std::string& n) {
          return not_null_is_proven(op.table.name, n);
        });
        RelationEffect& r = lock_target(op.table, LockMode::kAccessExclusive);
        r.builds_index = builds;
        r.scan = !proven || columns.empty();
        break;
      }
      case ConstraintKind::kUnique:
      case ConstraintKind::kExclude:
        lock_target(op.table, LockMode::kAccessExclusive).builds_index = c.using_index.empty();
        break;
    }
  }

  const Schema& before_;
  uint32_t script_;
  Effect effect_;
};

}  // namespace

Effect postgres_effect(const sql::Operation& operation, const Schema& before, uint32_t script) {
  Postgres postgres(before, script);
  std::visit(postgres, operation.data);
  return std::move(postgres).take();
}

}  // namespace belay::effects
