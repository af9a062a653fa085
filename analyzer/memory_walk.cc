#include "analyzer/memory_walk.h"

#include <string>
#include <variant>
#include <vector>

namespace belay {
namespace {

/// What a string has beyond its own size: short ones stand within it.
uint64_t heap_of(const std::string& text) {
  static const size_t kWithin = std::string().capacity();
  return text.capacity() > kWithin ? text.capacity() + 1 : 0;
}

template <class T>
uint64_t heap_of(const std::vector<T>& list);
uint64_t heap_of(const TextEdit& edit);
uint64_t heap_of(const Fix& fix);
uint64_t heap_of(const RelatedPlace& related);
uint64_t heap_of(const Finding& f);
uint64_t heap_of(const sql::QualifiedName& name);
uint64_t heap_of(const sql::IndexElement& e);
uint64_t heap_of(const sql::ConstraintDefinition& c);
uint64_t heap_of(const sql::ColumnDefinition& c);
uint64_t heap_of(const sql::Assignment& a);

uint64_t heap_of(const sql::Name& name) { return heap_of(name.id); }
uint64_t heap_of(const sql::QualifiedName& name) {
  return heap_of(name.schema.id) + heap_of(name.name.id);
}
uint64_t heap_of(const sql::TypeName& type) { return heap_of(type.name) + heap_of(type.modifiers); }
uint64_t heap_of(const sql::Expression& e) {
  return heap_of(e.literal) + heap_of(e.functions) + heap_of(e.columns) + heap_of(e.relations) +
         heap_of(e.proves_not_null) + heap_of(e.proves_null);
}
uint64_t heap_of(const sql::Query& q) {
  return heap_of(q.relations) + heap_of(q.functions) + heap_of(q.columns) + heap_of(q.outputs);
}
uint64_t heap_of(const sql::IndexElement& e) { return heap_of(e.column) + heap_of(e.expression); }
uint64_t heap_of(const sql::ConstraintDefinition& c) {
  return heap_of(c.name) + heap_of(c.columns) + heap_of(c.include) + heap_of(c.check) +
         heap_of(c.references) + heap_of(c.referenced_columns) + heap_of(c.elements) +
         heap_of(c.predicate);
}
uint64_t heap_of(const sql::ColumnDefinition& c) {
  return heap_of(c.name) + heap_of(c.type) + (c.default_value ? heap_of(*c.default_value) : 0) +
         heap_of(c.generation) + heap_of(c.constraints);
}
uint64_t heap_of(const sql::Assignment& a) { return heap_of(a.column) + heap_of(a.value); }

template <class T>
uint64_t heap_of(const std::vector<T>& list) {
  uint64_t out = list.capacity() * sizeof(T);
  for (const T& item : list) out += heap_of(item);
  return out;
}

/// What the common kinds of operation hold beyond their own size.
struct OperationHeap {
  uint64_t operator()(const sql::CreateTable& o) const {
    return heap_of(o.table) + heap_of(o.columns) + heap_of(o.constraints) +
           (o.as_query ? heap_of(*o.as_query) : 0);
  }
  uint64_t operator()(const sql::AddColumn& o) const {
    return heap_of(o.table.name) + heap_of(o.column);
  }
  uint64_t operator()(const sql::AddConstraint& o) const {
    return heap_of(o.table.name) + heap_of(o.constraint);
  }
  uint64_t operator()(const sql::CreateIndex& o) const {
    return heap_of(o.index) + heap_of(o.table) + heap_of(o.elements) + heap_of(o.include) +
           heap_of(o.predicate);
  }
  uint64_t operator()(const sql::CreateView& o) const {
    return heap_of(o.view) + heap_of(o.columns) + heap_of(o.query);
  }
  uint64_t operator()(const sql::Insert& o) const {
    return heap_of(o.table) + heap_of(o.columns) + heap_of(o.query) + heap_of(o.selected);
  }
  uint64_t operator()(const sql::Update& o) const {
    return heap_of(o.table) + heap_of(o.assignments) + heap_of(o.query) +
           (o.where ? heap_of(*o.where) : 0);
  }
  uint64_t operator()(const sql::Delete& o) const {
    return heap_of(o.table) + heap_of(o.query) + (o.where ? heap_of(*o.where) : 0);
  }
  uint64_t operator()(const sql::Select& o) const { return heap_of(o.query); }
  template <class Other>
  uint64_t operator()(const Other&) const {
    return 0;
  }
};

uint64_t bytes_of(const sql::ParsedStatement& statement) {
  uint64_t out = sizeof statement + heap_of(statement.text) +
                 statement.operations.capacity() * sizeof(sql::Operation);
  for (const sql::Operation& o : statement.operations) out += std::visit(OperationHeap{}, o.data);
  for (const sql::Problem& p : statement.problems) out += sizeof p + heap_of(p.message);
  return out;
}

uint64_t heap_of(const schema::Attributes& attributes) {
  uint64_t out = attributes.items().capacity() * sizeof(schema::Attributes::Item);
  for (const auto& [name, value] : attributes.items()) out += heap_of(name) + heap_of(value);
  return out;
}
uint64_t heap_of(const schema::ExpressionText& e) {
  return heap_of(e.text) + heap_of(e.columns) + heap_of(e.functions);
}
uint64_t heap_of(const schema::Column& c) {
  return heap_of(c.name) + heap_of(c.type.name) + heap_of(c.type.modifiers) +
         (c.default_value ? heap_of(*c.default_value) : 0) + heap_of(c.generation) +
         heap_of(c.attributes);
}
uint64_t heap_of(const schema::Constraint& c) {
  return heap_of(c.name) + heap_of(c.columns) + heap_of(c.referenced_table) +
         heap_of(c.referenced_columns) + heap_of(c.check) + heap_of(c.proves_not_null) +
         heap_of(c.include) + heap_of(c.details) + heap_of(c.attributes);
}
uint64_t heap_of(const schema::Index& i) {
  return heap_of(i.name) + heap_of(i.columns) + heap_of(i.mentioned_columns) + heap_of(i.elements) +
         heap_of(i.include) + heap_of(i.predicate) + heap_of(i.attributes);
}
uint64_t heap_of(const schema::Trigger& t) {
  return heap_of(t.name) + heap_of(t.definition) + heap_of(t.mentioned_relations) +
         heap_of(t.mentioned_columns) + heap_of(t.attributes);
}
uint64_t heap_of(const schema::TableRule& r) {
  return heap_of(r.name) + heap_of(r.definition) + heap_of(r.attributes);
}
uint64_t heap_of(const schema::Function& f) {
  return heap_of(f.arguments) + heap_of(f.returns) + heap_of(f.definition) + heap_of(f.attributes);
}

/// Parts that several objects may share, as far as `is_new` has not seen them.
template <class T, class IsNew>
uint64_t bytes_of_shared(const std::vector<schema::Shared<T>>& parts, const IsNew& is_new) {
  uint64_t out = parts.capacity() * sizeof(schema::Shared<T>);
  for (const schema::Shared<T>& part : parts) {
    if (is_new(&*part)) out += sizeof(T) + heap_of(*part);
  }
  return out;
}

uint64_t heap_of(const TextEdit& edit) { return heap_of(edit.new_text); }
uint64_t heap_of(const Fix& fix) {
  return heap_of(fix.title) + heap_of(fix.path) + heap_of(fix.edits);
}
uint64_t heap_of(const RelatedPlace& related) {
  return heap_of(related.place.path) + heap_of(related.message);
}
uint64_t heap_of(const effects::Effect& effect) {
  return effect.relations.capacity() * sizeof(effects::RelationEffect) + heap_of(effect.unknown);
}
uint64_t heap_of(const Finding& f) {
  return heap_of(f.place.path) + heap_of(f.message) + (f.effect ? heap_of(*f.effect) : 0) +
         heap_of(f.related) + heap_of(f.fixes);
}

}  // namespace

void MemoryWalk::add(const Document& text) {
  if (!is_new(text.text().data())) return;
  ++texts_.count;
  texts_.bytes += text.text().size() + text.lines().line_count() * sizeof(uint32_t);
}

void MemoryWalk::add(const AnalyzedSet& set) {
  if (!is_new(&set)) return;
  for (const std::shared_ptr<const AnalyzedMigration>& migration : set.migrations) {
    if (!is_new(migration.get())) continue;
    schemas_.bytes += sizeof(AnalyzedMigration);
    for (const auto* schema : {&migration->before, &migration->after, &migration->after_down}) {
      add(*schema);
    }
    if (migration->up) add(*migration->up);
    if (migration->down) add(*migration->down);
  }
  add(set.findings);
}

void MemoryWalk::add(const AnalyzedScript& script) {
  add(script.document);
  add(script.source);
  if (is_new(script.parsed.get())) {
    statements_.bytes += script.parsed->statements.capacity() * sizeof(sql::ScriptStatement);
    for (const sql::ScriptStatement& s : script.parsed->statements) {
      if (s.parsed == nullptr || !is_new(s.parsed.get())) continue;
      ++statements_.count;
      statements_.bytes += bytes_of(*s.parsed);
    }
  }
  if (script.result == nullptr || !is_new(script.result.get())) return;
  add(script.result->findings);
  // What was found on the way to them: the effect and the losses of each operation.
  const rules::ScriptTrace& trace = script.result->trace;
  findings_.bytes += trace.steps.capacity() * sizeof(rules::ScriptTrace::Step);
  for (const rules::ScriptTrace::Step& step : trace.steps) {
    findings_.bytes += heap_of(step.effect) + step.losses.capacity() * sizeof(rollback::DataLoss);
  }
}

void MemoryWalk::add(const schema::Schema& schema) {
  const auto first = [this](const void* address) { return is_new(address); };
  const auto add_object = [&](const std::string& key, const auto& object, const auto& heap) {
    if (!is_new(&object)) return;
    ++schemas_.count;
    schemas_.bytes += heap_of(key) + sizeof(schema::Object) + heap();
  };
  schema.for_each_table([&](const std::string& key, const schema::Table& t) {
    add_object(key, t, [&] {
      return heap_of(t.name) + bytes_of_shared(t.columns, first) +
             bytes_of_shared(t.constraints, first) + bytes_of_shared(t.indexes, first) +
             bytes_of_shared(t.triggers, first) + bytes_of_shared(t.rules, first) +
             heap_of(t.parents) + heap_of(t.attributes);
    });
  });
  schema.for_each_view([&](const std::string& key, const schema::View& v) {
    add_object(key, v, [&] {
      return heap_of(v.relations) + heap_of(v.columns) + heap_of(v.outputs) +
             heap_of(v.definition) + bytes_of_shared(v.indexes, first) +
             bytes_of_shared(v.triggers, first) + heap_of(v.attributes);
    });
  });
  schema.for_each_sequence([&](const std::string& key, const schema::Sequence& s) {
    add_object(key, s, [&] { return heap_of(s.owner_table) + heap_of(s.attributes); });
  });
  schema.for_each_type([&](const std::string& key, const schema::UserType& t) {
    add_object(key, t, [&] {
      return heap_of(t.values) + heap_of(t.definition) + bytes_of_shared(t.fields, first) +
             bytes_of_shared(t.constraints, first) + heap_of(t.attributes);
    });
  });
  schema.for_each_function([&](const std::string& key, const schema::Function& f) {
    add_object(key, f, [&] { return heap_of(f); });
  });
}

void MemoryWalk::add(const std::vector<Finding>& findings) {
  findings_.count += findings.size();
  findings_.bytes += heap_of(findings);
}

}  // namespace belay
