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

static size_t word_count(std::string_view text, std::string_view word) {
  size_t out = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    out += text.substr(0, end) == word ? 1 : 0;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void Applier::check_view_columns(const View& view, const sql::Query& query) {
  if (!postgres() || !query.functions.empty()) return;  // a function may give columns, too
  std::vector<std::string> there;
  for (const std::string& relation : view.relations) {
    const Table* table = schema_.table(relation);
    const View* other = schema_.view(relation);
    const bool known = table != nullptr ? table->complete && table->known
                                        : other != nullptr && !other->outputs.empty();
    if (!known) return;
    if (other != nullptr) there.insert(there.end(), other->outputs.begin(), other->outputs.end());
    if (table == nullptr) continue;
    for (const Column& c : table->columns) there.push_back(c.name);
  }
  const std::string text = normal_text(query.range.of(text_), engine_);
  for (const sql::Name& column : query.columns) {
    if (contains(there, column.id)) continue;
    // What the query itself defines stands there once more than it is named.
    const auto uses = static_cast<size_t>(
        std::count_if(query.columns.begin(), query.columns.end(),
                      [&](const sql::Name& other) { return other.id == column.id; }));
    const bool of_system = column.id == "ctid" || column.id == "tableoid" || column.id == "xmin" ||
                           column.id == "xmax" || column.id == "cmin" || column.id == "cmax";
    if (of_system || word_count(text, column.id) != uses) continue;
    fail("no relation of the view has a column `" + column.id + "`");
  }
}

/// The type of a view's column that is a column of one of its tables; null where that is not plain
/// to see.
static const Type* type_of_output(const Schema& schema, const View& view, const std::string& name) {
  if (view.definition.find(" as " + name) != std::string::npos) return nullptr;
  const Type* out = nullptr;
  for (const std::string& relation : view.relations) {
    const Table* table = schema.table(relation);
    if (table == nullptr || !table->complete) return nullptr;
    const Column* column = table->column(name);
    if (column == nullptr) continue;
    if (out != nullptr || !column->known) return nullptr;
    out = &column->type;
  }
  return out;
}

void Applier::check_replaced_view(const View& old, const View& view) {
  const std::string what = "the view `" + view.name + "` cannot be replaced: ";
  if (old.materialized) return fail(what + "it is a materialized view");
  if (old.outputs.empty() || view.outputs.empty()) {
    if (old.definition != view.definition) may_fail(what + "that fails if its columns change");
    return;
  }
  for (size_t i = 0; i < old.outputs.size(); ++i) {
    const std::string& name = old.outputs[i];
    if (i >= view.outputs.size() || view.outputs[i] != name) {
      return fail(what + "its column `" + name + "` must stay where it is");
    }
    const Type* before = type_of_output(schema_, old, name);
    const Type* after = type_of_output(schema_, view, name);
    if (before == nullptr || after == nullptr || *before == *after) continue;
    return fail(what + "its column `" + name + "` must stay " + before->to_string());
  }
}

Applier::Names Applier::names_column(const View& view, const std::string& table,
                                     std::string_view column) const {
  if (!contains(view.relations, table)) return Names::kNo;
  if (!contains(view.columns, column)) {
    return view.definition.find('*') == std::string::npos ? Names::kNo : Names::kPerhaps;
  }
  const bool elsewhere =
      std::any_of(view.relations.begin(), view.relations.end(), [&](const std::string& relation) {
        if (relation == table) return false;
        if (const Table* t = schema_.table(relation)) {
          return !t->complete || t->column(column) != nullptr;
        }
        const View* v = schema_.view(relation);
        return v == nullptr || v->outputs.empty() || contains(v->outputs, column);
      });
  return elsewhere ? Names::kPerhaps : Names::kSurely;
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
  view.outputs = op.query.outputs;
  for (size_t i = 0; i < op.columns.size() && i < view.outputs.size(); ++i) {
    view.outputs[i] = op.columns[i].id;
  }
  view.populated = op.with_data;
  check_view_columns(view, op.query);
  set_options(view.attributes, op.options, false);
  view.origin = origin_;
  if (const View* old = schema_.view(key); old != nullptr && op.or_replace) {
    if (postgres()) check_replaced_view(*old, view);
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

void Applier::set_owner(Sequence& sequence, const sql::QualifiedName& table,
                        const sql::Name& column) {
  sequence.owner_table = schema_.key(table);
  sequence.owner_column = column.id;
  const Table* owner = schema_.table(table);
  if (owner != nullptr) return needs_column(*owner, column.id);
  if (schema_.has_relation(sequence.owner_table)) {
    fail("a sequence cannot be owned by " + quoted(sequence.owner_table));
  } else {
    missing("table", sequence.owner_table);
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
  if (!op.owned_by_table.empty()) set_owner(sequence, op.owned_by_table, op.owned_by_column);
  sequence.origin = origin_;
  schema_.put_relation(key, std::move(sequence));
}

void Applier::operator()(const sql::AlterSequence& op) {
  const std::string key = schema_.key(op.sequence);
  Sequence* sequence = schema_.own_sequence(key);
  if (sequence == nullptr) {
    if (schema_.has_relation(key)) {
      fail(quoted(key) + " is no sequence");
    } else if (!op.if_exists) {
      missing("sequence", key);
      uncertain("a change of a sequence that no migration made");
    }
    return;
  }
  set_sequence_options(*sequence, op.options);
  const bool owned = std::any_of(op.options.begin(), op.options.end(),
                                 [](const sql::Option& o) { return o.name.id == "owned_by"; });
  if ((owned || !op.owned_by_table.empty()) && sequence->of_identity) {
    fail(quoted(key) + " belongs to an identity column");
  }
  if (!op.owned_by_table.empty()) {
    set_owner(*sequence, op.owned_by_table, op.owned_by_column);
  } else if (owned) {
    sequence->owner_table.clear();
    sequence->owner_column.clear();
  }
}

}  // namespace belay::schema
