// The rebuild of a SQLite table. Why it swaps the two tables in `sqlite_schema` and does not DROP
// and RENAME as others do stands in belay/schema.h.
//
//   1. A new table is made from the new text, under another name and without foreign keys, so that
//      no row that is copied is taken for one of a child.
//   2. All rows are copied. SQLite checks NOT NULL, CHECK and the keys on the way.
//   3. In `sqlite_schema` the two swap names, and the new one gets the place of the old one and
//      the text as it is meant, with the foreign keys, which have no form on the disk. SQLite reads
//      the schema again.
//   4. The old one, which has no foreign key and which nobody refers to, is dropped.
//   5. Indexes are made again from their own text, and everything is checked.
#include "runtime/migrations/schema/sqlite_rebuild.h"

#include "runtime/drivers/quote.h"
#include "runtime/migrations/schema/table_edit.h"
#include "support/ascii.h"
#include "support/counted.h"

namespace belay::builder {
namespace {

using runtime::quote_name;

std::string in_main(std::string_view name) { return "main." + quote_name(name); }

bool exists(Database& db, std::string_view name) {
  return !db.query("SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE", name).empty();
}

/// Rows of sqlite_stat1 and sqlite_stat4, which DROP INDEX would take along.
class Statistics {
 public:
  Statistics(Database& db, std::string table) : db_(db), table_(std::move(table)) {
    for (const char* name : {"sqlite_stat1", "sqlite_stat4"}) {
      if (!exists(db_, name)) continue;
      kept_.emplace_back(name, db_.query("SELECT rowid, * FROM main." + std::string(name) +
                                             " WHERE tbl = ? COLLATE NOCASE",
                                         table_));
    }
  }

  /// Those of indexes that are still there.
  void restore() const {
    for (const auto& [name, rows] : kept_) {
      db_.execute("DELETE FROM main." + name + " WHERE tbl = ? COLLATE NOCASE", table_);
      for (const Row& row : rows) {
        if (!row.is_null("idx") && !exists(db_, row.text("idx"))) continue;
        insert(name, rows.columns(), row);
      }
    }
  }

 private:
  void insert(const std::string& name, const std::vector<std::string>& columns,
              const Row& row) const {
    std::string list;
    std::string places;
    std::vector<Parameter> values;
    for (size_t i = 0; i < columns.size(); ++i) {
      list += (i == 0 ? "" : ", ") + columns[i];
      places += i == 0 ? "?" : ", ?";
      values.emplace_back(row.value(i));
    }
    db_.run("INSERT INTO main." + name + " (" + list + ") VALUES (" + places + ")", values);
  }

  Database& db_;
  std::string table_;
  std::vector<std::pair<std::string, ResultSet>> kept_;
};

class Rebuild {
 public:
  Rebuild(Database& db, const TableText& before, const TableText& after,
          const std::map<std::string, std::string>& fill)
      : db_(db),
        before_(before),
        after_(after),
        fill_(fill),
        name_(stored_table(db, unquoted(before.name().of(before.sql()))).name),
        new_(free_name("belay_new_" + name_)),
        old_(free_name("belay_old_" + name_)) {}

  void run() {
    const std::map<std::string, std::string> orphans = orphans_around(db_, name_);
    const std::vector<StoredIndex> indexes = stored_indexes(db_, name_);
    const Statistics statistics(db_, name_);
    try {
      for (const StoredIndex& index : indexes) db_.execute("DROP INDEX " + in_main(index.name));
      db_.execute(detached(after_, new_));
      copy();
      swap();
      keep_sequence();
      db_.execute("DROP TABLE " + in_main(old_));
      for (const StoredIndex& index : indexes) db_.execute(index.sql);
    } catch (const MigrationError& error) {
      throw in_users_words(error);
    }
    statistics.restore();
    check(orphans);
  }

 private:
  std::string free_name(const std::string& wanted) const {
    std::string out = wanted;
    for (int i = 2; exists(db_, out); ++i) out = wanted + "_" + std::to_string(i);
    return out;
  }

