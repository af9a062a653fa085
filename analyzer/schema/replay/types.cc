#include <algorithm>
#include <array>

#include "analyzer/schema/generated_names.h"
#include "analyzer/schema/replay/applier.h"

namespace belay::schema {

void Applier::operator()(const sql::CreateType& op) {
  const std::string key = schema_.key(op.type);
  if (const UserType* there = schema_.type_at(key); there != nullptr) {
    fail("type " + quoted(key) + " exists already");
  }
  UserType type;
  type.origin = origin_;
  if (op.form == sql::CreateType::Form::kEnum) {
    type.form = UserType::Form::kEnum;
    type.values = ids(op.values);
  } else if (op.form == sql::CreateType::Form::kComposite) {
    type.form = UserType::Form::kComposite;
    for (const sql::ColumnDefinition& a : op.attributes) type.fields.push_back(column(a));
  } else {
    const std::array<ByteRange, 1> name = {op.type.range};
    type.definition = normal_text(text_, engine_, name);
  }
  schema_.put_type(key, std::move(type));
}

void Applier::operator()(const sql::AddEnumValue& op) {
  const std::string key = schema_.key(op.type);
  UserType* type = schema_.own_type(key);
  if (type == nullptr) {
    missing("type", key);
    uncertain("a new value of a type that no migration made");
    return;
  }
  if (type->form != UserType::Form::kEnum) return fail(quoted(key) + " is no enum");
  if (contains(type->values, op.value.id)) {
    if (!op.if_not_exists) fail("the type has the value `" + op.value.id + "` already");
    return;
  }
  auto at = type->values.end();
  if (!op.neighbour.empty()) {
    at = std::find(type->values.begin(), type->values.end(), op.neighbour.id);
    if (at == type->values.end()) {
      fail("the type has no value `" + op.neighbour.id + "`");
    } else if (!op.before) {
      ++at;
    }
  }
  type->values.insert(at, op.value.id);
}

void Applier::operator()(const sql::RenameEnumValue& op) {
  const std::string key = schema_.key(op.type);
  UserType* type = schema_.own_type(key);
  if (type == nullptr) {
    missing("type", key);
    uncertain("a renamed value of a type that no migration made");
    return;
  }
  if (type->form != UserType::Form::kEnum) return fail(quoted(key) + " is no enum");
  if (contains(type->values, op.new_name.id)) {
    fail("the type has the value `" + op.new_name.id + "` already");
  }
  if (!contains(type->values, op.value.id)) fail("the type has no value `" + op.value.id + "`");
  replace_name(type->values, op.value.id, op.new_name.id);
}

void Applier::operator()(const sql::AlterCompositeType& op) {
  using Action = sql::AlterCompositeType::Action;
  const std::string key = schema_.key(op.type);
  UserType* type = schema_.own_type(key);
  if (type == nullptr) {
    missing("type", key);
    uncertain("a change of a type that no migration made");
    return;
  }
  const std::string& name = op.attribute.name.id;
  const auto field = std::find_if(type->fields.begin(), type->fields.end(),
                                  [&](const Column& c) { return c.name == name; });
  if (op.action == Action::kAdd) {
    type->fields.push_back(column(op.attribute));
    return;
  }
  if (field == type->fields.end()) {
    if (!op.if_exists) fail("the type " + quoted(key) + " has no attribute `" + name + "`");
    return;
  }
  switch (op.action) {
    case Action::kDrop: type->fields.erase(field); break;
    case Action::kAlterType: field->edit().type = type_of(op.attribute.type); break;
    case Action::kRename: field->edit().name = op.new_name.id; break;
    case Action::kAdd: break;
  }
}

Constraint Applier::domain_check(const sql::ConstraintDefinition& definition,
                                 const std::string& domain,
                                 const std::vector<Shared<Constraint>>& have) const {
  Constraint out;
  out.name = definition.name.id;
  if (out.name.empty()) {
    out.name_is_generated = true;
    const size_t dot = domain.find('.');
    out.name =
        postgres_object_name(domain.substr(dot + 1), "", "check", [&](const std::string& name) {
          return has_constraint(std::string_view(domain).substr(0, dot), name) ||
                 std::any_of(have.begin(), have.end(),
                             [&](const Constraint& c) { return c.name == name; });
        });
  }
  out.check = expression_text(definition.check, text_, engine_);
  out.validated = !definition.not_valid;
  return out;
}

void Applier::operator()(const sql::CreateDomain& op) {
  const std::string key = schema_.key(op.domain);
  if (schema_.type_at(key) != nullptr) fail("type " + quoted(key) + " exists already");
  UserType type;
  type.form = UserType::Form::kDomain;
  type.base = type_of(op.type);
  type.not_null = op.not_null;
  if (op.default_value)
    type.default_value = default_text(*op.default_value, text_, type.base, engine_);
  for (const sql::ConstraintDefinition& c : op.constraints) {
    type.constraints.push_back(domain_check(c, key, type.constraints));
  }
  if (!op.collation.empty()) type.attributes.set("collation", op.collation.to_string());
  type.origin = origin_;
  schema_.put_type(key, std::move(type));
}

void Applier::operator()(const sql::AlterDomain& op) {
  using Action = sql::AlterDomain::Action;
  const std::string key = schema_.key(op.domain);
  UserType* type = schema_.own_type(key);
  if (type == nullptr) {
    missing("domain", key);
    uncertain("a change of a domain that no migration made");
    return;
  }
  if (type->form != UserType::Form::kDomain) return fail(quoted(key) + " is no domain");
  const std::string& name = op.constraint.name.id;
  const auto found = std::find_if(type->constraints.begin(), type->constraints.end(),
                                  [&](const Constraint& c) { return c.name == name; });
  switch (op.action) {
    case Action::kSetDefault:
      if (op.default_value) {
        type->default_value = default_text(*op.default_value, text_, type->base, engine_);
      }
      break;
    case Action::kDropDefault: type->default_value.reset(); break;
    case Action::kSetNotNull: type->not_null = true; break;
    case Action::kDropNotNull: type->not_null = false; break;
    case Action::kAddConstraint:
      type->constraints.push_back(domain_check(op.constraint, key, type->constraints));
      break;
    case Action::kDropConstraint:
      if (found != type->constraints.end()) {
        type->constraints.erase(found);
      } else if (!op.if_exists) {
        fail("the domain " + quoted(key) + " has no constraint `" + name + "`");
      }
      break;
    case Action::kValidateConstraint:
      if (found != type->constraints.end()) found->edit().validated = true;
      break;
  }
}

void Applier::rename_type_of_columns(const std::string& from, const std::string& to) {
  Keys tables;
  schema_.for_each_table([&](const std::string& key, const Table& table) {
    const bool uses = std::any_of(table.columns.begin(), table.columns.end(),
                                  [&](const Column& c) { return c.type.name == from; });
    if (uses) tables.insert(key);
  });
  for (const std::string& key : tables) {
    for (Shared<Column>& c : schema_.own_table(key)->columns) {
      if (c->type.name == from) c.edit().type.name = to;
    }
  }
}

std::string Applier::user_of_type(const std::string& type_key) const {
  std::string out;
  const auto is_it = [&](const Type& type) {
    const size_t dot = type.name.find('.');
    return type_key == (dot == std::string::npos ? schema_.key("", type.name) : type.name);
  };
  schema_.for_each_table([&](const std::string&, const Table& table) {
    for (const Column& c : table.columns) {
      if (out.empty() && is_it(c.type)) out = "`" + c.name + "` of `" + table.name + "`";
    }
  });
  schema_.for_each_type([&](const std::string& key, const UserType& type) {
    if (key == type_key) return;
    const bool uses =
        is_it(type.base) || std::any_of(type.fields.begin(), type.fields.end(),
                                        [&](const Column& c) { return is_it(c.type); });
    if (out.empty() && uses) out = "the type " + quoted(key);
  });
  return out;
}

}  // namespace belay::schema
