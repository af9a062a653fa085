#include "runtime/migrations/schema/sqlite_alter.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "runtime/drivers/quote.h"
#include "runtime/migrations/schema/definition_sql.h"
#include "runtime/migrations/schema/make_index.h"
#include "runtime/migrations/schema/sound_objects.h"
#include "runtime/migrations/schema/sqlite_rebuild.h"
#include "runtime/migrations/schema/table_edit.h"
#include "support/ascii.h"

namespace belay::builder {
namespace {

using Kind = TextConstraint::Kind;

constexpr Engine kEngine = Engine::kSqlite;

bool same_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return ascii::equal_ignoring_case(x, y); });
}

bool contains_name(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const auto& n) { return ascii::equal_ignoring_case(n, name); });
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

class SqliteAlter {
 public:
  SqliteAlter(Database& db, const TableChange& change)
      : db_(db), change_(change), name_(stored_table(db, change.name()).name) {}

  void run() {
    Savepoint savepoint(db_);
    watch_ = std::make_unique<SoundObjects>(db_);
    load();
    for (const TablePart& part : change_.parts()) {
      std::visit([this](const auto& p) { apply(p); }, part);
    }
    flush();
    watch_->check("behind the change of `" + name_ + "`", gone_, drops_users_);
    savepoint.release();
  }

 private:
  void load() {
    before_ = std::make_unique<TableText>(stored_table(db_, name_).sql);
    text_ = std::make_unique<TableText>(before_->sql());
    fill_.clear();
  }
  bool pending() const { return text_->sql() != before_->sql() || !fill_.empty(); }
  void set(std::string sql) { text_ = std::make_unique<TableText>(std::move(sql)); }
  void flush() {
    if (!pending()) return;
    rebuild_table(db_, *before_, *text_, fill_);
    load();
  }
  std::string table() const { return "main." + runtime::quote_name(name_); }
  Target target() const { return {kEngine, text_->is_strict()}; }

  const TextColumn& column_of(std::string_view name) const {
    if (const TextColumn* found = text_->find(name)) return *found;
    std::vector<std::string> known;
    for (const TextColumn& column : text_->columns()) known.push_back(column.name);
    throw MigrationError("the table `" + name_ + "` has no column `" + std::string(name) +
                         "`; it has " + quoted_list(known));
  }

  // ---- New parts

  void apply(const Column& column) {
    if (text_->find(column.name) != nullptr) {
      throw MigrationError("the table `" + name_ + "` has a column `" + column.name + "` already");
    }
    const std::string text = column_text(column, target());
    if (!pending() && sqlite_can_add(column)) {
      db_.execute("ALTER TABLE " + table() + " ADD COLUMN " + text);
      load();
      return;
    }
    if (column.is_primary_key) refuse_second_key();
    set(with_column(*text_, text));
    if (column.new_rows_only) fill_[column.name] = "NULL";
  }

  /// To rows that are there, by itself.
  static bool sqlite_can_add(const Column& column) {
    const bool has_value = column.default_value && !is_null(*column.default_value);
    if (column.is_primary_key || column.is_unique || column.new_rows_only) return false;
    if (column.generated && column.generated_kind == Generated::kStored) return false;
    if (column.default_value && !is_constant(*column.default_value)) return false;
    if (column.is_not_null && !has_value) return false;
    return !(column.reference && has_value);
  }

  void refuse_second_key() const {
    for (const TextConstraint* constraint : text_->all_constraints()) {
      if (constraint->kind != Kind::kPrimaryKey) continue;
      throw MigrationError("the table `" + name_ + "` has a primary key already",
                           "call drop_primary_key() first");
    }
  }

  void apply(const ForeignKey& key) {
    for (const std::string& column : key.columns) column_of(column);
    set(with_constraint(*text_, foreign_key_text(key, kEngine)));
  }

  void apply(const Constraint& constraint) {
    if (constraint.kind == Constraint::Kind::kPrimaryKey) refuse_second_key();
    for (const std::string& column : constraint.columns) column_of(column);
    set(with_constraint(*text_, constraint_text(constraint)));
  }

  void apply(const TableIndex& index) {
    flush();
    make_index(db_, name_, index);
  }
  void apply(const TableComment& /*comment*/) {}
  void apply(const ValidatedConstraint& /*constraint*/) {}

  // ---- Columns that change

  void apply(const RenamedColumn& renamed) {
    flush();
    column_of(renamed.from);
    db_.execute("ALTER TABLE " + table() + " RENAME COLUMN " + name_text(renamed.from) + " TO " +
                name_text(renamed.to));
    load();
    watch_ = std::make_unique<SoundObjects>(db_);
  }