  /// The user knows the table by one name only.
  MigrationError in_users_words(const MigrationError& error) const {
    Error told = error.error();
    for (const std::string& name : {new_, old_}) {
      for (size_t at = 0; (at = told.message.find(name)) != std::string::npos;) {
        told.message.replace(at, name.size(), name_);
      }
    }
    told.message = "the table `" + name_ + "` cannot be changed so: " + told.message;
    if (told.hint.empty()) told.hint = "nothing of the change is left; see to its rows first";
    return MigrationError(std::move(told));
  }

  // ---- The copy

  /// The column that is the rowid by another name; empty where there is none.
  std::string rowid_column_of_new() {
    if (after_.is_without_rowid()) return {};
    const ResultSet keys =
        db_.query("SELECT name, type FROM pragma_table_info(?, 'main') WHERE pk > 0", new_);
    const bool has_index =
        !db_.query("SELECT 1 FROM pragma_index_list(?, 'main') WHERE origin = 'pk'", new_).empty();
    return keys.size() == 1 && !has_index ? keys[0].text(0) : std::string();
  }

  /// A word for the rowid that means no column of either table.
  std::string rowid_word() const {
    if (before_.is_without_rowid() || after_.is_without_rowid()) return {};
    for (const char* word : {"rowid", "_rowid_", "oid"}) {
      if (before_.find(word) == nullptr && after_.find(word) == nullptr) return word;
    }
    return {};
  }

  void copy() {
    const std::string key = rowid_column_of_new();
    const std::string rowid = rowid_word();
    std::string into;
    std::string from;
    const auto add = [&](const std::string& column, const std::string& value) {
      into += (into.empty() ? "" : ", ") + column;
      from += (from.empty() ? "" : ", ") + value;
    };
    if (key.empty() && !rowid.empty()) add(rowid, rowid);
    for (const TextColumn& column : after_.columns()) {
      if (column.find(TextConstraint::Kind::kGenerated) != nullptr) continue;
      const std::string name = quote_name(column.name);
      if (const auto found = fill_.find(column.name); found != fill_.end()) {
        add(name, found->second);
      } else if (before_.find(column.name) != nullptr) {
        add(name, name);
      } else if (column.name == key && !rowid.empty()) {
        add(name, rowid);
      } else {
        refuse_missing_value(column);
      }
    }
    const int64_t there = db_.query("SELECT count(*) FROM " + in_main(name_))[0].number(0);
    if (into.empty()) throw MigrationError("no column would be left that has been there before");
    // OR ABORT overrides what the table itself says ON CONFLICT: no row may get lost on the way.
    const int64_t copied =
        db_.execute("INSERT OR ABORT INTO " + in_main(new_) + " (" + into + ") SELECT " + from +
                    " FROM " + in_main(name_) + (rowid.empty() ? "" : " ORDER BY " + rowid));
    if (copied == there) return;
    throw MigrationError("of " + counted(static_cast<uint64_t>(there), "row") + " only " +
                         std::to_string(copied) + " would be left");
  }

  void refuse_missing_value(const TextColumn& column) {
    const bool not_null = column.find(TextConstraint::Kind::kNotNull) != nullptr;
    if (!not_null || column.find(TextConstraint::Kind::kDefault) != nullptr) return;
    if (db_.query("SELECT 1 FROM " + in_main(name_) + " LIMIT 1").empty()) return;
    throw MigrationError("the new column `" + column.name +
                             "` may not be NULL and has no default, and there are rows",
                         "give it a default, or let it be NULL until they are filled");
  }

  // ---- The swap

