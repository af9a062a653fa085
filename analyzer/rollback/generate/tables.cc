#include <algorithm>

#include "analyzer/rollback/generate/generator.h"

namespace belay::rollback {

using schema::Table;

/// A table that is not known as a whole and that the other side does not have: it is there all the
/// same, the history only never spoke of it.
static bool is_outside(const Table* other) { return other != nullptr && !other->known; }

Generator::Keys Generator::tables_on_both_sides() const {
  Keys out;
  schema::Schema::for_each_difference(
      before_, now(), [&](const std::string& key, const schema::Object*, const schema::Object*) {
        const Table* to = before_.table(key);
        const Table* from = now().table(key);
        if (from != nullptr && (to != nullptr || is_outside(from))) out.insert(key);
      });
  return out;
}

Generator::Keys Generator::missing_tables() const {
  Keys out;
  before_.for_each_table([&](const std::string& key, const Table&) {
    if (now().table(key) == nullptr) out.insert(key);
  });
  return out;
}

Generator::Keys Generator::extra_tables() const {
  Keys out;
  now().for_each_table([&](const std::string& key, const Table& table) {
    if (before_.table(key) == nullptr && table.known && !table.temporary) out.insert(key);
  });
  return out;
}

/// A table of `keys` that nothing among them leans on, or any.
static std::string next_to_drop(const std::set<std::string>& keys, const schema::Schema& schema) {
  for (const std::string& key : keys) {
    const bool needed = std::any_of(keys.begin(), keys.end(), [&](const std::string& other) {
      const Table* table = schema.table(other);
      if (other == key || table == nullptr) return false;
      const auto& parents = table->parents;
      return std::find(parents.begin(), parents.end(), key) != parents.end() ||
             std::any_of(table->constraints.begin(), table->constraints.end(),
                         [&](const schema::Constraint& c) { return c.referenced_table == key; });
    });
    if (!needed) return key;
  }
  return *keys.begin();
}

void Generator::drop_extra_tables() {
  Keys keys = extra_tables();
  while (!keys.empty()) {
    const std::string key = next_to_drop(keys, now());
    keys.erase(key);
    const Table* table = now().table(key);
    if (table == nullptr) continue;  // went with its parent
    // Tables that refer to each other in a circle: the references go first.
    std::vector<std::pair<std::string, std::string>> references;
    for (const std::string& other : keys) {
      const Table* t = now().table(other);
      if (t == nullptr || want_.sqlite()) continue;
      for (const schema::Constraint& c : t->constraints) {
        if (c.referenced_table == key) references.emplace_back(other, c.name);
      }
    }
    for (const auto& [other, constraint] : references) {
      draft_.write("ALTER TABLE " + have().object(other) + " DROP CONSTRAINT " +
                   have().name(constraint));
    }
    draft_.write(std::string(table->foreign ? "DROP FOREIGN TABLE " : "DROP TABLE ") +
                 have().object(key));
  }
}

void Generator::create_table(const std::string& key, const Table& table) {
  say_lost(key, "");
  if (!table.known) {
    return not_restored("the table " + before_.display(key) + ": no migration tells what it was");
  }
  if (!table.partition_of.empty()) {
    std::string text = "CREATE TABLE " + want_.object(key) + " PARTITION OF " +
                       want_.object(table.partition_of) + " " +
                       tidy(table.partition_bound, before_.dialect().engine);
    if (!table.partition_key.empty()) text += " " + table.partition_key;
    return draft_.write(text);
  }
  const bool special = table.foreign || table.is_virtual || !table.parents.empty() ||
                       !table.attributes.get("definition").empty();
  if (special) {
    if (const auto text = originals_.table(table, want_.object(key))) return draft_.write(*text);
    if (table.foreign || table.is_virtual) {
      return not_restored("the table " + before_.display(key) +
                          ", whose definition is not at hand");
    }
  }
  if (!table.complete) {
    draft_.say("No migration tells all columns of " + before_.display(key) + ".");
  }
  draft_.write(want_.sqlite() ? sqlite_table(key, table, key) : want_.table(key, table));
}

void Generator::create_missing_tables() {
  Keys keys = missing_tables();
  while (!keys.empty()) {
    const auto ready = std::find_if(keys.begin(), keys.end(), [&](const std::string& key) {
      const auto& parents = before_.table(key)->parents;
      return std::none_of(parents.begin(), parents.end(),
                          [&](const std::string& p) { return keys.contains(p); });
    });
    const std::string key = ready == keys.end() ? *keys.begin() : *ready;
    keys.erase(key);
    create_table(key, *before_.table(key));
  }
}

void Generator::change_inheritance() {
  for (const std::string& key : tables_on_both_sides()) {
    if (before_.table(key) == nullptr) continue;
    const Table from = *now().table(key);
    const Table& to = *before_.table(key);
    if (from.partition_of == to.partition_of && from.parents == to.parents) continue;
    const std::string name = have().object(key);
    if (from.partition_of != to.partition_of && !from.partition_of.empty()) {
      draft_.write("ALTER TABLE " + have().object(from.partition_of) + " DETACH PARTITION " + name);
    }
    for (const std::string& parent : std::vector<std::string>(now().table(key)->parents)) {
      if (std::find(to.parents.begin(), to.parents.end(), parent) != to.parents.end()) continue;
      draft_.write("ALTER TABLE " + name + " NO INHERIT " + have().object(parent));
    }
    if (from.partition_of != to.partition_of && !to.partition_of.empty() &&
        now().table(to.partition_of) != nullptr) {
      draft_.write("ALTER TABLE " + want_.object(to.partition_of) + " ATTACH PARTITION " + name +
                   " " + tidy(to.partition_bound, before_.dialect().engine));
    }
    for (const std::string& parent : to.parents) {
      const auto& have_parents = now().table(key)->parents;
      const bool there =
          std::find(have_parents.begin(), have_parents.end(), parent) != have_parents.end();
      if (there || now().table(parent) == nullptr) continue;
      draft_.write("ALTER TABLE " + name + " INHERIT " + want_.object(parent));
    }
  }
}

void Generator::take_kept_rows_back() {
  for (const GenerateInput::Kept& kept : in_.kept) {
    if (now().table(kept.table) != nullptr) draft_.write(kept.restore);
  }
}

}  // namespace belay::rollback
