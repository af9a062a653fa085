#include "tests/analyzer/sql/postgres/parts.h"

#include <algorithm>
#include <cctype>

namespace belay::sql::postgres {
namespace {

/// Goes through the members of each operation. An operation that is missing here does not compile.
class Gatherer {
 public:
  explicit Gatherer(std::vector<Part>& out) : out_(out) {}

  void operator()(const CreateTable& o) {
    qualified("table", o.table);
    for (const auto& c : o.columns) column(c);
    for (const auto& c : o.constraints) constraint(c);
    for (const auto& q : o.inherits) qualified("parent", q);
    for (const auto& l : o.like) qualified("like", l.table);
    if (o.partition_by) {
      range("partition_by", o.partition_by->range);
      elements("key", o.partition_by->key);
    }
    if (o.partition_of) {
      qualified("parent", o.partition_of->parent);
      range("bound", o.partition_of->bound);
    }
    qualified("of_type", o.of_type);
    if (o.as_query) query(*o.as_query);
    names("as_column", o.as_columns);
    options(o.options);
    name("tablespace", o.tablespace);
    name("access_method", o.access_method);
  }
  void operator()(const DropTable& o) { qualified("table", o.table); }
  void operator()(const RenameTable& o) { target(o.table), name("new_name", o.new_name); }
  void operator()(const Truncate& o) { qualified("table", o.table); }
  void operator()(const AddColumn& o) { target(o.table), column(o.column); }
  void operator()(const DropColumn& o) { target(o.table), name("column", o.column); }
  void operator()(const RenameColumn& o) {
    target(o.table), name("column", o.column), name("new_name", o.new_name);
  }
  void operator()(const AlterColumnType& o) {
    target(o.table), name("column", o.column), type(o.type);
    qualified("collation", o.collation), expression("using", o.using_expression);
  }
  void operator()(const SetDefault& o) {
    target(o.table), name("column", o.column), expression("default", o.value);
  }
  void operator()(const DropDefault& o) { target(o.table), name("column", o.column); }
  void operator()(const SetNotNull& o) { target(o.table), name("column", o.column); }
  void operator()(const DropNotNull& o) { target(o.table), name("column", o.column); }
  void operator()(const AlterIdentity& o) {
    target(o.table), name("column", o.column), options(o.options);
  }
  void operator()(const AlterGenerated& o) {
    target(o.table), name("column", o.column), expression("generation", o.expression);
  }
  void operator()(const SetColumnOption& o) {
    target(o.table), name("column", o.column), options(o.options);
  }
  void operator()(const AddConstraint& o) { target(o.table), constraint(o.constraint); }
  void operator()(const DropConstraint& o) { target(o.table), name("constraint", o.constraint); }
  void operator()(const ValidateConstraint& o) {
    target(o.table), name("constraint", o.constraint);
  }
  void operator()(const AlterConstraint& o) { target(o.table), name("constraint", o.constraint); }
  void operator()(const RenameConstraint& o) {
    target(o.table), name("constraint", o.constraint), name("new_name", o.new_name);
  }
  void operator()(const AttachPartition& o) {
    target(o.table), qualified("partition", o.partition), range("bound", o.bound);
  }
  void operator()(const DetachPartition& o) {
    target(o.table), qualified("partition", o.partition);
  }
  void operator()(const SetInheritance& o) { target(o.table), qualified("parent", o.parent); }
  void operator()(const SetTableOption& o) {
    target(o.table), name("name", o.name), options(o.options);
  }
  void operator()(const CreateIndex& o) {
    qualified("index", o.index), qualified("table", o.table), elements("element", o.elements);
    names("include", o.include), expression("where", o.predicate), options(o.options);
    name("tablespace", o.tablespace), range("concurrently", o.concurrently_range);
  }
  void operator()(const DropIndex& o) {
    qualified("index", o.index), qualified("table", o.table);
    range("concurrently", o.concurrently_range);
  }
  void operator()(const Reindex& o) { qualified("object", o.name); }
  void operator()(const AttachIndex& o) {
    qualified("index", o.index), qualified("partition", o.partition_index);
  }
  void operator()(const CreateView& o) {
    qualified("view", o.view), names("column", o.columns), query(o.query), options(o.options);
  }
  void operator()(const RefreshMaterializedView& o) { qualified("view", o.view); }
  void operator()(const CreateSequence& o) {
    qualified("sequence", o.sequence), options(o.options);
    qualified("owner", o.owned_by_table), name("owner_column", o.owned_by_column);
  }
  void operator()(const AlterSequence& o) {
    qualified("sequence", o.sequence), options(o.options);
    qualified("owner", o.owned_by_table), name("owner_column", o.owned_by_column);
  }
  void operator()(const CreateType& o) {
    qualified("type", o.type), names("value", o.values);
    for (const auto& a : o.attributes) column(a);
  }
  void operator()(const AddEnumValue& o) {
    qualified("type", o.type), name("value", o.value), name("neighbour", o.neighbour);
  }
  void operator()(const RenameEnumValue& o) {
    qualified("type", o.type), name("value", o.value), name("new_name", o.new_name);
  }
  void operator()(const AlterCompositeType& o) {
    qualified("table", o.type), column(o.attribute), name("new_name", o.new_name);
  }
  void operator()(const CreateDomain& o) {
    qualified("domain", o.domain), type(o.type), qualified("collation", o.collation);
    if (o.default_value) expression("default", *o.default_value);
    for (const auto& c : o.constraints) constraint(c);
  }
  void operator()(const AlterDomain& o) {
    qualified("domain", o.domain), constraint(o.constraint);
    if (o.default_value) expression("default", *o.default_value);
  }
  void operator()(const CreateFunction& o) {
    qualified("function", o.function), range("body", o.body), options(o.settings);
    for (const auto& a : o.arguments) {
      name("argument", a.name), type(a.type);
      if (a.default_value) expression("default", *a.default_value);
    }
    type(o.returns, "returns");
  }
  void operator()(const AlterFunction& o) {
    qualified("function", o.function), options(o.actions);
    for (const auto& t : o.argument_types) type(t);
  }
  void operator()(const CreateTrigger& o) {
    qualified("trigger", o.trigger), qualified("table", o.table);
    names("update_column", o.update_columns), expression("when", o.when);
    qualified("function", o.function), query(o.body);
  }
  void operator()(const CreateRule& o) {
    name("rule", o.rule), qualified("table", o.table), query(o.body);
  }
  void operator()(const CreatePolicy& o) {
    name("policy", o.policy), qualified("table", o.table);
    expression("using", o.using_expression), expression("check", o.check);
  }
  void operator()(const AlterPolicy& o) {
    name("policy", o.policy), qualified("table", o.table);
    expression("using", o.using_expression), expression("check", o.check);
  }
  void operator()(const CreateExtension& o) {
    name("extension", o.extension), name("schema", o.schema);
  }
  void operator()(const CreateSchema& o) { name("schema", o.schema); }
  void operator()(const CreateObject& o) {
    qualified("object", o.name), qualified("table", o.table);
  }
  void operator()(const AlterObject& o) { qualified("object", o.name); }
  void operator()(const DropObject& o) {
    qualified("object", o.name), qualified("table", o.table);
    for (const auto& t : o.argument_types) type(t);
  }
  void operator()(const RenameObject& o) {
    qualified("object", o.name), qualified("table", o.table), name("new_name", o.new_name);
  }
  void operator()(const SetSchema& o) {
    qualified("object", o.name), name("new_schema", o.new_schema);
  }
  void operator()(const SetOwner& o) { qualified("object", o.name); }
  void operator()(const Comment& o) { qualified("object", o.name), qualified("table", o.table); }
  void operator()(const Grant& o) {
    for (const auto& q : o.objects) qualified("object", q);
  }
  void operator()(const Insert& o) {
    qualified("table", o.table), names("column", o.columns), query(o.query);
  }
  void operator()(const Update& o) {
    qualified("table", o.table), query(o.query);
    for (const auto& a : o.assignments) name("column", a.column), expression("value", a.value);
    if (o.where) expression("where", *o.where);
  }
  void operator()(const Delete& o) {
    qualified("table", o.table), query(o.query);
    if (o.where) expression("where", *o.where);
  }
  void operator()(const Merge& o) { qualified("table", o.table), query(o.query); }
  void operator()(const Copy& o) { qualified("table", o.table); }
  void operator()(const Select& o) { query(o.query); }
  void operator()(const Transaction& o) { name("savepoint", o.savepoint); }
  void operator()(const SetVariable& o) { name("name", o.name); }
  void operator()(const Pragma& o) { name("name", o.name); }
  void operator()(const LockTable& o) { qualified("table", o.table); }
  void operator()(const Maintenance& o) { qualified("table", o.table), name("index", o.index); }
  void operator()(const AttachDatabase& o) { name("name", o.name); }
  void operator()(const DoBlock& o) { range("body", o.body); }
  void operator()(const Call& o) { qualified("procedure", o.procedure); }
  void operator()(const NoChange&) {}
  void operator()(const Unknown&) {}