  void swap() {
    db_.execute("PRAGMA writable_schema = ON");
    const Row place = db_.query(
        "SELECT rowid, (SELECT max(rowid) FROM main.sqlite_schema) FROM "
        "main.sqlite_schema WHERE type = 'table' AND name = ?",
        name_)[0];
    // SQLite reads the schema in the order of its rows: a table before its indexes and triggers.
    db_.execute(
        "UPDATE main.sqlite_schema SET rowid = rowid + ? WHERE tbl_name = ? AND (type = "
        "'table' OR (type = 'index' AND sql IS NULL))",
        place.number(1), name_);
    db_.execute("UPDATE main.sqlite_schema SET rowid = ? WHERE type = 'table' AND name = ?",
                place.number(0), new_);
    rename_in_schema(name_, old_, detached(before_, old_));
    rename_in_schema(new_, name_, after_.sql());
    db_.execute("PRAGMA writable_schema = RESET");
  }

  /// The table and the indexes that SQLite has made for its keys.
  void rename_in_schema(const std::string& from, const std::string& to, const std::string& sql) {
    const int64_t tables = db_.execute(
        "UPDATE main.sqlite_schema SET name = ?, tbl_name = ?, sql = ? WHERE type = 'table' AND "
        "name = ?",
        to, to, sql, from);
    if (tables != 1) throw MigrationError("the definition of `" + name_ + "` cannot be replaced");
    db_.execute(
        "UPDATE main.sqlite_schema SET name = 'sqlite_autoindex_' || ? || substr(name, length(?) + "
        "18), tbl_name = ? WHERE type = 'index' AND sql IS NULL AND tbl_name = ?",
        to, from, to, from);
  }

  /// The number that AUTOINCREMENT has counted to stays, though the last rows may be long gone.
  void keep_sequence() {
    if (!exists(db_, "sqlite_sequence")) return;
    const bool had = !db_.query("SELECT 1 FROM main.sqlite_sequence WHERE name = ?", name_).empty();
    if (after_.counts_up() && !had) {
      // SQLite has noted a 0 where no row was copied.
      db_.execute("UPDATE main.sqlite_sequence SET name = ? WHERE name = ? AND seq > 0", name_,
                  new_);
    }
    db_.execute("DELETE FROM main.sqlite_sequence WHERE name = ?", new_);
    if (!after_.counts_up()) {
      db_.execute("DELETE FROM main.sqlite_sequence WHERE name = ?", name_);
    }
  }

  // ---- The check

  void check(const std::map<std::string, std::string>& orphans_before) {
    const std::string found =
        db_.query("PRAGMA main.integrity_check(" + quote_name(name_) + ")")[0].text(0);
    if (found != "ok") {
      throw MigrationError("the table `" + name_ + "` is not sound after its change: " + found);
    }
    for (const auto& [key, state] : orphans_around(db_, name_)) {
      const auto before = orphans_before.find(key);
      if (before != orphans_before.end() && before->second == state) continue;
      throw MigrationError("the foreign key " + key + " does not hold after the change of `" +
                               name_ + "`: " + rows_without_parent(state),
                           "see to these rows or to the key first");
    }
  }

  static std::string rows_without_parent(const std::string& state) {
    const bool number = !state.empty() && ascii::is_digit(state.front());
    return number ? counted(std::stoull(state), "row") + " without a parent" : state;
  }

  Database& db_;
  const TableText& before_;
  const TableText& after_;
  const std::map<std::string, std::string>& fill_;
  std::string name_;
  std::string new_;
  std::string old_;
};

}  // namespace

Savepoint::Savepoint(Database& db) : db_(db) { db_.execute("SAVEPOINT belay_schema"); }

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    db_.execute("PRAGMA writable_schema = OFF");
    db_.execute("ROLLBACK TO belay_schema");
    db_.execute("RELEASE belay_schema");
  } catch (const std::exception&) {
    // SQLite has taken the whole transaction back by itself, after a full disk for one.
  }
}

void Savepoint::release() {
  db_.execute("RELEASE belay_schema");
  open_ = false;
}

void rebuild_table(Database& db, const TableText& before, const TableText& after,
                   const std::map<std::string, std::string>& fill) {
  Rebuild(db, before, after, fill).run();
}

}  // namespace belay::builder
