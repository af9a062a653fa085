// CREATE and ALTER of views, sequences, types, domains, functions, triggers, rules, policies,
// extensions and schemas.

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {
namespace {

const char* query_event(CmdType type) {
  switch (type) {
    case CMD_SELECT: return "select";
    case CMD_INSERT: return "insert";
    case CMD_UPDATE: return "update";
    case CMD_DELETE: return "delete";
    default: return "";
  }
}

std::string trigger_timing(int16 timing) {
  if ((timing & TRIGGER_TYPE_INSTEAD) != 0) return "instead of";
  if ((timing & TRIGGER_TYPE_BEFORE) != 0) return "before";
  return "after";
}

std::vector<std::string> trigger_events(int16 events) {
  std::vector<std::string> out;
  if ((events & TRIGGER_TYPE_INSERT) != 0) out.emplace_back("insert");
  if ((events & TRIGGER_TYPE_UPDATE) != 0) out.emplace_back("update");
  if ((events & TRIGGER_TYPE_DELETE) != 0) out.emplace_back("delete");
  if ((events & TRIGGER_TYPE_TRUNCATE) != 0) out.emplace_back("truncate");
  return out;
}

const char* parameter_mode(FunctionParameterMode mode) {
  switch (mode) {
    case FUNC_PARAM_OUT: return "out";
    case FUNC_PARAM_INOUT: return "inout";
    case FUNC_PARAM_VARIADIC: return "variadic";
    case FUNC_PARAM_TABLE: return "table";
    default: return "in";
  }
}

const DefElem* find_option(const List* options, std::string_view name) {
  for (const auto* option : elements<DefElem>(options)) {
    if (name == option->defname) return option;
  }
  return nullptr;
}

}  // namespace

void Builder::create_view(const ViewStmt* node) {
  CreateView out;
  out.view = relation(node->view);
  out.or_replace = node->replace;
  out.temporary = node->view->relpersistence == RELPERSISTENCE_TEMP;
  const size_t after = places_.dotted_name(places_.at(node->view->location)).last;
  const size_t as = places_.find_word({after, places_.count()}, "as");
  out.columns = names(node->aliases, places_.first_brackets({after, as}));
  out.query = query(node->query, places_.range({as + 1, places_.count()}));
  out.options = options(node->options);
  if (node->withCheckOption == LOCAL_CHECK_OPTION) out.check_option = "local";
  if (node->withCheckOption == CASCADED_CHECK_OPTION) out.check_option = "cascaded";
  add(std::move(out));
}

void Builder::create_table_as(const CreateTableAsStmt* node) {
  const IntoClause* into = node->into;
  const size_t after = places_.dotted_name(places_.at(into->rel->location)).last;
  const size_t as = places_.find_word({after, places_.count()}, "as");
  const Query read = query(node->query, places_.range({as + 1, places_.count()}));
  if (node->objtype == OBJECT_MATVIEW) {
    CreateView out;
    out.view = relation(into->rel);
    out.materialized = true;
    out.if_not_exists = node->if_not_exists;
    out.with_data = !into->skipData;
    out.columns = names(into->colNames, places_.first_brackets({after, as}));
    out.query = read;
    out.options = options(into->options);
    add(std::move(out));
    return;
  }
  CreateTable out;
  out.table = relation(into->rel);
  out.if_not_exists = node->if_not_exists;
  out.temporary = into->rel->relpersistence == RELPERSISTENCE_TEMP;
  out.unlogged = into->rel->relpersistence == RELPERSISTENCE_UNLOGGED;
  out.as_query = read;
  out.as_columns = names(into->colNames, places_.first_brackets({after, as}));
  out.with_data = !into->skipData;
  out.options = options(into->options);
  add(std::move(out));
}

/// `OWNED BY [schema.]table.column` of a sequence; leaves both as they are where it is missing or
/// NONE.
void Builder::owned_by(const List* options, QualifiedName& table, Name& column) const {
  const DefElem* owner = find_option(options, "owned_by");
  if (owner == nullptr) return;
  const auto* parts = reinterpret_cast<const List*>(owner->arg);
  const int count = length(parts);
  if (count < 2) return;
  column = name(string_of(element<Node>(parts, count - 1)), {});
  table.name = name(string_of(element<Node>(parts, count - 2)), {});
  if (count >= 3) table.schema = name(string_of(element<Node>(parts, count - 3)), {});
}

void Builder::create_sequence(const CreateSeqStmt* node) {
  CreateSequence out;
  out.sequence = relation(node->sequence);
  out.if_not_exists = node->if_not_exists;
  out.temporary = node->sequence->relpersistence == RELPERSISTENCE_TEMP;
  out.options = options(node->options);
  owned_by(node->options, out.owned_by_table, out.owned_by_column);
  add(std::move(out));
}

void Builder::alter_sequence(const AlterSeqStmt* node) {
  AlterSequence out;
  out.sequence = relation(node->sequence);
  out.if_exists = node->missing_ok;
  out.options = options(node->options);
  owned_by(node->options, out.owned_by_table, out.owned_by_column);
  add(std::move(out));
}

void Builder::create_enum(const CreateEnumStmt* node) {
  CreateType out;
  out.form = CreateType::Form::kEnum;
  out.type = qualified(node->typeName, {2, places_.count()});
  out.values = names(node->vals, places_.first_brackets(places_.all()));
  add(std::move(out));
}

void Builder::alter_enum(const AlterEnumStmt* node) {
  const QualifiedName type = qualified(node->typeName, {2, places_.count()});
  const size_t after_type = places_.dotted_name(2).last;
  const size_t value_word = places_.find_word({after_type, places_.count()}, "value");
  if (node->oldVal != nullptr) {  // ALTER TYPE t RENAME VALUE 'a' TO 'b'
    add(RenameEnumValue{type, name_at(node->oldVal, value_word + 1),
                        name_at(node->newVal, places_.count() - 1)});
    return;
  }
  AddEnumValue out;
  out.type = type;
  out.value = name_at(node->newVal, places_.skip_if_exists(value_word + 1));
  if (node->newValNeighbor != nullptr) {
    out.neighbour = name_at(node->newValNeighbor, places_.count() - 1);
    out.before = !node->newValIsAfter;
  }
  out.if_not_exists = node->skipIfNewValExists;
  add(std::move(out));
}

void Builder::create_composite(const CompositeTypeStmt* node) {
  CreateType out;
  out.form = CreateType::Form::kComposite;
  out.type = relation(node->typevar);
  const std::vector<TokenSpan> parts =
      places_.split_at_commas(places_.first_brackets(places_.all()));
  size_t i = 0;
  for (const auto* attribute : elements<ColumnDef>(node->coldeflist)) {
    out.attributes.push_back(column(attribute, i < parts.size() ? parts[i] : TokenSpan{}));
    ++i;
  }
  add(std::move(out));
}

void Builder::create_domain(const CreateDomainStmt* node) {
  CreateDomain out;
  out.domain = qualified(node->domainname, {2, places_.count()});
  // A domain is written like a column: its type, then constraints.
  ColumnDef definition = {};
  definition.colname = const_cast<char*>("");
  definition.typeName = node->typeName;
  definition.collClause = node->collClause;
  definition.constraints = node->constraints;
  const size_t first = places_.at(node->typeName->location);
  ColumnDefinition as_column = column(&definition, {first, places_.count()});
  out.type = std::move(as_column.type);
  out.collation = std::move(as_column.collation);
  out.default_value = std::move(as_column.default_value);
  out.not_null = as_column.not_null();
  for (ConstraintDefinition& c : as_column.constraints) {
    c.columns.clear();
    if (c.kind != ConstraintKind::kNotNull) out.constraints.push_back(std::move(c));
  }
  add(std::move(out));
}

void Builder::alter_domain(const AlterDomainStmt* node) {
  using Action = AlterDomain::Action;
  AlterDomain out;
  out.domain = qualified(node->typeName, {2, places_.count()});
  out.if_exists = node->missing_ok;
  out.cascade = node->behavior == DROP_CASCADE;
  const TokenSpan all = places_.all();
  switch (node->subtype) {
    case 'T':
      out.action = node->def == nullptr ? Action::kDropDefault : Action::kSetDefault;
      if (node->def != nullptr) {
        const size_t word = places_.find_word(all, "default");
        out.default_value = expression(node->def, places_.range({word + 1, all.last}));
      }
      break;
    case 'N': out.action = Action::kDropNotNull; break;
    case 'O': out.action = Action::kSetNotNull; break;
    case 'C':
      out.action = Action::kAddConstraint;
      out.constraint = constraint(node_cast<Constraint>(node->def),
                                  {places_.find_word(all, "add") + 1, all.last});
      break;
    case 'X':
    case 'V':
      out.action = node->subtype == 'X' ? Action::kDropConstraint : Action::kValidateConstraint;
      out.constraint.name =
          name_at(node->name, places_.skip_if_exists(places_.find_word(all, "constraint") + 1));
      break;
    default: break;
  }
  add(std::move(out));
}

void Builder::create_function(const CreateFunctionStmt* node) {
  CreateFunction out;
  out.procedure = node->is_procedure;
  out.or_replace = node->replace;
  const size_t kind_word = node->replace ? 3 : 1;
  const TokenSpan name_span = places_.dotted_name(kind_word + 1);
  out.function = qualified(node->funcname, name_span);
  const TokenSpan list = places_.first_brackets({name_span.last, places_.count()});
  const std::vector<TokenSpan> parts = places_.split_at_commas(list);
  size_t i = 0;
  for (const auto* parameter : elements<FunctionParameter>(node->parameters)) {
    const TokenSpan part = i < parts.size() ? parts[i] : TokenSpan{};
    ++i;
    FunctionArgument argument;
    argument.mode = parameter_mode(parameter->mode);
    if (parameter->name != nullptr) argument.name = name(parameter->name, {});
    const size_t equals = places_.find_kind(part, TokenKind::kOperator);
    const TokenSpan before_default =
        places_.before_words({part.first, std::min(part.last, equals)}, {"default"});
    argument.type = type(parameter->argType, before_default);
    if (parameter->defexpr != nullptr) {
      argument.default_value = expression(
          parameter->defexpr, places_.range(TokenSpan{before_default.last + 1, part.last}));
    }
    out.arguments.push_back(std::move(argument));
  }
  if (node->returnType != nullptr) {
    const size_t first = places_.at(node->returnType->location);
    out.returns = type(node->returnType, {first, first + 1});
    out.returns_set = node->returnType->setof;
  }
  for (const auto* option_node : elements<DefElem>(node->options)) {
    const std::string_view key = option_node->defname;
    const std::string value = option_value(option_node->arg);
    if (key == "language") out.language = value;
    if (key == "strict") out.strict = value == "true";
    if (key == "security") out.security_definer = value == "true";
    if (key == "volatility" && value == "immutable") {
      out.volatility = CreateFunction::Volatility::kImmutable;
    }
    if (key == "volatility" && value == "stable") {
      out.volatility = CreateFunction::Volatility::kStable;
    }
    if (key == "set" && option_node->arg != nullptr) {
      const auto* set = node_cast<VariableSetStmt>(option_node->arg);
      std::string joined;
      for (const auto* argument : elements<Node>(set->args)) {
        joined += (joined.empty() ? "" : ", ") + option_value(argument);
      }
      out.settings.push_back({name(set->name, {}), joined, {}});
    }
    if (key == "as") {
      // A function in C names a file and a symbol.
      const auto* strings = node_cast<List>(option_node->arg);
      out.body = quoted_body(option_node->location, element<Node>(strings, 0));
    }
  }
  if (node->sql_body != nullptr) {
    const TokenSpan behind = {list.last + 1, places_.count()};
    size_t first = places_.find_word(behind, "begin");
    if (first >= places_.count()) first = places_.find_word(behind, "return");
    out.body = places_.range({first, places_.count()});
    if (out.language.empty()) out.language = "sql";
    bodies_.push_back({operations_.size(), {first, places_.count()}, false, ""});
  }
  add(std::move(out));
}

void Builder::alter_function(const AlterFunctionStmt* node) {
  AlterFunction out;
  out.function = qualified(node->func->objname, {2, places_.count()});
  out.has_arguments = !node->func->args_unspecified;
  for (const auto* t : elements<::TypeName>(node->func->objargs)) {
    out.argument_types.push_back(type(t, places_.until_comma(places_.at(t->location))));
  }
  out.actions = options(node->actions);
  add(std::move(out));
}

void Builder::create_trigger(const CreateTrigStmt* node) {
  CreateTrigger out;
  const size_t word = places_.find_word(places_.all(), "trigger");
  out.trigger.name = name_at(node->trigname, word + 1);
  out.trigger.range = out.trigger.name.range;
  out.table = relation(node->relation);
  out.or_replace = node->replace;
  out.constraint = node->isconstraint;
  out.timing = trigger_timing(node->timing);
  out.events = trigger_events(node->events);
  if (node->columns != nullptr) {  // UPDATE OF a, b [OR ...] ON t
    const size_t update = places_.find_word({word + 2, places_.count()}, "update");
    out.update_columns =
        names(node->columns, places_.before_words({update + 2, places_.count()}, {"or", "on"}));
  }
  out.for_each_row = node->row;
  const size_t execute = places_.find_word(places_.all(), "execute");
  if (node->whenClause != nullptr) {
    const size_t when = places_.find_word(places_.all(), "when");
    out.when = expression(node->whenClause, places_.range(places_.first_brackets({when, execute})));
  }
  out.function = qualified(node->funcname, {execute + 2, places_.count()});
  add(std::move(out));
}

void Builder::create_rule(const RuleStmt* node) {
  CreateRule out;
  const size_t word = places_.find_word(places_.all(), "rule");
  out.rule = name_at(node->rulename, word + 1);
  out.table = relation(node->relation);
  out.event = query_event(node->event);
  out.instead = node->instead;
  out.or_replace = node->replace;
  for (const auto* action : elements<Node>(node->actions)) {
    Query part = query(action, {});
    out.body.relations.insert(out.body.relations.end(), part.relations.begin(),
                              part.relations.end());
    out.body.functions.insert(out.body.functions.end(), part.functions.begin(),
                              part.functions.end());
  }
  const size_t body = places_.find_word(places_.all(), "do");
  out.body.range =
      places_.range(places_.skip_word({body + 1, places_.count()}, {"also", "instead"}));
  add(std::move(out));
}

/// The expression in the brackets behind a word.
Expression Builder::bracketed(const Node* node, std::string_view word) const {
  const TokenSpan all = places_.all();
  return expression(
      node, places_.range(places_.first_brackets({places_.find_word(all, word), all.last})));
}

void Builder::create_policy(const CreatePolicyStmt* node) {
  CreatePolicy out;
  out.policy = name_at(node->policy_name, 2);
  out.table = relation(node->table);
  out.command = node->cmd_name == nullptr ? "all" : node->cmd_name;
  out.permissive = node->permissive;
  out.roles = roles(node->roles);
  if (node->qual != nullptr) out.using_expression = bracketed(node->qual, "using");
  if (node->with_check != nullptr) out.check = bracketed(node->with_check, "check");
  add(std::move(out));
}

void Builder::alter_policy(const AlterPolicyStmt* node) {
  AlterPolicy out;
  out.policy = name_at(node->policy_name, 2);
  out.table = relation(node->table);
  out.roles = roles(node->roles);
  if (node->qual != nullptr) out.using_expression = bracketed(node->qual, "using");
  if (node->with_check != nullptr) out.check = bracketed(node->with_check, "check");
  add(std::move(out));
}

void Builder::create_extension(const CreateExtensionStmt* node) {
  CreateExtension out;
  out.extension = name_at(node->extname, places_.skip_if_exists(2));
  out.if_not_exists = node->if_not_exists;
  if (const DefElem* schema = find_option(node->options, "schema")) {
    out.schema = name(string_of(schema->arg), {});
  }
  add(std::move(out));
}

void Builder::create_schema(const CreateSchemaStmt* node) {
  CreateSchema out;
  const size_t at = places_.skip_if_exists(2);
  if (node->schemaname != nullptr) {
    out.schema = name_at(node->schemaname, at);
  } else if (node->authrole != nullptr && node->authrole->rolename != nullptr) {
    out.schema = name(node->authrole->rolename, {});
  }
  out.if_not_exists = node->if_not_exists;
  add(std::move(out));
  // The tree keeps what the schema is created with as statements of their own.
  for (const auto* part : elements<Node>(node->schemaElts)) statement(part);
}

bool Builder::definition(const Node* node) {
  switch (nodeTag(node)) {
    case T_ViewStmt: create_view(node_cast<ViewStmt>(node)); return true;
    case T_CreateTableAsStmt: create_table_as(node_cast<CreateTableAsStmt>(node)); return true;
    case T_RefreshMatViewStmt: {
      const auto* s = node_cast<RefreshMatViewStmt>(node);
      add(RefreshMaterializedView{relation(s->relation), s->concurrent, !s->skipData});
      return true;
    }
    case T_CreateSeqStmt: create_sequence(node_cast<CreateSeqStmt>(node)); return true;
    case T_AlterSeqStmt: alter_sequence(node_cast<AlterSeqStmt>(node)); return true;
    case T_CreateEnumStmt: create_enum(node_cast<CreateEnumStmt>(node)); return true;
    case T_AlterEnumStmt: alter_enum(node_cast<AlterEnumStmt>(node)); return true;
    case T_CompositeTypeStmt: create_composite(node_cast<CompositeTypeStmt>(node)); return true;
    case T_CreateRangeStmt:
      add(CreateType{qualified(node_cast<CreateRangeStmt>(node)->typeName, {2, places_.count()}),
                     CreateType::Form::kRange,
                     {},
                     {}});
      return true;
    case T_DefineStmt: {
      const auto* s = node_cast<DefineStmt>(node);
      const ObjectKind kind = object_kind(s->kind);
      const QualifiedName target = qualified(s->defnames, {2, places_.count()});
      if (kind == ObjectKind::kType) {
        add(CreateType{
            target,
            s->definition == nullptr ? CreateType::Form::kShell : CreateType::Form::kBase,
            {},
            {}});
      } else {
        add(CreateObject{kind, target, s->if_not_exists, {}});
      }
      return true;
    }
    case T_CreateDomainStmt: create_domain(node_cast<CreateDomainStmt>(node)); return true;
    case T_AlterDomainStmt: alter_domain(node_cast<AlterDomainStmt>(node)); return true;
    case T_CreateFunctionStmt: create_function(node_cast<CreateFunctionStmt>(node)); return true;
    case T_AlterFunctionStmt: alter_function(node_cast<AlterFunctionStmt>(node)); return true;
    case T_CreateTrigStmt: create_trigger(node_cast<CreateTrigStmt>(node)); return true;
    case T_RuleStmt: create_rule(node_cast<RuleStmt>(node)); return true;
    case T_CreatePolicyStmt: create_policy(node_cast<CreatePolicyStmt>(node)); return true;
    case T_AlterPolicyStmt: alter_policy(node_cast<AlterPolicyStmt>(node)); return true;
    case T_CreateExtensionStmt: create_extension(node_cast<CreateExtensionStmt>(node)); return true;
    case T_CreateSchemaStmt: create_schema(node_cast<CreateSchemaStmt>(node)); return true;
    default: return false;
  }
}

}  // namespace belay::sql::postgres
