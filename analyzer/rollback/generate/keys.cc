// Constraints and indexes: they hold no rows, so what differs is dropped and made again. What only
// has another name gets its own back.

#include <algorithm>

#include "analyzer/rollback/generate/generator.h"
#include "analyzer/schema/compare.h"

namespace belay::rollback {

using schema::Constraint;
using schema::Index;
using schema::Table;
using sql::ConstraintKind;

static bool same_set(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

void Generator::drop_references_to(const std::string& key, const Constraint& constraint) {
  if (constraint.kind != ConstraintKind::kPrimaryKey &&
      constraint.kind != ConstraintKind::kUnique) {
    return;
  }
  std::vector<std::pair<std::string, std::string>> references;
  now().for_each_table([&](const std::string& other, const Table& table) {
    for (const Constraint& c : table.constraints) {
      if (c.kind == ConstraintKind::kForeignKey && c.referenced_table == key &&
          same_set(c.referenced_columns, constraint.columns)) {
        references.emplace_back(other, c.name);
      }
    }
  });
  for (const auto& [other, name] : references) {
    draft_.write("ALTER TABLE " + have().object(other) + " DROP CONSTRAINT " + have().name(name));
  }
}

void Generator::drop_constraints(bool foreign_keys) {
  Keys keys = tables_on_both_sides();
  for (const std::string& key : keys) {
    const Table from = *now().table(key);
    const Table* to = before_.table(key);
    for (const Constraint& c : from.constraints) {
      if ((c.kind == ConstraintKind::kForeignKey) != foreign_keys) continue;
      if (now().table(key)->constraint(c.name) == nullptr) continue;
      const Constraint* same = to == nullptr ? nullptr : to->constraint(c.name);
      const std::string text = describe(c, now());
      if (same != nullptr && describe(*same, before_) == text) continue;
      const std::string table = "ALTER TABLE " + have().object(key);
      if (to != nullptr && same == nullptr) {
        const auto twin = std::find_if(to->constraints.begin(), to->constraints.end(),
                                       [&](const Constraint& other) {
                                         return describe(other, before_) == text &&
                                                now().table(key)->constraint(other.name) == nullptr;
                                       });
        if (twin != to->constraints.end() &&
            draft_.try_to_write(table + " RENAME CONSTRAINT " + have().name(c.name) + " TO " +
                                want_.name((*twin)->name))) {
          continue;
        }
      }
      // What only waits to be checked is made again as such.
      drop_references_to(key, c);
      draft_.write(table + " DROP CONSTRAINT " + have().name(c.name));
    }
  }
}

void Generator::add_constraints(bool foreign_keys) {
  before_.for_each_table([&](const std::string& key, const Table& to) {
    const Table* from = now().table(key);
    if (from == nullptr) return;
    for (const Constraint& c : to.constraints) {
      if ((c.kind == ConstraintKind::kForeignKey) != foreign_keys) continue;
      if (now().table(key)->constraint(c.name) != nullptr) continue;
      draft_.write("ALTER TABLE " + want_.object(key) + " ADD " + want_.constraint(c));
    }
  });
}

void Generator::drop_indexes() {
  const auto drop_of = [&](const std::string& schema,
                           const std::vector<schema::Shared<Index>>& have_all,
                           const std::vector<schema::Shared<Index>>& want_all) {
    const auto find = [&](const std::string& name) -> const Index* {
      for (const Index& i : want_all) {
        if (i.name == name) return &i;
      }
      return nullptr;
    };
    for (const Index& i : have_all) {
      if (i.of_constraint || i.name.empty()) continue;
      const std::string key = schema + "." + i.name;
      if (!now().has_relation(key)) continue;
      const Index* same = find(i.name);
      if (same != nullptr && !same->of_constraint && describe(*same) == describe(i)) continue;
      const auto twin = std::find_if(want_all.begin(), want_all.end(), [&](const Index& other) {
        return !other.of_constraint && describe(other) == describe(i) &&
               !now().has_relation(schema + "." + other.name);
      });
      const bool renamed = !want_.sqlite() && same == nullptr && twin != want_all.end() &&
                           draft_.try_to_write("ALTER INDEX " + have().object(key) + " RENAME TO " +
                                               want_.name((*twin)->name));
      if (!renamed) draft_.write("DROP INDEX " + have().object(key));
    }
  };
  for (const std::string& key : tables_on_both_sides()) {
    const Table from = *now().table(key);
    const Table* to = before_.table(key);
    drop_of(from.schema, from.indexes, to == nullptr ? decltype(from.indexes){} : to->indexes);
  }
  std::vector<std::pair<std::string, schema::View>> views;
  now().for_each_view([&](const std::string& key, const schema::View& view) {
    if (!view.indexes.empty() && before_.view(key) != nullptr) views.emplace_back(key, view);
  });
  for (const auto& [key, view] : views) {
    drop_of(view.schema, view.indexes, before_.view(key)->indexes);
  }
}

void Generator::add_index(const std::string& key, const Index& index) {
  draft_.write(want_.index(key, index));
}

void Generator::add_indexes() {
  before_.for_each_table([&](const std::string& key, const Table& to) {
    for (const Index& i : to.indexes) {
      const Table* from = now().table(key);
      if (i.of_constraint || i.name.empty() || from == nullptr) continue;
      if (from->index(i.name) == nullptr) add_index(key, i);
    }
  });
}

}  // namespace belay::rollback
