// SQLite has one lock for writers, on the whole database. What differs is for how long: a change of
// the catalog alone, a scan, or a rewrite of the table. Source: sqlite.org/lang_altertable.html,
// and measurements on 3.40.1.

#include "analyzer/effects/engines.h"

namespace belay::effects {
namespace {

class Sqlite {
 public:
  Sqlite(const schema::Schema& before, uint32_t script) : before_(before), script_(script) {}

  Effect take() && { return std::move(effect_); }

  void operator()(const sql::CreateTable& op) { write(op.table); }
  void operator()(const sql::DropTable& op) { write(op.table).scan = true; }
  void operator()(const sql::RenameTable& op) { write(op.table.name); }
  void operator()(const sql::AddColumn& op) {
    // A CHECK or a NOT NULL with a default is verified against the rows.
    write(op.table.name).scan =
        op.column.constraint(sql::ConstraintKind::kCheck) != nullptr ||
        (op.column.not_null() && op.column.generated != sql::ColumnDefinition::Generated::kNo);
  }
  void operator()(const sql::DropColumn& op) { write(op.table.name).rewrite = true; }
  void operator()(const sql::RenameColumn& op) { write(op.table.name); }
  void operator()(const sql::CreateIndex& op) {
    RelationEffect& r = write(op.table);
    r.scan = true;
    r.builds_index = true;
  }
  void operator()(const sql::DropIndex& op) {
    if (const schema::Table* table = before_.table_of_index(before_.key(op.index))) {
      write_key(before_.key(table->schema, table->name));
    }
  }
  void operator()(const sql::Reindex& op) {
    if (before_.table(op.name) != nullptr) write(op.name).builds_index = true;
  }
  void operator()(const sql::Insert& op) { write(op.table); }
  void operator()(const sql::Update& op) { write(op.table).scan = !op.where; }
  void operator()(const sql::Delete& op) { write(op.table).scan = !op.where; }
  void operator()(const sql::Maintenance& op) {
    effect_.outside_transaction = op.kind == sql::Maintenance::Kind::kVacuum;
  }
  void operator()(const sql::AttachDatabase&) { effect_.outside_transaction = true; }
  void operator()(const sql::Pragma& op) {
    effect_.outside_transaction =
        op.value.has_value() && (op.name.id == "journal_mode" || op.name.id == "foreign_keys");
  }
  void operator()(const sql::Unknown& op) { effect_.unknown = op.why; }

  template <class T>
  void operator()(const T&) {}

 private:
  RelationEffect& write(const sql::QualifiedName& name) { return write_key(before_.key(name)); }
  RelationEffect& write_key(const std::string& key) {
    RelationEffect r;
    r.relation = before_.display(key);
    r.lock = LockMode::kDatabaseWrite;
    if (const schema::Table* table = before_.table(std::string_view(key))) {
      r.is_new = table->temporary || (table->made_by(script_) && !table->may_have_rows);
    }
    return effect_.relations.emplace_back(std::move(r));
  }

  const schema::Schema& before_;
  uint32_t script_;
  Effect effect_;
};

}  // namespace

Effect sqlite_effect(const sql::Operation& operation, const schema::Schema& before,
                     uint32_t script) {
  Sqlite sqlite(before, script);
  std::visit(sqlite, operation.data);
  return std::move(sqlite).take();
}

}  // namespace belay::effects