  void range(std::string label, ByteRange where) { out_.push_back({std::move(label), where, ""}); }

 private:
  void name(std::string label, const Name& n) {
    if (!n.empty()) out_.push_back({std::move(label), n.range, n.id});
  }
  void names(const std::string& label, const std::vector<Name>& all) {
    for (const Name& n : all) name(label, n);
  }
  void qualified(const std::string& label, const QualifiedName& q) {
    if (q.empty()) return;
    range(label, q.range);
    name(label + "_schema", q.schema);
    name(label + "_name", q.name);
  }
  void target(const AlterTarget& t) { qualified("table", t.name); }
  void type(const TypeName& t, const std::string& label = "type") {
    if (!t.empty()) range(label, t.range);
  }
  void expression(const std::string& label, const Expression& e) {
    if (e.empty()) return;
    range(label, e.range);
    names(label + "_column", e.columns);
    for (const auto& q : e.functions) qualified(label + "_function", q);
    for (const auto& q : e.relations) qualified(label + "_relation", q);
  }
  void query(const Query& q) {
    range("query", q.range);
    for (const auto& r : q.relations) qualified("reads", r);
    for (const auto& f : q.functions) qualified("query_function", f);
    names("query_column", q.columns);
  }
  void options(const std::vector<Option>& all) {
    for (const Option& o : all) range("option", o.range);
  }
  void elements(const std::string& label, const std::vector<IndexElement>& all) {
    for (const IndexElement& e : all) {
      range(label, e.range);
      name(label + "_column", e.column);
      expression(label + "_expression", e.expression);
      qualified(label + "_collation", e.collation);
      qualified(label + "_class", e.operator_class);
    }
  }
  void column(const ColumnDefinition& c) {
    range("column", c.range);
    name("column_name", c.name);
    type(c.type);
    qualified("collation", c.collation);
    if (c.default_value) expression("default", *c.default_value);
    expression("generation", c.generation);
    range("default_clause", c.default_range);
    for (const auto& k : c.constraints) constraint(k);
  }
  void constraint(const ConstraintDefinition& c) {
    range("constraint", c.range);
    range("clause", c.clause);
    name("constraint_name", c.name);
    names("key", c.columns);
    names("include", c.include);
    expression("check", c.check);
    qualified("references", c.references);
    names("referenced", c.referenced_columns);
    name("using_index", c.using_index);
    elements("element", c.elements);
    expression("where", c.predicate);
  }

