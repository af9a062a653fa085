// SQLite can rename, and add and drop a simple column; for all else a table is made anew beside the
// old one, takes its rows over and gets its name (sqlite.org/lang_altertable.html, section 7).

#include <algorithm>

#include "analyzer/rollback/generate/generator.h"
#include "analyzer/schema/compare.h"
#include "support/ascii.h"

namespace belay::rollback {

using schema::Column;
using schema::Table;
using schema::Trigger;
using schema::View;

static bool same_column(const Column& a, const Column& b) {
  const auto text = [](const Column& c) {
    return c.default_value ? c.default_value->text : std::string();
  };
  return a.name == b.name && a.type == b.type && a.not_null == b.not_null && text(a) == text(b) &&
         a.generated == b.generated && a.generation.text == b.generation.text &&
         a.collation == b.collation && a.attributes == b.attributes;
}

static std::vector<std::string> constraint_texts(const Table& table, const schema::Schema& schema) {
  std::vector<std::string> out;
  for (const schema::Constraint& c : table.constraints) out.push_back(describe(c, schema));
  std::sort(out.begin(), out.end());
  return out;
}

bool Generator::is_same_table(const Table& a, const Table& b) const {
  return std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                    [](const Column& x, const Column& y) { return same_column(x, y); }) &&
         constraint_texts(a, before_) == constraint_texts(b, before_) &&
         a.without_rowid == b.without_rowid && a.strict == b.strict && a.is_virtual == b.is_virtual;
}

/// As it was written, column by column, where that still is what the model says; a table that was
/// changed in other ways is written from the model.
std::string Generator::sqlite_table(const std::string& key, const Table& like,
                                    const std::string& as) const {
  WrittenParts written;
  for (const Column& c : like.columns) written.columns.push_back(originals_.column(c));
  for (const schema::Constraint& c : like.constraints) {
    const bool is_check = c.kind == sql::ConstraintKind::kCheck;
    written.constraints.push_back(is_check ? originals_.check(c) : "");
  }
  for (const bool as_written : {true, false}) {
    std::string text = want_.table(as, like, as_written ? written : WrittenParts{});
    Draft trial{schema::Schema(before_.dialect()), 1};
    const bool works = trial.try_to_write(text);
    const Table* made = trial.now().table(as);
    if (works && made != nullptr && is_same_table(*made, like)) return text;
    if (!as_written) return text;
  }
  return want_.table(key, like);
}

/// Views and triggers of other tables that read one of the tables: SQLite reads them again when the
/// new table gets its name, and misses what is not there.
void Generator::drop_sqlite_readers(const Keys& tables) {
  std::vector<std::string> statements;
  Keys gone = tables;
  for (bool more = true; more;) {
    more = false;
    now().for_each_view([&](const std::string& key, const View& view) {
      const bool reads = std::any_of(view.relations.begin(), view.relations.end(),
                                     [&](const std::string& r) { return gone.contains(r); });
      if (!reads || !gone.insert(key).second) return;
      statements.push_back("DROP VIEW " + have().object(key));
      more = true;
    });
  }
  now().for_each_table([&](const std::string& key, const Table& table) {
    if (tables.contains(key)) return;
    for (const Trigger& t : table.triggers) {
      const bool reads = std::any_of(t.mentioned_relations.begin(), t.mentioned_relations.end(),
                                     [&](const std::string& r) { return tables.contains(r); });
      if (reads) statements.push_back("DROP TRIGGER " + have().name(t.name));
    }
  });
  for (const std::string& statement : statements) draft_.write(statement);
}

/// Whether ALTER TABLE ADD COLUMN takes the column (sqlite.org/lang_altertable.html, section 4).
static bool can_be_added(const Column& c, const std::string& text) {
  if (c.generated == Column::Generated::kStored) return false;
  if (c.not_null && !c.default_value) return false;
  if (c.default_value) {
    const std::string value = ascii::lower(c.default_value->text);
    if (value.starts_with("current_") || value.find('(') != std::string::npos) return false;
    if (!c.default_value->is_constant) return false;
    if (c.default_value->is_null && c.not_null) return false;
    // With foreign keys enforced only NULL can be the default of a column that refers.
    if (ascii::lower(text).find("references") != std::string::npos) return false;
  }
  return true;
}

