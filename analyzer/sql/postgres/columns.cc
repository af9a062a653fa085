// Types, columns, constraints, index elements and options of PostgreSQL's raw tree.

#include <array>

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {
namespace {

/// What the grammar stores for an interval without a restriction of its fields.
constexpr int kIntervalFullRange = 0x7FFF;

ReferentialAction referential_action(char code) {
  switch (code) {
    case FKCONSTR_ACTION_RESTRICT: return ReferentialAction::kRestrict;
    case FKCONSTR_ACTION_CASCADE: return ReferentialAction::kCascade;
    case FKCONSTR_ACTION_SETNULL: return ReferentialAction::kSetNull;
    case FKCONSTR_ACTION_SETDEFAULT: return ReferentialAction::kSetDefault;
    default: return ReferentialAction::kNoAction;
  }
}

std::optional<ConstraintKind> constraint_kind(ConstrType type) {
  switch (type) {
    case CONSTR_NOTNULL: return ConstraintKind::kNotNull;
    case CONSTR_CHECK: return ConstraintKind::kCheck;
    case CONSTR_PRIMARY: return ConstraintKind::kPrimaryKey;
    case CONSTR_UNIQUE: return ConstraintKind::kUnique;
    case CONSTR_FOREIGN: return ConstraintKind::kForeignKey;
    case CONSTR_EXCLUSION: return ConstraintKind::kExclude;
    default: return std::nullopt;
  }
}

ColumnDefinition::Identity identity_of(char code) {
  return code == ATTRIBUTE_IDENTITY_ALWAYS ? ColumnDefinition::Identity::kAlways
                                           : ColumnDefinition::Identity::kByDefault;
}

std::vector<std::string> type_modifiers(std::string_view type, const List* typmods) {
  std::vector<std::string> out;
  for (const auto* node : elements<Node>(typmods)) {
    if (!IsA(node, A_Const)) continue;
    const auto* constant = node_cast<A_Const>(node);
    if (constant->isnull) continue;
    if (IsA(&constant->val.node, Integer)) {
      out.push_back(std::to_string(constant->val.ival.ival));
    } else if (IsA(&constant->val.node, String)) {
      out.emplace_back(constant->val.sval.sval);
    }
  }
  if (type == "interval" && !out.empty() && out[0] == std::to_string(kIntervalFullRange)) {
    out.erase(out.begin());
  }
  return out;
}

}  // namespace

std::string_view canonical_type_name(std::string_view id) {
  struct Alias {
    std::string_view alias;
    std::string_view name;
  };
  // Spellings that the grammar takes as ordinary names. Those with keywords (integer, timestamp
  // with time zone) it resolves itself.
  static constexpr std::array kAliases = {
      Alias{"serial2", "smallserial"}, Alias{"serial4", "serial"},  Alias{"serial8", "bigserial"},
      Alias{"character", "bpchar"},    Alias{"decimal", "numeric"}, Alias{"boolean", "bool"},
  };
  for (const Alias& a : kAliases) {
    if (a.alias == id) return a.name;
  }
  return id;
}

sql::TypeName Builder::type(const ::TypeName* node, TokenSpan span) const {
  sql::TypeName out;
  if (node == nullptr) return out;
  const size_t first = places_.at(node->location);
  const TokenSpan own = {std::max(first, span.first), std::max(first, span.last)};
  out.range = places_.range(own);
  out.name = qualified(node->names, own);
  const bool is_builtin = out.name.schema.id == "pg_catalog";
  if (is_builtin || out.name.schema.empty()) {
    out.name.schema = {};
    out.name.name.id = canonical_type_name(out.name.name.id);
  }
  out.modifiers = type_modifiers(out.name.name.id, node->typmods);
  out.array_dimensions = static_cast<uint8_t>(std::min(length(node->arrayBounds), 6));
  return out;
}

std::string Builder::option_value(const Node* node) const {
  if (node == nullptr) return "";
  switch (nodeTag(node)) {
    case T_String: return string_of(node);
    case T_Integer: return std::to_string(node_cast<Integer>(node)->ival);
    case T_Float: return node_cast<Float>(node)->fval;
    case T_Boolean: return node_cast<Boolean>(node)->boolval ? "true" : "false";
    case T_A_Const: {
      const auto* constant = node_cast<A_Const>(node);
      return constant->isnull ? "" : option_value(&constant->val.node);
    }
    case T_TypeName: {
      const auto* t = node_cast<::TypeName>(node);
      return type(t, {places_.at(t->location), places_.count()}).to_string();
    }
    case T_TypeCast: return option_value(node_cast<TypeCast>(node)->arg);
    case T_List: {
      std::string out;
      for (const auto* part : elements<Node>(reinterpret_cast<const List*>(node))) {
        out += (out.empty() ? "" : ".") + option_value(part);
      }
      return out;
    }
    default: return "";
  }
}

Option Builder::option(const DefElem* node) const {
  Option out;
  const size_t token = places_.at(node->location);
  out.name = name_at(node->defname, token);
  out.range = out.name.range;
  if (node->defnamespace != nullptr) {
    out.name.id = std::string(node->defnamespace) + "." + out.name.id;
  }
  out.value = option_value(node->arg);
  return out;
}

std::vector<Option> Builder::options(const List* nodes) const {
  std::vector<Option> out;
  for (const auto* node : elements<DefElem>(nodes)) out.push_back(option(node));
  return out;
}

std::vector<Name> Builder::names(const List* strings, TokenSpan list) const {
  std::vector<Name> out;
  const std::vector<TokenSpan> parts = places_.split_at_commas(list);
  size_t i = 0;
  for (const auto* node : elements<Node>(strings)) {
    const ByteRange range = i < parts.size() ? places_.range(parts[i].first) : ByteRange{};
    out.push_back(name(string_of(node), range));
    ++i;
  }
  return out;
}

std::string Builder::role(const RoleSpec* node) const {
  if (node == nullptr) return "";
  switch (node->roletype) {
    case ROLESPEC_CSTRING: return node->rolename;
    case ROLESPEC_CURRENT_ROLE: return "current_role";
    case ROLESPEC_CURRENT_USER: return "current_user";
    case ROLESPEC_SESSION_USER: return "session_user";
    case ROLESPEC_PUBLIC: return "public";
  }
  return "";
}

std::vector<std::string> Builder::roles(const List* nodes) const {
  std::vector<std::string> out;
  for (const auto* node : elements<RoleSpec>(nodes)) out.push_back(role(node));
  return out;
}

IndexElement Builder::index_element(const IndexElem* node, TokenSpan span) const {
  IndexElement out;
  out.range = places_.range(span);
  size_t rest = span.first + 1;  // behind the column or expression, and its collation
  if (node->name != nullptr) {
    out.column = name_at(node->name, span.first);
  } else {
    TokenSpan expression_span = {span.first, span.first + 1};
    if (places_.is(span.first, TokenKind::kLeftParen)) {
      expression_span = places_.inside_brackets(span.first);
    } else {  // a function call needs no brackets of its own
      const size_t open = places_.find_kind(span, TokenKind::kLeftParen);
      if (open < span.last) expression_span.last = places_.inside_brackets(open).last + 1;
    }
    out.expression = expression(node->expr, places_.range(expression_span));
    const bool bracketed = places_.is(span.first, TokenKind::kLeftParen);
    rest = expression_span.last + (bracketed ? 1 : 0);
  }
  if (node->collation != nullptr) {
    const size_t word = places_.find_word(span, "collate");
    out.collation = qualified(node->collation, {word + 1, span.last});
    rest = places_.dotted_name(word + 1).last;
  }
  if (node->opclass != nullptr) out.operator_class = qualified(node->opclass, {rest, span.last});
  out.descending = node->ordering == SORTBY_DESC;
  if (node->nulls_ordering != SORTBY_NULLS_DEFAULT) {
    out.nulls_first = node->nulls_ordering == SORTBY_NULLS_FIRST;
  }
  return out;
}

std::vector<IndexElement> Builder::index_elements(const List* nodes, TokenSpan list) const {
  std::vector<IndexElement> out;
  const std::vector<TokenSpan> parts = places_.split_at_commas(list);
  size_t i = 0;
  for (const auto* node : elements<IndexElem>(nodes)) {
    out.push_back(index_element(node, i < parts.size() ? parts[i] : TokenSpan{}));
    ++i;
  }
  return out;
}

ConstraintDefinition Builder::constraint(const Constraint* node, TokenSpan span) const {
  ConstraintDefinition out;
  out.kind = constraint_kind(node->contype).value_or(ConstraintKind::kCheck);
  out.range = places_.range(span);
  TokenSpan rest = span;
  if (node->conname != nullptr && places_.is_word(span.first, "constraint")) {
    out.name = name_at(node->conname, span.first + 1);
    rest.first += 2;
  }
  out.clause = places_.range(rest);
  out.not_valid = node->skip_validation;
  out.no_inherit = node->is_no_inherit;
  out.deferrable = node->deferrable;
  out.initially_deferred = node->initdeferred;
  out.nulls_not_distinct = node->nulls_not_distinct;
  out.options = options(node->options);
  if (node->indexname != nullptr) {
    const size_t word = places_.find_word(rest, "index");
    out.using_index = name_at(node->indexname, word + 1);
  }
  if (node->including != nullptr) {
    const size_t word = places_.find_word(rest, "include");
    out.include = names(node->including, places_.first_brackets({word, rest.last}));
  }
  switch (out.kind) {
    case ConstraintKind::kCheck:
      out.check = expression(node->raw_expr, places_.range(places_.first_brackets(rest)));
      break;
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique:
      out.columns = names(node->keys, places_.first_brackets(rest));
      break;
    case ConstraintKind::kForeignKey: {
      const size_t word = places_.find_word(rest, "references");
      out.columns = names(node->fk_attrs, places_.first_brackets({rest.first, word}));
      out.references = relation(node->pktable);
      out.referenced_columns = names(node->pk_attrs, places_.first_brackets({word, rest.last}));
      out.on_delete = referential_action(node->fk_del_action);
      out.on_update = referential_action(node->fk_upd_action);
      if (node->fk_matchtype == FKCONSTR_MATCH_FULL) out.match = "full";
      if (node->fk_matchtype == FKCONSTR_MATCH_PARTIAL) out.match = "partial";
      break;
    }
    case ConstraintKind::kExclude: {
      if (node->access_method != nullptr) out.method = node->access_method;
      const std::vector<TokenSpan> parts = places_.split_at_commas(places_.first_brackets(rest));
      size_t i = 0;
      for (const auto* pair : elements<List>(node->exclusions)) {
        const TokenSpan part = i < parts.size() ? parts[i] : TokenSpan{};
        out.elements.push_back(index_element(element<IndexElem>(pair, 0), part));
        out.operators.push_back(option_value(element<Node>(pair, 1)));
        ++i;
      }
      if (node->where_clause != nullptr) {
        const size_t word = places_.find_word(rest, "where");
        out.predicate = expression(node->where_clause,
                                   places_.range(places_.first_brackets({word, rest.last})));
      }
      break;
    }
    case ConstraintKind::kNotNull: break;
  }
  return out;
}

/// What the grammar keeps among a column's constraints without being one: DEFAULT, GENERATED,
/// IDENTITY, DEFERRABLE and the like. False for a real constraint.
bool Builder::add_column_attribute(const Constraint* node, TokenSpan span,
                                   ColumnDefinition& out) const {
  const ByteRange range = places_.range(span);
  switch (node->contype) {
    case CONSTR_DEFAULT:
      out.default_value = expression(node->raw_expr, places_.range({span.first + 1, span.last}));
      out.default_range = range;
      return true;
    case CONSTR_GENERATED:
      out.generated = ColumnDefinition::Generated::kStored;
      out.generation = expression(node->raw_expr, places_.range(places_.first_brackets(span)));
      out.default_range = range;
      return true;
    case CONSTR_IDENTITY:
      out.identity = identity_of(node->generated_when);
      out.identity_options = options(node->options);
      out.default_range = range;
      return true;
    case CONSTR_NULL: return true;
    case CONSTR_ATTR_DEFERRABLE:
    case CONSTR_ATTR_NOT_DEFERRABLE:
    case CONSTR_ATTR_DEFERRED:
    case CONSTR_ATTR_IMMEDIATE:
      if (!out.constraints.empty()) {
        ConstraintDefinition& last = out.constraints.back();
        last.deferrable |=
            node->contype == CONSTR_ATTR_DEFERRABLE || node->contype == CONSTR_ATTR_DEFERRED;
        last.initially_deferred |= node->contype == CONSTR_ATTR_DEFERRED;
        last.range = last.range.joined(range);
        last.clause = last.clause.joined(range);
      }
      return true;
    default: return false;
  }
}

ColumnDefinition Builder::column(const ColumnDef* node, TokenSpan span) const {
  ColumnDefinition out;
  out.range = places_.range(span);
  out.name = name_at(node->colname, span.first);
  // Where the parts begin: each ends where the next begins.
  std::vector<size_t> starts;
  for (const auto* c : elements<Constraint>(node->constraints)) {
    starts.push_back(places_.at(c->location));
  }
  if (node->collClause != nullptr) starts.push_back(places_.at(node->collClause->location));
  const auto part_from = [&](size_t first) {
    size_t last = span.last;
    for (size_t start : starts) {
      if (start > first) last = std::min(last, start);
    }
    return TokenSpan{first, last};
  };
  if (node->typeName != nullptr) {
    const TokenSpan type_span = places_.before_words(
        part_from(places_.at(node->typeName->location)), {"compression", "storage", "options"});
    out.type = type(node->typeName, type_span);
  }
  if (node->collClause != nullptr) {
    const size_t word = places_.at(node->collClause->location);
    out.collation = qualified(node->collClause->collname, {word + 1, span.last});
  }
  if (node->compression != nullptr) out.compression = node->compression;
  for (const auto* c : elements<Constraint>(node->constraints)) {
    const TokenSpan part = part_from(places_.at(c->location));
    if (add_column_attribute(c, part, out)) continue;
    ConstraintDefinition definition = constraint(c, part);
    definition.columns = {out.name};
    out.constraints.push_back(std::move(definition));
  }
  return out;
}

}  // namespace belay::sql::postgres