  std::vector<Part>& out_;
};

bool is_label_char(char c) {
  return (std::islower(static_cast<unsigned char>(c)) != 0) || c == '_';
}

/// The length of `label:` at the beginning of a text; 0 where there is none.
size_t label_size(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && is_label_char(text[size])) ++size;
  return size > 0 && size < text.size() && text[size] == ':' ? size : 0;
}

/// How many closing brackets stand in a row. Of an odd number the first belongs to the text.
size_t brackets_from(std::string_view text, size_t at) {
  const size_t end = text.find_first_not_of(']', at);
  return (end == std::string_view::npos ? text.size() : end) - at;
}

}  // namespace

std::vector<Part> parts_of(const Operation& operation) {
  std::vector<Part> out;
  Gatherer gatherer(out);
  gatherer.range("op", operation.range);
  std::visit(gatherer, operation.data);
  return out;
}

Labelled::Labelled(std::string_view marked) {
  std::vector<size_t> open;
  for (size_t i = 0; i < marked.size(); ++i) {
    const auto here = static_cast<uint32_t>(text.size());
    const size_t label = marked.substr(i, 2) == "[[" ? label_size(marked.substr(i + 2)) : 0;
    if (label > 0) {
      open.push_back(parts.size());
      parts.push_back({std::string(marked.substr(i + 2, label)), {here, here}, ""});
      i += 2 + label;
    } else if (marked[i] == ']' && !open.empty() && brackets_from(marked, i) % 2 == 0) {
      parts[open.back()].range.end = here;
      open.pop_back();
      ++i;
    } else {
      text += marked[i];
    }
  }
}

std::string write_labelled(std::string_view text, const std::vector<Part>& parts) {
  std::vector<Part> sorted(parts);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Part& a, const Part& b) {
    return a.range.begin != b.range.begin ? a.range.begin < b.range.begin
                                          : a.range.end > b.range.end;
  });
  std::string out;
  for (uint32_t at = 0; at <= text.size(); ++at) {
    for (const Part& p : sorted) {
      if (p.range.end == at && !p.range.empty()) out += "]]";
    }
    for (const Part& p : sorted) {
      if (p.range.begin == at) out += "[[" + p.label + ":" + (p.range.empty() ? "]]" : "");
    }
    if (at < text.size()) out += text[at];
  }
  return out;
}

}  // namespace belay::sql::postgres
