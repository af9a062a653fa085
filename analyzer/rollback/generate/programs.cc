#include <algorithm>

#include "analyzer/rollback/generate/generator.h"
#include "support/ascii.h"

namespace belay::rollback {

using schema::Table;
using schema::Trigger;
using schema::View;
using sql::ObjectKind;

// --- views

bool Generator::enum_is_remade(const std::string& name) const {
  const schema::UserType* from = now().type(name);
  const schema::UserType* to = before_.type(name);
  if (from == nullptr || to == nullptr || from->form != schema::UserType::Form::kEnum) return false;
  return std::any_of(from->values.begin(), from->values.end(), [&](const std::string& v) {
    return std::find(to->values.begin(), to->values.end(), v) == to->values.end();
  });
}

bool Generator::is_retyped(const schema::Column& column, const Table* to) const {
  const schema::Column* other = to == nullptr ? nullptr : to->column(column.name);
  return other == nullptr || other->type != column.type || other->collation != column.collation ||
         other->generated != column.generated || other->generation.text != column.generation.text ||
         enum_is_remade(column.type.name);
}

bool Generator::keeps_reading(const View& view, const Table& from, const Table* to) const {
  if (to == nullptr) return false;
  const bool reads_all = view.definition.find('*') != std::string::npos;
  return std::all_of(from.columns.begin(), from.columns.end(), [&](const schema::Column& c) {
    const bool reads =
        std::find(view.columns.begin(), view.columns.end(), c.name) != view.columns.end();
    return (!reads && !reads_all) || !is_retyped(c, to);
  });
}

/// Views that are not as they were, and those that stand in the way of a change below them.
void Generator::drop_views() {
  Keys gone;
  now().for_each_view([&](const std::string& key, const View& view) {
    const View* to = before_.view(key);
    bool drop =
        to == nullptr || to->materialized != view.materialized || to->definition != view.definition;
    for (const std::string& relation : view.relations) {
      const Table* table = now().table(relation);
      drop |= table != nullptr && !keeps_reading(view, *table, before_.table(relation));
    }
    if (drop) gone.insert(key);
  });
  const auto reads = [](const View& view, const std::string& key) {
    return std::find(view.relations.begin(), view.relations.end(), key) != view.relations.end();
  };
  for (bool more = true; more;) {
    more = false;
    now().for_each_view([&](const std::string& key, const View& view) {
      if (gone.contains(key)) return;
      if (std::any_of(gone.begin(), gone.end(), [&](const auto& g) { return reads(view, g); })) {
        gone.insert(key);
        more = true;
      }
    });
  }
  while (!gone.empty()) {
    const auto free = std::find_if(gone.begin(), gone.end(), [&](const std::string& key) {
      return std::none_of(gone.begin(), gone.end(), [&](const std::string& other) {
        return other != key && reads(*now().view(other), key);
      });
    });
    const std::string key = free == gone.end() ? *gone.begin() : *free;
    gone.erase(key);
    draft_.write((now().view(key)->materialized ? "DROP MATERIALIZED VIEW " : "DROP VIEW ") +
                 have().object(key));
  }
}

void Generator::add_views() {
  Keys missing;
  before_.for_each_view([&](const std::string& key, const View&) {
    if (now().view(key) == nullptr) missing.insert(key);
  });
  while (!missing.empty()) {
    const auto ready = std::find_if(missing.begin(), missing.end(), [&](const std::string& key) {
      const auto& relations = before_.view(key)->relations;
      return std::none_of(relations.begin(), relations.end(),
                          [&](const std::string& r) { return r != key && missing.contains(r); });
    });
    const std::string key = ready == missing.end() ? *missing.begin() : *ready;
    missing.erase(key);
    const View& view = *before_.view(key);
    if (const auto text = originals_.view(view, want_.object(key))) {
      draft_.write(*text);
      continue;
    }
    const std::string& definition = view.definition;
    if (definition.empty() || definition.find(" *:") != std::string::npos) {
      not_restored("the view " + before_.display(key) + ", whose query is not at hand");
      continue;
    }
    draft_.write((view.materialized ? "CREATE MATERIALIZED VIEW " : "CREATE VIEW ") +
                 want_.object(key) + " AS " + tidy(definition, before_.dialect().engine));
  }
  before_.for_each_view([&](const std::string& key, const View& to) {
    for (const schema::Index& i : to.indexes) {
      const View* from = now().view(key);
      if (from == nullptr) return;
      const bool there = std::any_of(from->indexes.begin(), from->indexes.end(),
                                     [&](const schema::Index& x) { return x.name == i.name; });
      if (!there) add_index(key, i);
    }
  });
}

// --- triggers, rules, policies

static const std::vector<schema::Shared<Trigger>>* triggers_of(const schema::Schema& schema,
                                                               const std::string& key) {
  if (const Table* table = schema.table(key)) return &table->triggers;
  const View* view = schema.view(key);
  return view == nullptr ? nullptr : &view->triggers;
}

template <class T>
static const T* find_named(const std::vector<schema::Shared<T>>* in, const T& like) {
  if (in == nullptr) return nullptr;
  for (const T& item : *in) {
    if (item.name == like.name) return &item;
  }
  return nullptr;
}

static const schema::TableRule* find_rule(const Table* table, const schema::TableRule& like) {
  if (table == nullptr) return nullptr;
  for (const schema::TableRule& r : table->rules) {
    if (r.name == like.name && r.kind == like.kind) return &r;
  }
  return nullptr;
}

static bool same_rule(const schema::TableRule& a, const schema::TableRule& b) {
  const auto part = [](const schema::TableRule& r, std::string_view name) {
    return r.attributes.get(name);
  };
  return a.definition == b.definition && part(a, "roles") == part(b, "roles") &&
         part(a, "using") == part(b, "using") && part(a, "check") == part(b, "check");
}

void Generator::drop_triggers_and_rules() {
  std::vector<std::string> statements;
  const auto of_relation = [&](const std::string& key,
                               const std::vector<schema::Shared<Trigger>>& triggers) {
    const bool both_sides = triggers_of(before_, key) != nullptr;
    for (const Trigger& t : triggers) {
      const Trigger* same = find_named(triggers_of(before_, key), t);
      const Table* table = now().table(key);
      const bool in_the_way =
          table != nullptr &&
          std::any_of(table->columns.begin(), table->columns.end(), [&](const schema::Column& c) {
            const auto& names = t.mentioned_columns;
            return std::find(names.begin(), names.end(), c.name) != names.end() &&
                   is_retyped(c, before_.table(key));
          });
      if (same != nullptr && same->definition == t.definition && !in_the_way) continue;
      if (!both_sides && now().table(key) != nullptr && now().table(key)->known) continue;
      statements.push_back("DROP TRIGGER " + have().name(t.name) +
                           (want_.sqlite() ? "" : " ON " + have().object(key)));
    }
  };
  now().for_each_table([&](const std::string& key, const Table& table) {
    of_relation(key, table.triggers);
    if (before_.table(key) == nullptr && table.known) return;
    for (const schema::TableRule& r : table.rules) {
      const schema::TableRule* same = find_rule(before_.table(key), r);
      const std::string text = " " + r.definition + " " + std::string(r.attributes.get("using")) +
                               " " + std::string(r.attributes.get("check")) + " ";
      const bool in_the_way =
          std::any_of(table.columns.begin(), table.columns.end(), [&](const schema::Column& c) {
            return text.find(" " + c.name + " ") != std::string::npos &&
                   is_retyped(c, before_.table(key));
          });
      if (same != nullptr && same_rule(*same, r) && !in_the_way) continue;
      statements.push_back((r.kind == ObjectKind::kRule ? "DROP RULE " : "DROP POLICY ") +
                           have().name(r.name) + " ON " + have().object(key));
    }
  });
  now().for_each_view(
      [&](const std::string& key, const View& view) { of_relation(key, view.triggers); });
  for (const std::string& statement : statements) draft_.write(statement);
}

void Generator::add_triggers_and_rules() {
  const auto of_relation = [&](const std::string& key,
                               const std::vector<schema::Shared<Trigger>>& triggers) {
    if (triggers_of(now(), key) == nullptr) return;
    for (const Trigger& t : triggers) {
      if (find_named(triggers_of(now(), key), t) != nullptr) continue;
      if (const auto text = originals_.trigger(t, want_.name(t.name), want_.object(key))) {
        draft_.write(*text);
      } else {
        not_restored("the trigger " + t.name + " of " + before_.display(key) +
                     ", whose text is not at hand");
      }
    }
  };
  before_.for_each_table([&](const std::string& key, const Table& table) {
    of_relation(key, table.triggers);
    if (now().table(key) == nullptr) return;
    for (const schema::TableRule& r : table.rules) {
      if (find_rule(now().table(key), r) != nullptr) continue;
      if (r.kind == ObjectKind::kPolicy) {
        draft_.write(want_.policy(key, r));
      } else if (const auto text = originals_.rule(r, want_.name(r.name), want_.object(key))) {
        draft_.write(*text);
      } else {
        not_restored("the rule " + r.name + " of " + before_.display(key) +
                     ", whose text is not at hand");
      }
    }
  });
  before_.for_each_view(
      [&](const std::string& key, const View& view) { of_relation(key, view.triggers); });
}

void Generator::set_trigger_states() {
  before_.for_each_table([&](const std::string& key, const Table& table) {
    for (const Trigger& t : table.triggers) {
      const Trigger* have_it = find_named(triggers_of(now(), key), t);
      if (have_it == nullptr || have_it->enabled == t.enabled) continue;
      draft_.write("ALTER TABLE " + want_.object(key) + " " +
                   (t.enabled.empty() ? "ENABLE" : ascii::upper(t.enabled)) + " TRIGGER " +
                   want_.name(t.name));
    }
  });
}

// --- functions

/// The function of those arguments.
static const schema::Function* overload(const schema::Schema& schema, const std::string& key,
                                        const std::string& arguments) {
  const schema::Function* out = nullptr;
  schema.for_each_function([&](const std::string& k, const schema::Function& f) {
    if (k == key && f.arguments == arguments) out = &f;
  });
  return out;
}

static std::string drop_function(const DdlWriter& writer, const std::string& key,
                                 const schema::Function& f) {
  return std::string(f.procedure ? "DROP PROCEDURE " : "DROP FUNCTION ") + writer.object(key) +
         "(" + f.arguments + ")";
}

bool Generator::needed_early(const std::string& key, const schema::Function& function) const {
  // PL/pgSQL bodies are read when they run, so such a function waits for nothing but the types of
  // its arguments.
  const std::string name(bare_name(key));
  const auto names_a_table = [&](const std::string& type) {
    return before_.table(before_.key("", type)) != nullptr || type.find('.') != std::string::npos ||
           type.starts_with("setof ");
  };
  const bool waits_for_table = names_a_table(function.returns) || names_a_table(function.arguments);
  if (function.definition.find("language plpgsql") != std::string::npos && !waits_for_table) {
    return true;
  }
  const auto calls = [&](const schema::ExpressionText& e) {
    return std::find(e.functions.begin(), e.functions.end(), name) != e.functions.end();
  };
  bool out = false;
  before_.for_each_table([&](const std::string& table, const Table& t) {
    for (const schema::Column& c : t.columns) {
      const Table* from = now().table(table);
      const bool made = from == nullptr || from->column(c.name) == nullptr;
      out |= made && ((c.default_value && calls(*c.default_value)) || calls(c.generation));
    }
    for (const schema::Constraint& c : t.constraints) {
      out |= now().table(table) == nullptr && calls(c.check);
    }
  });
  return out;
}

void Generator::add_functions(bool early) {
  before_.for_each_function([&](const std::string& key, const schema::Function& f) {
    const schema::Function* from = overload(now(), key, f.arguments);
    if (from != nullptr && from->definition == f.definition) return;
    if (early && !needed_early(key, f)) return;
    const auto text = originals_.function(f, key, from != nullptr && from->returns == f.returns);
    const std::string shown = before_.display(key) + "(" + f.arguments + ")";
    if (!text) return not_restored("the function " + shown + ", whose text is not at hand");
    if (from != nullptr && from->returns != f.returns &&
        !draft_.try_to_write(drop_function(have(), key, *from))) {
      return not_restored("the function " + shown + ", which others use by now");
    }
    draft_.write(*text);
  });
}

void Generator::drop_functions() {
  std::vector<std::string> statements;
  now().for_each_function([&](const std::string& key, const schema::Function& f) {
    if (overload(before_, key, f.arguments) == nullptr) {
      statements.push_back(drop_function(have(), key, f));
    }
  });
  for (const std::string& statement : statements) draft_.write(statement);
}

}  // namespace belay::rollback