bool Generator::alter_sqlite_table(const std::string& key) {
  const Table& to = *before_.table(key);
  const Table from = *now().table(key);
  Draft trial = draft_;
  const std::string alter = "ALTER TABLE " + have().object(key);
  const bool drops = before_.dialect().version >= EngineVersion{3, 35, 0};
  for (const Column& c : from.columns) {
    if (to.column(c.name) != nullptr) continue;
    if (!drops || !trial.try_to_write(alter + " DROP COLUMN " + have().name(c.name))) return false;
  }
  for (const Column& c : to.columns) {
    if (from.column(c.name) != nullptr) continue;
    std::string text = originals_.column(c);
    if (text.empty()) text = want_.column(key, c);
    for (size_t i = 0; i < in_.lost.size(); ++i) {
      const DataLoss& loss = in_.lost[i];
      if (loss.column == c.name && loss.table == before_.display(key)) {
        trial.say("The values of " + loss.table + "." + loss.column +
                  " are gone: restore them from the snapshot.");
      }
    }
    if (!can_be_added(c, text) || !trial.try_to_write(alter + " ADD COLUMN " + text)) return false;
  }
  if (!is_same_table(*trial.now().table(key), to)) return false;
  draft_ = std::move(trial);
  return true;
}

void Generator::rebuild_sqlite_table(const std::string& key) {
  const Table& to = *before_.table(key);
  const Table from = *now().table(key);
  drop_sqlite_readers({key});
  bool referenced = false;
  now().for_each_table([&](const std::string& other, const Table& table) {
    for (const schema::Constraint& c : table.constraints) {
      referenced |= other != key && c.referenced_table == key;
    }
  });
  const std::string name = want_.object(key);
  draft_.say("SQLite cannot change this in place: " + before_.display(key) +
             " is made anew and takes its rows over.");
  if (referenced) {
    draft_.say(
        "Other tables refer to it. Where foreign keys are enforced this must run outside of a");
    draft_.say("transaction, or dropping the old table deletes or blocks what refers to it.");
    draft_.write("PRAGMA foreign_keys = OFF");
  }
  const std::string aside = key + "__new";
  draft_.write(sqlite_table(key, to, aside));
  std::string targets;
  std::string sources;
  for (const Column& c : to.columns) {
    if (c.generated != Column::Generated::kNo) continue;
    const Column* old = from.column(c.name);
    std::string value = want_.name(c.name);
    if (old == nullptr) {
      say_lost(key, c.name);
      if (!c.not_null || c.default_value) continue;
      value = placeholder(key, c);
      if (value.empty()) {
        draft_.say(before_.display(key) + "." + c.name +
                   " was NOT NULL: this stops where there are rows.");
        continue;
      }
      draft_.say(before_.display(key) + "." + c.name +
                 " was NOT NULL without a default: rows that are there get " + value + ".");
    } else if (c.not_null && !old->not_null) {
      draft_.say("Rows written since with NULL in " + before_.display(key) + "." + c.name +
                 " stop this.");
    }
    targets += (targets.empty() ? "" : ", ") + want_.name(c.name);
    sources += (sources.empty() ? "" : ", ") + value;
  }
  if (!targets.empty()) {
    draft_.write("INSERT INTO " + want_.object(aside) + " (" + targets + ")\n  SELECT " + sources +
                 "\n  FROM " + name);
  }
  draft_.write("DROP TABLE " + name);
  const std::string written = originals_.spelling(to.name);
  draft_.write("ALTER TABLE " + want_.object(aside) + " RENAME TO " +
               (written.empty() ? want_.name(to.name) : written));
  if (referenced) draft_.write("PRAGMA foreign_keys = ON");
}

void Generator::run_sqlite() {
  drop_views();
  drop_triggers_and_rules();
  drop_indexes();
  if (in_.kept.empty()) drop_extra_tables();
  for (const std::string& key : tables_on_both_sides()) {
    const Table* to = before_.table(key);
    if (to == nullptr || !to->known || to->is_virtual) continue;
    if (is_same_table(*now().table(key), *to)) continue;
    if (!alter_sqlite_table(key)) rebuild_sqlite_table(key);
  }
  // What the history never made can be altered all the same, as far as it goes.
  for (const std::string& key : tables_on_both_sides()) {
    const Table* to = before_.table(key);
    if (to != nullptr && to->known) continue;
    const Table from = *now().table(key);
    for (const Column& c : from.columns) {
      if (!c.known || (to != nullptr && to->column(c.name) != nullptr)) continue;
      draft_.write("ALTER TABLE " + have().object(key) + " DROP COLUMN " + have().name(c.name));
    }
    if (to == nullptr) continue;
    for (const Column& c : to->columns) {
      if (now().table(key)->column(c.name) != nullptr || !c.known) continue;
      say_lost(key, c.name);
      const std::string text = originals_.column(c);
      draft_.write("ALTER TABLE " + have().object(key) + " ADD COLUMN " +
                   (text.empty() ? want_.column(key, c) : text));
    }
  }
  create_missing_tables();
  add_indexes();
  take_kept_rows_back();
  if (!in_.kept.empty()) drop_extra_tables();
  add_views();
  add_triggers_and_rules();
}

}  // namespace belay::rollback
