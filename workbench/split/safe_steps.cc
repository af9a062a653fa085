// One function for each recipe. A recipe begins with a finding: the rules know when a statement is
// harmless, because its table is new, say. What a recipe cannot say exactly, it does not offer.

#include "workbench/split/safe_steps.h"

#include <algorithm>
#include <array>

#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/schema/generated_names.h"
#include "analyzer/sql/quoted_name.h"

namespace belay::workbench {
namespace {

using schema::Column;

/// A statement with one operation on a table that was there before, and what is known of both.
struct SplitSubject {
  const AnalyzedSet& set;
  const AnalyzedMigration& migration;
  const AnalyzedScript& up;
  uint32_t statement = 0;

  const sql::ScriptStatement& place() const { return up.parsed->statements[statement]; }
  const sql::Operation& operation() const { return place().parsed->operations.front(); }
  std::string written(ByteRange range) const { return std::string(range.of(place().parsed->text)); }
  std::string whole() const { return place().parsed->text; }
  const schema::Schema& before() const { return migration.before; }
  const schema::Table* table(const sql::QualifiedName& name) const { return before().table(name); }
  Engine engine() const { return set.set->dialect.engine; }
  bool is_postgres() const { return engine() == Engine::kPostgres; }
  std::string quoted(const std::string& name) const { return sql::quoted_name(engine(), name); }

  /// The rule among `rules` that has found something in the statement; empty where none has.
  std::string_view finding_of(std::initializer_list<std::string_view> rules) const {
    for (const Finding& f : up.result->findings) {
      if (up.sources != nullptr || f.statement != place().range) continue;
      for (const std::string_view rule : rules) {
        if (f.rule == rule) return f.rule;
      }
    }
    return {};
  }

  /// `SET lock_timeout ...;` as the script itself has it before the statement; it ends with its
  /// session, so that later migrations say it again.
  std::string lock_timeout() const {
    for (uint32_t i = statement; i-- > 0;) {
      const sql::StatementPtr& parsed = up.parsed->statements[i].parsed;
      if (parsed == nullptr || parsed->operations.size() != 1) continue;
      const auto* set_variable = parsed->operations.front().as<sql::SetVariable>();
      if (set_variable != nullptr && set_variable->name.id == "lock_timeout") {
        return parsed->text + ";\n";
      }
    }
    return "";
  }
};

/// The column that batches of rows are cut by; empty where the primary key is none or several.
std::string batch_key(const schema::Table& table) {
  for (const auto& constraint : table.constraints) {
    if (constraint->kind == sql::ConstraintKind::kPrimaryKey && constraint->columns.size() == 1) {
      return constraint->columns.front();
    }
  }
  return "";
}

std::string batched_update(const SplitSubject& s, const std::string& table, const std::string& key,
                           const std::string& assignment, const std::string& condition) {
  const std::string column = s.quoted(key);
  return "-- belay:batch table=" + table + " key=" + column + "\nUPDATE " + table + " SET " +
         assignment + " WHERE " + condition + " AND " + column + " BETWEEN $1 AND $2;\n";
}

/// NOT NULL in steps that make nobody wait: promised for new rows, proved for old ones, then said.
struct NotNullSteps {
  std::string promise;
  std::string proof;
};
NotNullSteps not_null_steps(const SplitSubject& s, const std::string& table,
                            const std::string& table_name, const std::string& column,
                            const std::string& column_id) {
  const std::string name = s.quoted(schema::postgres_object_name(
      table_name, column_id, "set", [](const std::string&) { return false; }));
  const std::string alter = "ALTER TABLE " + table + " ";
  return {alter + "ADD CONSTRAINT " + name + " CHECK (" + column + " IS NOT NULL) NOT VALID;\n",
          alter + "VALIDATE CONSTRAINT " + name + ";\n" + alter + "ALTER COLUMN " + column +
              " SET NOT NULL;\n" + alter + "DROP CONSTRAINT " + name + ";\n"};
}

// --- ADD COLUMN -------------------------------------------------------------------------------

/// What rows of before can have where the statement names no value; empty where only a person can
/// say it.
std::string neutral_value(const sql::TypeName& type) {
  constexpr std::array<std::string_view, 3> kTexts = {"text", "varchar", "bpchar"};
  constexpr std::array<std::string_view, 6> kNumbers = {"int2",    "int4",   "int8",
                                                        "numeric", "float4", "float8"};
  const std::string name = type.name.name.id;
  if (type.array_dimensions > 0) return "'{}'";
  if (std::find(kTexts.begin(), kTexts.end(), name) != kTexts.end()) return "''";
  if (std::find(kNumbers.begin(), kNumbers.end(), name) != kNumbers.end()) return "0";
  return name == "bool" ? "false" : "";
}

/// The definition without its default and its NOT NULL; none where that is not all that can be
/// left out.
std::optional<std::string> nullable_definition(const SplitSubject& s,
                                               const sql::ColumnDefinition& c) {
  if (!c.collation.empty() || !c.storage.empty() || !c.compression.empty()) return std::nullopt;
  const bool plain = std::all_of(c.constraints.begin(), c.constraints.end(),
                                 [](const sql::ConstraintDefinition& constraint) {
                                   return constraint.kind == sql::ConstraintKind::kNotNull;
                                 });
  if (!plain || c.type.is_serial()) return std::nullopt;
  return s.written(c.name.range) + " " + s.written(c.type.range);
}

std::optional<SafeSteps> steps_for_add_column(const SplitSubject& s) {
  const auto* add = s.operation().as<sql::AddColumn>();
  const std::string_view rule = s.finding_of({"volatile-default", "add-required-column"});
  if (add == nullptr || rule.empty() || add->if_not_exists) return std::nullopt;
  const sql::ColumnDefinition& column = add->column;
  const schema::Table* table = s.table(add->table.name);
  const std::optional<std::string> definition = nullable_definition(s, column);
  const std::string key = table == nullptr ? "" : batch_key(*table);
  const bool has_value = column.default_value.has_value();
  const std::string value =
      has_value ? s.written(column.default_value->range) : neutral_value(column.type);
  if (!definition || key.empty() || value.empty()) return std::nullopt;

  const std::string t = s.written(add->table.name.range);
  const std::string c = s.written(column.name.range);
  SafeSteps out;
  out.title = "Split into safe steps: add nullable, fill in batches";
  out.rule = rule;
  out.here = "ALTER TABLE " + t + " ADD COLUMN " + *definition + ";";
  if (has_value)
    out.here += "\nALTER TABLE " + t + " ALTER COLUMN " + c + " SET DEFAULT " + value + ";";
  std::string fill = batched_update(s, t, key, c + " = " + value, c + " IS NULL");
  if (!has_value) fill = "-- What the rows of before are to have: say it here.\n" + fill;
  if (!column.not_null()) {
    out.later.push_back({"fill " + column.name.id, std::move(fill)});
    return out;
  }
  out.title += ", then NOT NULL";
  const NotNullSteps last = not_null_steps(s, t, table->name, c, column.name.id);
  out.later.push_back({"fill " + column.name.id, fill + s.lock_timeout() + last.promise});
  out.later.push_back({"require " + column.name.id, s.lock_timeout() + last.proof});
  return out;
}

// --- ADD FOREIGN KEY, ADD CHECK ---------------------------------------------------------------

/// The name that the constraint has in the schema behind the migration.
std::string constraint_name(const SplitSubject& s, const sql::AddConstraint& add) {
  if (!add.constraint.name.empty()) return add.constraint.name.id;
  const schema::Table* before = s.table(add.table.name);
  const schema::Table* after = s.migration.after.table(add.table.name);
  if (before == nullptr || after == nullptr) return "";
  std::string found;
  for (const auto& constraint : after->constraints) {
    const bool is_new = constraint->origin.statement == s.statement &&
                        before->constraint(constraint->name) == nullptr;
    if (!is_new || constraint->kind != add.constraint.kind) continue;
    if (!found.empty()) return "";
    found = constraint->name;
  }
  return found;
}

std::optional<SafeSteps> steps_for_constraint(const SplitSubject& s) {
  const auto* add = s.operation().as<sql::AddConstraint>();
  const std::string_view rule = s.finding_of({"fk-not-valid-missing", "check-not-valid-missing"});
  if (add == nullptr || rule.empty()) return std::nullopt;
  const std::string id = constraint_name(s, *add);
  if (id.empty()) return std::nullopt;
  const std::string t = s.written(add->table.name.range);
  const std::string name =
      add->constraint.name.empty() ? s.quoted(id) : s.written(add->constraint.name.range);
  SafeSteps out;
  out.title = "Split into safe steps: NOT VALID here, VALIDATE in the next migration";
  out.rule = rule;
  out.here = "ALTER TABLE " + t + " ADD CONSTRAINT " + name + " " +
             s.written(add->constraint.clause) + " NOT VALID;";
  out.later.push_back({"validate " + id, s.lock_timeout() + "ALTER TABLE " + t +
                                             " VALIDATE CONSTRAINT " + name + ";\n"});
  return out;
}

// --- CREATE INDEX -----------------------------------------------------------------------------

std::optional<SafeSteps> steps_for_index(const SplitSubject& s) {
  const auto* create = s.operation().as<sql::CreateIndex>();
  const std::string_view rule =
      s.finding_of({"index-not-concurrent", "concurrently-in-transaction"});
  // Alone in its script it needs no other, only a word and a mark.
  if (create == nullptr || rule.empty() || create->index.empty()) return std::nullopt;
  if (s.up.parsed->statements.size() < 2) return std::nullopt;
  const schema::Table* table = s.table(create->table);
  if (table == nullptr || table->partitioned) return std::nullopt;
  std::string statement = s.whole();
  if (!create->concurrently) statement.insert(create->concurrently_range.end, " CONCURRENTLY");
  SafeSteps out;
  out.title = "Split into safe steps: a migration of its own, CONCURRENTLY and in no transaction";
  out.rule = rule;
  out.later.push_back({"create " + create->index.name.id, statement + ";\n", false});
  out.is_undone_by = [index = create->index.name.id](const sql::Operation& operation) {
    const auto* drop = operation.as<sql::DropIndex>();
    return drop != nullptr && drop->index.name.id == index;
  };
  return out;
}

// --- columns that get another name or type ----------------------------------------------------

/// A column that another one takes over from, and the trigger that keeps both in step meanwhile.
struct Successor {
  std::string table;       ///< as written
  std::string table_name;  ///< alone
  std::string old_column;  ///< as written
  std::string new_column;  ///< as written
  std::string new_id;
  std::string key;
  std::string trigger;  ///< and function, quoted
  bool not_null = false;
};

/// The trigger of a PostgreSQL table that runs `body`, indented, before each row is written.
std::string postgres_trigger(const Successor& c, const std::string& body) {
  return "CREATE FUNCTION " + c.trigger + "() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n" +
         body + "  RETURN NEW;\nEND;\n$$;\nCREATE TRIGGER " + c.trigger +
         " BEFORE INSERT OR UPDATE ON " + c.table + "\n  FOR EACH ROW EXECUTE FUNCTION " +
         c.trigger + "();";
}
std::string without_postgres_trigger(const Successor& c) {
  return "DROP TRIGGER " + c.trigger + " ON " + c.table + ";\nDROP FUNCTION " + c.trigger + "();\n";
}

/// Whoever writes only one of both columns has written the other, too.
std::string in_step_on_postgres(const Successor& c) {
  const std::string o = "NEW." + c.old_column;
  const std::string n = "NEW." + c.new_column;
  return postgres_trigger(c, "  IF TG_OP = 'INSERT' THEN\n    " + n + " := COALESCE(" + n + ", " +
                                 o + ");\n    " + o + " := " + n + ";\n  ELSIF " + n +
                                 " IS DISTINCT FROM OLD." + c.new_column + " THEN\n    " + o +
                                 " := " + n + ";\n  ELSE\n    " + n + " := " + o +
                                 ";\n  END IF;\n");
}

std::array<std::string, 3> sqlite_triggers(const SplitSubject& s, const Successor& c) {
  return {s.quoted(c.table_name + "_" + c.new_id + "_insert"),
          s.quoted(c.table_name + "_" + c.new_id + "_from_old"),
          s.quoted(c.table_name + "_" + c.new_id + "_to_old")};
}
std::string in_step_on_sqlite(const SplitSubject& s, const Successor& c) {
  const auto [on_insert, from_old, to_old] = sqlite_triggers(s, c);
  const auto follow = [&](const std::string& name, const std::string& from, const std::string& to) {
    return "CREATE TRIGGER " + name + " AFTER UPDATE OF " + from + " ON " + c.table + " WHEN NEW." +
           from + " IS NOT OLD." + from + " BEGIN\n  UPDATE " + c.table + " SET " + to + " = NEW." +
           from + " WHERE rowid = NEW.rowid;\nEND;";
  };
  return "CREATE TRIGGER " + on_insert + " AFTER INSERT ON " + c.table + " BEGIN\n  UPDATE " +
         c.table + " SET " + c.new_column + " = COALESCE(NEW." + c.new_column + ", NEW." +
         c.old_column + "),\n    " + c.old_column + " = COALESCE(NEW." + c.new_column + ", NEW." +
         c.old_column + ") WHERE rowid = NEW.rowid;\nEND;\n" +
         follow(from_old, c.old_column, c.new_column) + "\n" +
         follow(to_old, c.new_column, c.old_column);
}
std::string without_sqlite_triggers(const SplitSubject& s, const Successor& c) {
  std::string out;
  for (const std::string& name : sqlite_triggers(s, c)) out += "DROP TRIGGER " + name + ";\n";
  return out;
}

/// The column, where it has nothing that would have to be carried over besides its values.
const Column* plain_column(const schema::Table* table, const std::string& name) {
  const Column* column = table == nullptr ? nullptr : table->column(name);
  if (column == nullptr || !column->known || column->default_value) return nullptr;
  const bool plain = column->generated == Column::Generated::kNo &&
                     column->identity == Column::Identity::kNo && column->collation.empty() &&
                     column->attributes.items().empty() && !column->type.name.empty();
  return plain ? column : nullptr;
}

std::optional<SafeSteps> steps_for_rename_column(const SplitSubject& s) {
  const auto* rename = s.operation().as<sql::RenameColumn>();
  const std::string_view rule = s.finding_of({"rename-column"});
  if (rename == nullptr || rule.empty()) return std::nullopt;
  const schema::Table* table = s.table(rename->table.name);
  const Column* column = plain_column(table, rename->column.id);
  if (column == nullptr || table->column(rename->new_name.id) != nullptr) return std::nullopt;
  Successor c{s.written(rename->table.name.range),
              table->name,
              s.written(rename->column.range),
              s.written(rename->new_name.range),
              rename->new_name.id,
              batch_key(*table),
              s.quoted(table->name + "_" + rename->new_name.id + "_in_step"),
              column->not_null};
  if (c.key.empty() || c.key == rename->column.id) return std::nullopt;
  // Triggers of SQLite come behind the row: they cannot fill what must not be NULL before.
  if (!s.is_postgres() && (column->not_null || table->without_rowid)) return std::nullopt;

  const std::string alter = "ALTER TABLE " + c.table + " ";
  const std::string triggers = s.is_postgres() ? in_step_on_postgres(c) : in_step_on_sqlite(s, c);
  const std::string end =
      s.is_postgres() ? without_postgres_trigger(c) : without_sqlite_triggers(s, c);
  const std::string differs = s.is_postgres() ? " IS DISTINCT FROM " : " IS NOT ";
  SafeSteps out;
  out.title = "Split into safe steps: add " + c.new_id + ", copy, drop " + rename->column.id;
  out.rule = rule;
  out.may_reorder = true;
  out.here = alter + "ADD COLUMN " + c.new_column + " " +
             rollback::DdlWriter(s.before()).type(column->type) + ";\n" + triggers;
  std::string copy = batched_update(s, c.table, c.key, c.new_column + " = " + c.old_column,
                                    c.new_column + differs + c.old_column);
  std::string swap = end;
  if (c.not_null) {
    const NotNullSteps steps = not_null_steps(s, c.table, c.table_name, c.new_column, c.new_id);
    copy += s.lock_timeout() + steps.promise;
    swap = steps.proof + swap;
  }
  out.later.push_back({"copy " + rename->column.id + " to " + c.new_id, copy});
  out.later.push_back({"drop " + rename->column.id,
                       s.lock_timeout() + "-- Once no program uses " + c.old_column +
                           " any more.\n" + swap + alter + "DROP COLUMN " + c.old_column + ";\n"});
  out.is_undone_by = [from = rename->new_name.id](const sql::Operation& operation) {
    const auto* back = operation.as<sql::RenameColumn>();
    return back != nullptr && back->column.id == from;
  };
  out.undo = end + alter + "DROP COLUMN " + c.new_column + ";";
  out.needs_undo = true;
  return out;
}

std::optional<SafeSteps> steps_for_rename_table(const SplitSubject& s) {
  const auto* rename = s.operation().as<sql::RenameTable>();
  const std::string_view rule = s.finding_of({"rename-table"});
  // A view takes rows on PostgreSQL alone.
  if (rename == nullptr || rule.empty() || !s.is_postgres()) return std::nullopt;
  const schema::Table* table = s.table(rename->table.name);
  if (table == nullptr || !rename->table.name.schema.empty()) return std::nullopt;
  const std::string old_name = s.written(rename->table.name.range);
  const std::string new_name = s.written(rename->new_name.range);
  SafeSteps out;
  out.title = "Split into safe steps: keep " + rename->table.name.name.id +
              " as a view, drop it in the next migration";
  out.rule = rule;
  out.here = s.whole() + ";\nCREATE VIEW " + old_name + " AS SELECT * FROM " + new_name + ";";
  out.later.push_back({"drop view " + rename->table.name.name.id,
                       s.lock_timeout() +
                           "-- Once no program uses the old name any more.\nDROP VIEW " + old_name +
                           ";\n"});
  out.is_undone_by = [from = rename->new_name.id](const sql::Operation& operation) {
    const auto* back = operation.as<sql::RenameTable>();
    return back != nullptr && back->table.name.name.id == from;
  };
  out.undo =
      "DROP VIEW " + old_name + ";\nALTER TABLE " + new_name + " RENAME TO " + old_name + ";";
  out.needs_undo = true;
  return out;
}

/// What the old column's value is as one of the new type, seen from a row or from a trigger.
std::optional<std::string> converted(const SplitSubject& s, const sql::AlterColumnType& alter,
                                     const std::string& prefix) {
  const sql::Expression& with = alter.using_expression;
  if (with.empty()) {
    return prefix + s.written(alter.column.range) + "::" + s.written(alter.type.range);
  }
  if (with.has_subquery) return std::nullopt;
  std::string out = s.written(with.range);
  for (size_t i = with.columns.size(); i-- > 0;) {
    if (!with.range.contains(with.columns[i].range)) return std::nullopt;
    out.insert(with.columns[i].range.begin - with.range.begin, prefix);
  }
  return out;
}

std::optional<SafeSteps> steps_for_type(const SplitSubject& s) {
  const auto* alter = s.operation().as<sql::AlterColumnType>();
  const std::string_view rule = s.finding_of({"alter-column-type"});
  if (alter == nullptr || rule.empty() || !alter->collation.empty()) return std::nullopt;
  const schema::Table* table = s.table(alter->table.name);
  const Column* column = plain_column(table, alter->column.id);
  const std::string new_id = alter->column.id + "_new";
  if (column == nullptr || table->column(new_id) != nullptr) return std::nullopt;
  const Successor c{s.written(alter->table.name.range),
                    table->name,
                    s.written(alter->column.range),
                    s.quoted(new_id),
                    new_id,
                    batch_key(*table),
                    s.quoted(table->name + "_" + new_id + "_in_step"),
                    column->not_null};
  const auto in_row = converted(s, *alter, "");
  const auto in_trigger = converted(s, *alter, "NEW.");
  if (c.key.empty() || c.key == alter->column.id || !in_row || !in_trigger) return std::nullopt;

  const std::string change = "ALTER TABLE " + c.table + " ";
  SafeSteps out;
  out.title = "Split into safe steps: a new column, filled in batches, takes the place of " +
              alter->column.id;
  out.rule = rule;
  out.may_reorder = true;
  out.here = change + "ADD COLUMN " + c.new_column + " " + s.written(alter->type.range) + ";\n" +
             postgres_trigger(c, "  NEW." + c.new_column + " := " + *in_trigger + ";\n");
  std::string fill = batched_update(s, c.table, c.key, c.new_column + " = " + *in_row,
                                    c.new_column + " IS NULL AND " + c.old_column + " IS NOT NULL");
  std::string swap;
  if (c.not_null) {
    const NotNullSteps steps = not_null_steps(s, c.table, c.table_name, c.new_column, c.new_id);
    fill += s.lock_timeout() + steps.promise;
    swap = steps.proof;
  }
  swap += without_postgres_trigger(c) + change + "DROP COLUMN " + c.old_column + ";\n" + change +
          "RENAME COLUMN " + c.new_column + " TO " + c.old_column + ";\n";
  out.later.push_back({"fill " + new_id, fill});
  out.later.push_back({"swap " + alter->column.id, s.lock_timeout() + swap});
  out.is_undone_by = [name = alter->column.id](const sql::Operation& operation) {
    const auto* back = operation.as<sql::AlterColumnType>();
    return back != nullptr && back->column.id == name;
  };
  out.undo = without_postgres_trigger(c) + change + "DROP COLUMN " + c.new_column + ";";
  out.needs_undo = true;
  return out;
}

}  // namespace

std::optional<SafeSteps> safe_steps(const AnalyzedSet& set, uint32_t migration,
                                    uint32_t statement) {
  const AnalyzedMigration& of = *set.migrations[migration];
  if (!of.up || of.up->sources != nullptr || statement >= of.up->parsed->statements.size()) {
    return std::nullopt;
  }
  const SplitSubject subject{set, of, *of.up, statement};
  const sql::StatementPtr& parsed = subject.place().parsed;
  if (parsed == nullptr || parsed->operations.size() != 1) return std::nullopt;
  if (auto out = steps_for_rename_column(subject)) return out;
  if (!subject.is_postgres()) return std::nullopt;
  for (const auto recipe : {steps_for_add_column, steps_for_constraint, steps_for_index,
                            steps_for_rename_table, steps_for_type}) {
    if (auto out = recipe(subject)) return out;
  }
  return std::nullopt;
}

}  // namespace belay::workbench
