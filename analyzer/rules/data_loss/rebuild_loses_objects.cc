#include <algorithm>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kSqlite,
     .title = "The index goes with the old table and is not made again",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\n"
               "CREATE INDEX users_email ON users (email);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL);\n"
            "INSERT INTO users_new (id, email) SELECT id, email FROM users;\n"
            "DROP TABLE [[users]];\n"
            "ALTER TABLE users_new RENAME TO users;"},
    {.engine = Engine::kSqlite,
     .title = "So do a trigger and AUTOINCREMENT",
     .before = "CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT);\n"
               "CREATE TRIGGER log_is_final BEFORE UPDATE ON log BEGIN\n"
               "  SELECT raise(ABORT, 'no');\nEND;",
     .sql = "CREATE TABLE log_new (id INTEGER PRIMARY KEY, line TEXT, at TEXT);\n"
            "INSERT INTO log_new (id, line) SELECT id, line FROM log;\n"
            "DROP TABLE [[log]];\n"
            "ALTER TABLE log_new RENAME TO log;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kSqlite,
     .title = "Made again at the end",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\n"
               "CREATE INDEX users_email ON users (email);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL);\n"
            "INSERT INTO users_new (id, email) SELECT id, email FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE users_new RENAME TO users;\n"
            "CREATE INDEX users_email ON users (email);"},
    {.engine = Engine::kSqlite,
     .title = "The column that it was for is gone",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\n"
               "CREATE INDEX users_email ON users (email);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY);\n"
            "INSERT INTO users_new (id) SELECT id FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE users_new RENAME TO users;"},
};

constexpr Descriptor kDescriptor = {
    .id = "rebuild-loses-objects",
    .title = "A rebuilt table without what the old one had",
    .category = Category::kDataLoss,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(A rebuild (create new, copy, drop old, rename) is SQLite's way to change a table. With the old
table go its indexes and triggers, without a word, and AUTOINCREMENT, STRICT and WITHOUT ROWID are the
new table's only if they are written again. A UNIQUE index that is lost lets doubles in; a lost
trigger stops keeping its promise.)",
    .instead =
        R"(Behind the rename, make again all that belonged to the table. Where something is meant to go, drop
it with a statement of its own before the table.)",
    .exemptions =
        R"(Silent for indexes on columns that the new table does not have, for an index of the same columns
under another name, for what the script drops by name, and where the rows are not copied: then the
table is not rebuilt but replaced. CHECKs and foreign keys are often the reason of a rebuild and are
not told; `belay verdict` shows them.)",
    .bad = kBad,
    .good = kGood,
    .outside_migrations = true,
};

bool drops_by_name(const sql::ParsedScript& script, sql::ObjectKind kind, const std::string& name) {
  for (const sql::ScriptStatement& s : script.statements) {
    if (s.parsed == nullptr) continue;
    for (const sql::Operation& o : s.parsed->operations) {
      const auto* index = o.as<sql::DropIndex>();
      const auto* object = o.as<sql::DropObject>();
      if (kind == sql::ObjectKind::kIndex && index != nullptr && index->index.name.id == name) {
        return true;
      }
      if (object != nullptr && object->kind == kind && object->name.name.id == name) return true;
    }
  }
  return false;
}

bool has_autoincrement(const schema::Table& table) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [](const auto& c) {
    return c->details.find("autoincrement") != std::string::npos;
  });
}

/// What belonged to the old table and does not belong to the new one.
std::vector<std::string> lost(const schema::Table& old_table, const schema::Table& new_table,
                              const sql::ParsedScript& script) {
  std::vector<std::string> out;
  for (const schema::Index& index : old_table.indexes) {
    const auto& columns = index.mentioned_columns;
    const bool column_gone =
        std::any_of(columns.begin(), columns.end(),
                    [&](const std::string& column) { return new_table.column(column) == nullptr; });
    const bool there = std::any_of(
        new_table.indexes.begin(), new_table.indexes.end(), [&](const schema::Index& other) {
          return other.name == index.name ||
                 (other.elements == index.elements && other.unique == index.unique &&
                  other.predicate == index.predicate);
        });
    if (index.of_constraint || column_gone || there) continue;
    if (drops_by_name(script, sql::ObjectKind::kIndex, index.name)) continue;
    out.push_back("index " + code(index.name));
  }
  for (const schema::Trigger& trigger : old_table.triggers) {
    const bool there =
        std::any_of(new_table.triggers.begin(), new_table.triggers.end(),
                    [&](const schema::Trigger& other) { return other.name == trigger.name; });
    if (there || drops_by_name(script, sql::ObjectKind::kTrigger, trigger.name)) continue;
    out.push_back("trigger " + code(trigger.name));
  }
  if (has_autoincrement(old_table) && !has_autoincrement(new_table)) out.push_back("AUTOINCREMENT");
  if (old_table.strict && !new_table.strict) out.push_back("STRICT");
  if (old_table.without_rowid && !new_table.without_rowid) out.push_back("WITHOUT ROWID");
  return out;
}

/// The statement of the up that drops the table, with its rows copied before; none where it does
/// not.
const sql::DropTable* rebuilding_drop(const MigrationContext& migration, const std::string& key,
                                      uint32_t& statement) {
  for (const ScriptTrace::Step& step : migration.up_trace.steps) {
    const auto& parsed = *migration.up.script.statements[step.statement].parsed;
    const auto* drop = parsed.operations[step.operation].as<sql::DropTable>();
    if (drop == nullptr || !step.losses.empty() || migration.before.key(drop->table) != key) {
      continue;
    }
    statement = step.statement;
    return drop;
  }
  return nullptr;
}

void check(const MigrationContext& migration, Report& up, Report& /*down*/) {
  const uint32_t own = migration.up.script_id();
  schema::Schema::for_each_difference(
      migration.before, migration.after_up,
      [&](const std::string& key, const schema::Object* a, const schema::Object* b) {
        const auto* old_table = a == nullptr ? nullptr : std::get_if<schema::Table>(a);
        const auto* new_table = b == nullptr ? nullptr : std::get_if<schema::Table>(b);
        if (old_table == nullptr || new_table == nullptr) return;
        const bool replaced = new_table->origin.script == own && !old_table->made_by(own);
        if (!replaced || !new_table->complete) return;
        uint32_t statement = 0;
        const sql::DropTable* drop = rebuilding_drop(migration, key, statement);
        if (drop == nullptr) return;
        const std::vector<std::string> what = lost(*old_table, *new_table, migration.up.script);
        if (what.empty()) return;
        std::string list;
        for (const std::string& w : what) list += (list.empty() ? "" : ", ") + w;
        const uint32_t begin = migration.up.script.statements[statement].range.begin;
        up.at(migration.up, drop->table.range.shifted(begin),
              "The old " + code(old_table->name) +
                  " takes along what the new one does not get again: " + list + ".");
      });
}

}  // namespace

Rule make_rebuild_loses_objects() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules
