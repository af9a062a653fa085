#include "runtime/migrations/schema/sqlite_schema.h"

#include <algorithm>

#include "analyzer/text/lexer.h"
#include "runtime/drivers/quote.h"
#include "support/ascii.h"
#include "support/joined.h"

namespace belay::builder {
namespace {

using runtime::quote_name;

std::vector<std::string_view> words_of(std::string_view sql) {
  Lexer lexer(sql, belay::Engine::kSqlite);
  std::vector<std::string_view> out;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    out.push_back(token.range.of(sql));
  }
  return out;
}

bool same(std::string_view a, std::string_view b) { return ascii::equal_ignoring_case(a, b); }

/// Where the word stands for the first time, or the number of words.
size_t find_word(const std::vector<std::string_view>& words, std::string_view wanted,
                 size_t from = 0) {
  while (from < words.size() && !same(words[from], wanted)) ++from;
  return from;
}

/// DELETE, INSERT or UPDATE, and the columns behind UPDATE OF.
struct TriggerEvent {
  std::string verb;
  std::vector<std::string> columns;
};

TriggerEvent event_of(const StoredObject& trigger) {
  const std::vector<std::string_view> words = words_of(trigger.sql);
  size_t i = find_word(words, "TRIGGER") + 2;  // behind its name
  while (i < words.size() && !same(words[i], "DELETE") && !same(words[i], "INSERT") &&
         !same(words[i], "UPDATE")) {
    ++i;
  }
  TriggerEvent out;
  if (i < words.size()) out.verb = ascii::upper(words[i]);
  if (i + 1 >= words.size() || !same(words[i + 1], "OF")) return out;
  for (i += 2; i < words.size() && !same(words[i], "ON"); ++i) {
    if (words[i] != ",") out.columns.push_back(unquoted(words[i]));
  }
  return out;
}

/// A statement that SQLite can only compile where it can compile the object.
std::string probe_of(Database& db, const StoredObject& object) {
  const std::string table = "main." + quote_name(object.table);
  if (object.type == "view") return "EXPLAIN SELECT * FROM " + table;
  const std::string verb = event_of(object).verb;
  if (verb == "DELETE") return "EXPLAIN DELETE FROM " + table;
  if (verb == "INSERT") return "EXPLAIN INSERT INTO " + table + " DEFAULT VALUES";
  std::string list;
  for (const Row& row :
       db.query("SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden = 0", object.table)) {
    const std::string name = quote_name(row.text(0));
    list += (list.empty() ? "" : ", ") + name + " = " + name;
  }
  return "EXPLAIN UPDATE " + table + " SET " + list;
}

struct OutgoingKey {
  int64_t id = 0;
  std::string other;
  std::vector<std::string> from;
  std::vector<std::string> to;
};

std::vector<OutgoingKey> outgoing_keys(Database& db, const std::string& table) {
  std::vector<OutgoingKey> out;
  for (const Row& row :
       db.query("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?, 'main') "
                "ORDER BY id, seq",
                table)) {
    if (out.empty() || out.back().id != row.number(0)) {
      out.push_back({row.number(0), row.text(1), {}, {}});
    }
    out.back().from.push_back(row.text(2));
    if (!row.is_null(3)) out.back().to.push_back(row.text(3));
  }
  return out;
}

std::vector<std::string> all_tables(Database& db) {
  std::vector<std::string> out;
  for (const Row& row : db.query(
           "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' "
           "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")) {
    out.push_back(row.text(0));
  }
  return out;
}

void count_orphans(Database& db, const std::string& table,
                   std::map<std::string, std::string>& out) {
  std::map<int64_t, std::string> names;
  for (const OutgoingKey& key : outgoing_keys(db, table)) {
    names[key.id] = table + " (" + joined(key.from) + ") -> " + key.other;
  }
  try {
    for (const Row& row :
         db.query("SELECT fkid, count(*) FROM pragma_foreign_key_check(?, 'main') GROUP BY fkid",
                  table)) {
      out[names[row.number(0)]] = row.text(1);
    }
  } catch (const MigrationError& error) {
    out[table] = error.what();
  }
}

}  // namespace

