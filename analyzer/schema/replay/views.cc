#include <algorithm>
#include <array>

#include "analyzer/schema/replay/applier.h"
#include "support/ascii.h"

namespace belay::schema {

/// The columns that `*` stands for now: a view keeps those for good.
static std::string star_columns(const Schema& schema, const View& view) {
  std::string out;
  for (const std::string& relation : view.relations) {
    const Table* table = schema.table(relation);
    if (table == nullptr) continue;
    for (const Column& c : table->columns) out += " " + c.name;
  }
  return out;
}

void Applier::operator()(const sql::CreateView& op) {
  const std::string key = schema_.key(op.view);
  if (schema_.has_relation(key)) {
    if (op.if_not_exists) return;
    if (!op.or_replace || schema_.view(key) == nullptr) {
      fail("relation " + quoted(key) + " exists already");
    }
  }
  View view;
  view.schema = key.substr(0, key.find('.'));
  view.name = op.view.name.id;
  view.materialized = op.materialized;
  for (const sql::QualifiedName& r : op.query.relations) {
    view.relations.push_back(schema_.key(r));
    if (postgres() && !schema_.has_relation(view.relations.back())) {
      missing("relation", view.relations.back());
    }
  }
  view.columns = ids(op.query.columns);
  view.definition = normal_text(op.query.range.of(text_), engine_);
  for (const sql::Name& n : op.columns) view.definition += " , " + n.id;
  if (!op.check_option.empty()) view.definition += " with check option " + op.check_option;
  if (view.definition.find('*') != std::string::npos) {
    view.definition += " *:" + star_columns(schema_, view);
  }
  view.populated = op.with_data;
  set_options(view.attributes, op.options, false);
  view.origin = origin_;
  if (const View* old = schema_.view(key); old != nullptr && op.or_replace) {
    view.triggers = old->triggers;
    view.origin = old->origin;
    if (!old->attributes.get("comment").empty()) {
      view.attributes.set("comment", std::string(old->attributes.get("comment")));
    }
  }
  schema_.put_relation(key, std::move(view));
}

void Applier::operator()(const sql::RefreshMaterializedView& op) {
  const std::string key = schema_.key(op.view);
  if (View* view = schema_.own_view(key)) {
    view->populated = op.with_data;
  } else if (!schema_.has_relation(key)) {
    missing("materialized view", key);
  }
}

void Applier::refuse_readers_of(const std::string& key, const Keys& together) {
  if (!schema_.may_have_views()) return;
  schema_.for_each_view([&](const std::string& view, const View& v) {
    if (view == key || together.contains(view) || !contains(v.relations, key)) return;
    fail(quoted(key) + " cannot be dropped: the view " + quoted(view) + " reads it");
  });
}

/// Drops the views that read one of the relations, and those that read them: without CASCADE the
/// statement that took the relation away would have failed.
void Applier::drop_views_of(Keys keys) {
  while (!keys.empty() && schema_.may_have_views()) {
    Keys readers;
    schema_.for_each_view([&](const std::string& view_key, const View& view) {
      if (std::any_of(view.relations.begin(), view.relations.end(), [&](const std::string& read) {
            return read != view_key && keys.contains(read);
          })) {
        readers.insert(view_key);
      }
    });
    for (const std::string& reader : readers) schema_.drop_relation(reader);
    keys = std::move(readers);
  }
}

/// What a sequence's options say; what is the engine's default for them says nothing.
static void set_sequence_options(Sequence& sequence, const std::vector<sql::Option>& options) {
  for (const sql::Option& option : options) {
    const std::string& name = option.name.id;
    if (name == "restart" || name == "owned_by") continue;
    if (name == "as") {
      if (option.value == "int8" || option.value == "bigint") {
        sequence.attributes.erase("type");
      } else {
        sequence.attributes.set("type", option.value);
      }
    } else if ((name == "increment" || name == "start" || name == "cache") && option.value == "1") {
      sequence.attributes.erase(name);
    } else if ((name == "cycle" && option.value != "true") ||
               ((name == "minvalue" || name == "maxvalue") && option.value.empty())) {
      sequence.attributes.erase(name);
    } else {
      sequence.attributes.set(name, option.value);
    }
  }
}

void Applier::operator()(const sql::CreateSequence& op) {
  const std::string key = schema_.key(op.sequence);
  if (schema_.has_relation(key)) {
    if (!op.if_not_exists) fail("relation " + quoted(key) + " exists already");
    return;
  }
  Sequence sequence;
  set_sequence_options(sequence, op.options);
  if (!op.owned_by_table.empty()) {
    sequence.owner_table = schema_.key(op.owned_by_table);
    sequence.owner_column = op.owned_by_column.id;
  }
  sequence.origin = origin_;
  schema_.put_relation(key, std::move(sequence));
}

void Applier::operator()(const sql::AlterSequence& op) {
  const std::string key = schema_.key(op.sequence);
  Sequence* sequence = schema_.own_sequence(key);
  if (sequence == nullptr) {
    if (!op.if_exists && !schema_.has_relation(key)) {
      missing("sequence", key);
      uncertain("a change of a sequence that no migration made");
    }
    return;
  }
  set_sequence_options(*sequence, op.options);
  const bool owned = std::any_of(op.options.begin(), op.options.end(),
                                 [](const sql::Option& o) { return o.name.id == "owned_by"; });
  if (!op.owned_by_table.empty()) {
    sequence->owner_table = schema_.key(op.owned_by_table);
    sequence->owner_column = op.owned_by_column.id;
  } else if (owned) {
    sequence->owner_table.clear();
    sequence->owner_column.clear();
  }
}

}  // namespace belay::schema