  void apply(const ColumnChange& change) {
    refuse_bare_conversion(change);
    const std::string name = column_of(change.name).name;
    if (change.new_type) {
      set(with_type(*text_, column_of(name), type_text(*change.new_type, target())));
      const std::string values = values_check(name, *change.new_type, kEngine);
      if (!values.empty()) {
        set(edited(text_->sql(),
                   {{{column_of(name).range.end, column_of(name).range.end}, " " + values}}));
      }
    }
    if (change.conversion) fill_[name] = "(" + *change.conversion + ")";
    if (change.new_not_null) {
      const char* words = *change.new_not_null ? "NOT NULL" : "";
      set(with_column_constraint(*text_, column_of(name), Kind::kNull, ""));
      set(with_column_constraint(*text_, column_of(name), Kind::kNotNull, words));
    }
    if (change.new_default || change.drops_default) {
      const std::string words =
          change.new_default ? "DEFAULT " + default_text(*change.new_default, kEngine) : "";
      set(with_column_constraint(*text_, column_of(name), Kind::kDefault, words));
    }
  }

  // ---- What goes

  void apply(const DroppedIndex& index) {
    flush();
    const auto indexes = stored_indexes(db_, name_);
    if (std::none_of(indexes.begin(), indexes.end(), [&](const StoredIndex& i) {
          return ascii::equal_ignoring_case(i.name, index.name);
        })) {
      throw MigrationError("the table `" + name_ + "` has no index `" + index.name + "`");
    }
    db_.execute("DROP INDEX main." + runtime::quote_name(index.name));
  }

  bool matches(const TextConstraint& constraint, const DroppedConstraint& wanted) const {
    using Wanted = DroppedConstraint::Kind;
    const bool named =
        !wanted.name.empty() && ascii::equal_ignoring_case(constraint.name, wanted.name);
    switch (wanted.kind) {
      case Wanted::kPrimaryKey: return constraint.kind == Kind::kPrimaryKey;
      case Wanted::kUnique:
        return constraint.kind == Kind::kUnique && same_names(constraint.columns, wanted.columns);
      case Wanted::kForeignKey:
        return constraint.kind == Kind::kForeignKey &&
               same_names(constraint.columns, wanted.columns);
      case Wanted::kCheck:
        return constraint.kind == Kind::kCheck &&
               (named ||
                (constraint.name.empty() && plain_statement(constraint.body.of(text_->sql())) ==
                                                plain_statement(wanted.name)));
      case Wanted::kAny: break;
    }
    return named;
  }

  void apply(const DroppedConstraint& wanted) {
    for (const TextConstraint* constraint : text_->all_constraints()) {
      if (!matches(*constraint, wanted)) continue;
      set(without_constraint(*text_, *constraint));
      return;
    }
    const std::string what =
        wanted.name.empty() ? "(" + quoted_list(wanted.columns) + ")" : "`" + wanted.name + "`";
    const bool unique = wanted.kind == DroppedConstraint::Kind::kUnique;
    throw MigrationError("the table `" + name_ + "` has no such constraint: " + what,
                         unique ? "a unique index is dropped by its name, with drop_index()"
                                : "its definition is: " + text_->sql());
  }

  void apply(const DroppedColumn& dropped) {
    const std::string name = column_of(dropped.name).name;
    if (text_->columns().size() == 1) {
      throw MigrationError("`" + name + "` is the only column of the table `" + name_ + "`");
    }
    refuse_what_stays(name);
    const bool used = let_users_go(name, dropped.with_dependents);
    const TextColumn& column = column_of(name);
    const bool key = column.find(Kind::kUnique) != nullptr || column.find(Kind::kPrimaryKey);
    if (!used && !key && !pending() && !dropped.with_dependents) {
      db_.execute("ALTER TABLE " + table() + " DROP COLUMN " + name_text(name));
      load();
      return;
    }
    set(without_column(*text_, column));
    fill_.erase(name);
    gone_.insert(name);
    drops_users_ |= dropped.with_dependents;
  }

  /// What no call lets go along.
  void refuse_what_stays(const std::string& name) const {
    for (const TextColumn& other : text_->columns()) {
      const TextConstraint* generated = other.find(Kind::kGenerated);
      if (generated == nullptr || other.name == name) continue;
      if (!text_->mentions(generated->body, name)) continue;
      throw MigrationError("the column `" + other.name + "` is generated from `" + name + "`",
                           "drop or change `" + other.name + "` first");
    }
    for (const IncomingKey& key : incoming_keys(db_, name_)) {
      const bool refers = key.to.empty() ? is_in_primary_key(name) : contains_name(key.to, name);
      if (!refers) continue;
      throw MigrationError("the foreign key of `" + key.table + "` (" + key.columns +
                               ") refers to `" + name_ + "." + name + "`",
                           "drop that foreign key first");
    }
  }