std::string table_name(Database& db, std::string_view name) {
  const ResultSet found = db.query(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", name);
  if (found.empty()) throw MigrationError("there is no table `" + std::string(name) + "`");
  return found[0].text(0);
}

StoredTable stored_table(Database& db, std::string_view name) {
  StoredTable out;
  out.name = table_name(db, name);
  out.sql =
      db.query("SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?", out.name)[0]
          .text(0);
  if (ascii::starts_with_ignoring_case(out.name, "sqlite_") ||
      !ascii::starts_with_ignoring_case(out.sql, "CREATE TABLE")) {
    throw MigrationError("`" + out.name + "` is a virtual table or one of SQLite's own",
                         "only ordinary tables can be changed");
  }
  return out;
}

std::vector<StoredIndex> stored_indexes(Database& db, std::string_view table) {
  std::vector<StoredIndex> out;
  for (const Row& row : db.query("SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' "
                                 "AND sql IS NOT NULL AND tbl_name = ? COLLATE NOCASE "
                                 "ORDER BY rowid",
                                 table)) {
    out.push_back({row.text(0), row.text(1)});
  }
  return out;
}

bool index_uses(const StoredIndex& index, std::string_view column) {
  // The text begins with CREATE [UNIQUE] INDEX name ON table.
  const size_t open = index.sql.find('(', [&] {
    const std::vector<std::string_view> words = words_of(index.sql);
    const size_t on = find_word(words, "ON", find_word(words, "INDEX") + 2);
    return on + 1 < words.size()
               ? static_cast<size_t>(words[on + 1].data() - index.sql.data()) + words[on + 1].size()
               : 0;
  }());
  return open != std::string::npos &&
         text_mentions(std::string_view(index.sql).substr(open), column);
}

std::string plain_statement(std::string_view sql) {
  std::string out;
  for (const std::string_view word : words_of(sql)) {
    if (same(word, "ASC")) continue;
    const bool text = word.front() == '\'';
    out += (text ? std::string(word) : ascii::lower(unquoted(word))) + " ";
  }
  return out;
}

std::vector<IncomingKey> incoming_keys(Database& db, std::string_view table) {
  std::vector<IncomingKey> out;
  for (const std::string& other : all_tables(db)) {
    if (same(other, table)) continue;
    for (const OutgoingKey& key : outgoing_keys(db, other)) {
      if (same(key.other, table)) out.push_back({other, joined(key.from), key.to});
    }
  }
  return out;
}

std::map<std::string, std::string> orphans_around(Database& db, std::string_view table) {
  std::map<std::string, std::string> out;
  count_orphans(db, std::string(table), out);
  std::string last;
  for (const IncomingKey& key : incoming_keys(db, table)) {
    if (key.table != last) count_orphans(db, key.table, out);
    last = key.table;
  }
  return out;
}

std::vector<StoredObject> views_and_triggers(Database& db) {
  std::vector<StoredObject> out;
  for (const Row& row : db.query("SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE "
                                 "type IN ('view', 'trigger') ORDER BY name")) {
    out.push_back({row.text(0), row.text(1), row.text(2), row.text(3)});
  }
  return out;
}

std::map<StoredObject, std::string> broken_objects(Database& db) {
  std::map<StoredObject, std::string> out;
  for (const StoredObject& object : views_and_triggers(db)) {
    try {
      db.query(probe_of(db, object));
    } catch (const MigrationError& error) {
      out[object] = error.what();
    }
  }
  return out;
}

std::vector<StoredObject> silent_users(Database& db, std::string_view table,
                                       std::string_view column) {
  std::vector<StoredObject> out;
  for (const StoredObject& object : views_and_triggers(db)) {
    bool uses = text_mentions(object.sql, table) && text_quotes(object.sql, column);
    if (object.type == "trigger" && same(object.table, table)) {
      const std::vector<std::string> columns = event_of(object).columns;
      uses |= std::any_of(columns.begin(), columns.end(),
                          [&](const std::string& c) { return same(c, column); });
    }
    if (uses) out.push_back(object);
  }
  return out;
}

}  // namespace belay::builder
