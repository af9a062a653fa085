#include <algorithm>

#include "analyzer/rollback/generate/generator.h"
#include "analyzer/sql/quoted_name.h"

namespace belay::rollback {

/// What ALTER calls a relation of this kind.
static std::string_view relation_word(const schema::Schema& schema, std::string_view key) {
  if (const schema::View* view = schema.view(key)) {
    return view->materialized ? "MATERIALIZED VIEW" : "VIEW";
  }
  return schema.sequence(key) != nullptr ? "SEQUENCE" : "TABLE";
}

void Generator::rename_relation(const std::string& from, const std::string& to) {
  const std::string word(relation_word(now(), from));
  std::string moved = from;
  if (schema_of(from) != schema_of(to)) {
    draft_.write("ALTER " + word + " " + have().object(from) + " SET SCHEMA " +
                 have().name(schema_of(to)));
    moved = std::string(schema_of(to)) + "." + std::string(bare_name(from));
  }
  if (bare_name(from) == bare_name(to)) return;
  std::string name = want_.name(bare_name(to));
  if (want_.sqlite()) {
    if (const std::string written = originals_.spelling(bare_name(to)); !written.empty()) {
      name = written;
    }
  }
  draft_.write("ALTER " + word + " " + have().object(moved) + " RENAME TO " + name);
}

/// Clears a name that a relation has to get back.
bool Generator::make_way(const std::string& key) {
  if (!now().has_relation(key)) return true;
  if (const schema::Table* owner = now().table_of_index(key)) {
    if (owner->index(bare_name(key)) == nullptr) return false;
    return draft_.try_to_write("DROP INDEX " + have().object(key));
  }
  const std::string word(relation_word(now(), key));
  return draft_.try_to_write("DROP " + word + " " + have().object(key));
}

void Generator::undo_renames() {
  if (in_.ups.empty() || in_.ups.back() == nullptr) return;
  const Renames renames = renames_of(*in_.ups.back(), before_);
  std::vector<Renames::One> open;
  for (const Renames::One& one : renames.relations) {
    const bool there = now().table(one.to) != nullptr || now().view(one.to) != nullptr ||
                       now().sequence(one.to) != nullptr;
    if (there) open.push_back(one);
  }
  // A name may be free only when what has it now has got its own back; where they go round in a
  // circle, or what has it cannot go, one steps aside.
  while (!open.empty()) {
    const auto free = std::find_if(open.begin(), open.end(), [&](const Renames::One& one) {
      return !now().has_relation(one.from);
    });
    if (free != open.end()) {
      rename_relation(free->to, free->from);
      open.erase(free);
      continue;
    }
    const std::string wanted = open.front().from;
    const auto holder = std::find_if(open.begin(), open.end(),
                                     [&](const Renames::One& one) { return one.to == wanted; });
    if (holder == open.end() && make_way(wanted)) continue;
    const std::string aside = wanted + "__aside";
    if (now().has_relation(aside)) return;
    rename_relation(wanted, aside);
    if (holder != open.end()) holder->to = aside;
  }
  for (const auto& [table, columns] : renames.columns) {
    for (const Renames::One& one : columns) {
      const schema::Table* t = now().table(table);
      if (t == nullptr || t->column(one.to) == nullptr || t->column(one.from) != nullptr) continue;
      std::string name = want_.name(one.from);
      if (want_.sqlite()) {
        if (std::string written = originals_.spelling(one.from); !written.empty()) name = written;
      }
      draft_.write("ALTER TABLE " + have().object(table) + " RENAME COLUMN " + have().name(one.to) +
                   " TO " + name);
    }
  }
  undo_type_renames();
}

void Generator::undo_type_renames() {
  const Renames renames = renames_of(*in_.ups.back(), before_);
  for (const Renames::One& one : renames.types) {
    const schema::UserType* type = now().type_at(one.to);
    if (type == nullptr || now().type_at(one.from) != nullptr) continue;
    const bool domain = type->form == schema::UserType::Form::kDomain;
    draft_.write(std::string(domain ? "ALTER DOMAIN " : "ALTER TYPE ") + have().object(one.to) +
                 " RENAME TO " + want_.name(bare_name(one.from)));
  }
  for (const auto& [key, values] : renames.enum_values) {
    for (const Renames::One& one : values) {
      const schema::UserType* type = now().type_at(key);
      const auto has = [&](const std::string& v) {
        return std::find(type->values.begin(), type->values.end(), v) != type->values.end();
      };
      if (type == nullptr || !has(one.to) || has(one.from)) continue;
      draft_.write("ALTER TYPE " + have().object(key) + " RENAME VALUE " +
                   sql::quoted_string(one.to) + " TO " + sql::quoted_string(one.from));
    }
  }
}

}  // namespace belay::rollback