  bool is_in_primary_key(std::string_view name) const {
    for (const TextConstraint* constraint : text_->all_constraints()) {
      if (constraint->kind == Kind::kPrimaryKey && contains_name(constraint->columns, name)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a constraint uses a column that is not all that it is about.
  bool binds_others(const TextConstraint& constraint, const std::string& name) const {
    if (constraint.kind == Kind::kPrimaryKey) return contains_name(constraint.columns, name);
    if (constraint.kind == Kind::kCheck) return text_->mentions(constraint.body, name);
    const bool to_itself = constraint.kind == Kind::kForeignKey &&
                           ascii::equal_ignoring_case(constraint.other_table, name_) &&
                           contains_name(constraint.other_columns, name);
    return to_itself || (constraint.columns.size() > 1 && contains_name(constraint.columns, name));
  }

  /// Constraints of the table and of other columns that use the column.
  std::vector<const TextConstraint*> constraints_on(const std::string& name) const {
    std::vector<const TextConstraint*> out;
    for (const TextConstraint* constraint : text_->all_constraints()) {
      const bool own = column_of(name).range.contains(constraint->range);
      if (own && constraint->kind != Kind::kPrimaryKey) continue;
      if (binds_others(*constraint, name)) out.push_back(constraint);
    }
    return out;
  }

  /// Constraints of a column alone go with it, but those of the table have to be taken out, too.
  void take_out_own_constraints(const std::string& name) {
    for (bool found = true; found;) {
      found = false;
      for (const TextConstraint& constraint : text_->constraints()) {
        const bool own = constraint.kind != Kind::kCheck && constraint.columns.size() == 1 &&
                         contains_name(constraint.columns, name);
        if (!own) continue;
        set(without_constraint(*text_, constraint));
        found = true;
        break;
      }
    }
  }

  /// Returns whether there was any, in the text or outside of it.
  bool let_users_go(const std::string& name, bool allowed) {
    const std::string text_before = text_->sql();
    std::vector<std::string> found;
    for (const StoredIndex& index : stored_indexes(db_, name_)) {
      if (!index_uses(index, name)) continue;
      found.push_back("index `" + index.name + "`");
      if (allowed) db_.execute("DROP INDEX main." + runtime::quote_name(index.name));
    }
    for (const StoredObject& object : silent_users(db_, name_, name)) {
      found.push_back(object.type + " `" + object.name + "`");
      if (allowed) drop_object(db_, object);
    }
    for (auto users = constraints_on(name); !users.empty(); users = constraints_on(name)) {
      found.push_back("`" + std::string(users[0]->range.of(text_->sql())) + "`");
      if (!allowed && users.size() == 1) break;
      if (!allowed) {
        for (size_t i = 1; i < users.size(); ++i) {
          found.push_back("`" + std::string(users[i]->range.of(text_->sql())) + "`");
        }
        break;
      }
      set(without_constraint(*text_, *users[0]));
    }
    if (!found.empty() && !allowed) refuse_users(name, found);
    take_out_own_constraints(name);
    return !found.empty() || text_->sql() != text_before;
  }

  [[noreturn]] void refuse_users(const std::string& column,
                                 const std::vector<std::string>& users) const {
    throw MigrationError(
        "the column `" + column + "` of `" + name_ + "` is used by " + quoted_list(users),
        "drop that first, or say Dependents::kDrop");
  }

  Database& db_;
  const TableChange& change_;
  std::string name_;
  std::unique_ptr<TableText> before_;  ///< as it is stored
  std::unique_ptr<TableText> text_;    ///< as it is to be
  std::map<std::string, std::string> fill_;
  std::unique_ptr<SoundObjects> watch_;
  std::set<std::string> gone_;
  bool drops_users_ = false;
};

}  // namespace

void alter_sqlite_table(Database& db, const TableChange& change) { SqliteAlter(db, change).run(); }

void drop_sqlite_table(Database& db, std::string_view name, bool with_dependents) {
  const std::string stored = table_name(db, name);
  for (const IncomingKey& key : incoming_keys(db, stored)) {
    throw MigrationError(
        "the foreign key of `" + key.table + "` (" + key.columns + ") refers to `" + stored + "`",
        "drop that foreign key first, or that table");
  }
  Savepoint savepoint(db);
  SoundObjects watch(db);
  db.execute("DROP TABLE main." + runtime::quote_name(stored));
  watch.check("without the table `" + stored + "`", {stored}, with_dependents);
  savepoint.release();
}

}  // namespace belay::builder
