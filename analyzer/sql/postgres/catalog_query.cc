// Queries over pg_catalog and information_schema.

#include "analyzer/sql/postgres/catalog_query.h"

#include <algorithm>
#include <array>

#include "analyzer/sql/postgres/builder.h"
#include "analyzer/sql/postgres/catalog_tables.h"
#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

using GuardKind = ExistenceGuard::Kind;
using GuardScope = ExistenceGuard::Scope;

/// More tables than any question needs.
constexpr size_t kMaxItems = 5;

/// A table of the query's FROM, with what the predicates say of it.
struct Item {
  const CatalogTable* table = nullptr;
  std::string alias;
  GuardKind kind = GuardKind::kRelation;
  bool kind_is_narrowed = false;
  std::optional<Name> name;
  std::optional<Name> schema;
  GuardScope scope = GuardScope::kAnySchema;
  std::optional<QualifiedName> owner;
  GuardScope owner_scope = GuardScope::kAnySchema;
  bool fails_without_owner = false;
  std::optional<ConstraintKind> constraint_kind;
  Item* schema_item = nullptr;
  Item* owner_item = nullptr;
  Item* index_item = nullptr;
  bool is_linked = false;
};

/// A constant within casts, and the last of them.
struct Constant {
  const A_Const* node = nullptr;
  std::string_view cast;

  bool is_text() const {
    return cast.empty() || cast == "text" || cast == "name" || cast == "varchar" ||
           cast == "bpchar" || cast == "sql_identifier" || cast == "char";
  }
};

std::string_view last_name(const List* names) {
  return string_of(element<Node>(names, length(names) - 1));
}

Constant string_constant(const Node* node) {
  Constant out;
  while (node != nullptr && IsA(node, TypeCast)) {
    if (out.cast.empty()) out.cast = last_name(node_cast<TypeCast>(node)->typeName->names);
    node = node_cast<TypeCast>(node)->arg;
  }
  if (node == nullptr || !IsA(node, A_Const)) return out;
  const auto* constant = node_cast<A_Const>(node);
  if (!constant->isnull && IsA(&constant->val.node, String)) out.node = constant;
  return out;
}

std::string_view function_of(const Node* node) {
  if (node == nullptr) return "";
  if (IsA(node, FuncCall)) return last_name(node_cast<FuncCall>(node)->funcname);
  if (IsA(node, SQLValueFunction) &&
      node_cast<SQLValueFunction>(node)->op == SVFOP_CURRENT_SCHEMA) {
    return "current_schema";
  }
  return "";
}

/// The relations whose pg_class.relkind is one of these letters; nothing for other sets.
std::optional<GuardKind> kind_of_letters(std::string letters) {
  std::sort(letters.begin(), letters.end());
  if (letters == "pr") return GuardKind::kTable;
  if (letters == "r") return GuardKind::kPlainTable;
  if (letters == "i") return GuardKind::kPlainIndex;
  if (letters == "v") return GuardKind::kView;
  if (letters == "m") return GuardKind::kMaterializedView;
  if (letters == "S") return GuardKind::kSequence;
  if (letters == "Ii") return GuardKind::kIndex;
  return std::nullopt;
}

std::optional<ConstraintKind> constraint_kind_of(std::string_view text) {
  if (text == "p" || text == "PRIMARY KEY") return ConstraintKind::kPrimaryKey;
  if (text == "u" || text == "UNIQUE") return ConstraintKind::kUnique;
  if (text == "f" || text == "FOREIGN KEY") return ConstraintKind::kForeignKey;
  if (text == "c") return ConstraintKind::kCheck;  // 'CHECK' is NOT NULL, too
  if (text == "x") return ConstraintKind::kExclude;
  return std::nullopt;
}

class CatalogReader {
 public:
  CatalogReader(const Places& places, const std::set<std::string>& variables)
      : places_(places), variables_(variables) {
    items_.reserve(kMaxItems);  // items point at each other
  }

  /// False where anything of the query is not understood.
  bool read(const SelectStmt* select) {
    const bool plain = select->op == SETOP_NONE && select->groupClause == nullptr &&
                       select->havingClause == nullptr && select->limitOffset == nullptr &&
                       select->withClause == nullptr && select->valuesLists == nullptr &&
                       select->distinctClause == nullptr && select->windowClause == nullptr &&
                       select->fromClause != nullptr && limits_to_one(select->limitCount);
    if (!plain) return false;
    std::vector<const Node*> predicates;
    for (const auto* from : elements<Node>(select->fromClause)) {
      if (!add_from(from, predicates)) return false;
    }
    if (select->whereClause != nullptr) predicates.push_back(select->whereClause);
    return std::all_of(predicates.begin(), predicates.end(),
                       [&](const Node* p) { return predicate(p, 0); });
  }

  std::optional<ExistenceGuard> guard() {
    Item* root = nullptr;
    for (Item& item : items_) {
      if (item.is_linked) continue;
      if (root != nullptr) return std::nullopt;
      root = &item;
    }
    if (root == nullptr) return std::nullopt;
    ExistenceGuard out;
    out.kind = root->kind;
    out.constraint_kind = root->constraint_kind;
    const Item* named = root->table->name == "pg_index" ? root->index_item : root;
    if (named == nullptr || (named != root && named->kind_is_narrowed)) return std::nullopt;
    if (named->name) {
      out.name.name = *named->name;
      out.name.range = out.name.name.range;
    }
    if (!set_owner(*root, out) || !set_scope(*root, named, out)) return std::nullopt;
    if (!asks_enough(out)) return std::nullopt;
    out.range = out.name.range.joined(out.owner.range);
    return out;
  }

  /// The alias of the one table, for a target list.
  bool yields_oid(const Node* value) {
    Item* item = nullptr;
    CatalogRole role;
    return column(value, item, role) && role == CatalogRole::kOid && !item->is_linked;
  }

 private:
  static bool limits_to_one(const Node* limit) {
    if (limit == nullptr) return true;
    if (!IsA(limit, A_Const)) return false;
    const auto* constant = node_cast<A_Const>(limit);
    return !constant->isnull && IsA(&constant->val.node, Integer) && constant->val.ival.ival > 0;
  }

  bool add_from(const Node* node, std::vector<const Node*>& predicates) {
    if (IsA(node, JoinExpr)) {
      const auto* join = node_cast<JoinExpr>(node);
      if (join->jointype != JOIN_INNER || join->isNatural || join->usingClause != nullptr ||
          join->alias != nullptr) {
        return false;
      }
      if (join->quals != nullptr) predicates.push_back(join->quals);
      return add_from(join->larg, predicates) && add_from(join->rarg, predicates);
    }
    if (!IsA(node, RangeVar) || items_.size() >= kMaxItems) return false;
    const auto* relation = node_cast<RangeVar>(node);
    const std::string_view schema = relation->schemaname == nullptr ? "" : relation->schemaname;
    const CatalogTable* table = find_catalog_table(schema, relation->relname);
    if (table == nullptr) return false;
    if (relation->alias != nullptr && relation->alias->colnames != nullptr) return false;
    Item& item = items_.emplace_back();
    item.table = table;
    item.alias = relation->alias == nullptr ? relation->relname : relation->alias->aliasname;
    item.kind = table->kind;
    return true;
  }

  /// Resolves a column, within casts that change nothing.
  bool column(const Node* node, Item*& item, CatalogRole& role, std::string_view* cast = nullptr) {
    while (node != nullptr && IsA(node, TypeCast)) {
      const std::string_view type = last_name(node_cast<TypeCast>(node)->typeName->names);
      const bool harmless = type == "text" || type == "name" || type == "varchar";
      if (!harmless && (cast == nullptr || !cast->empty())) return false;
      if (!harmless) *cast = type;
      if (harmless && cast != nullptr && !cast->empty()) return false;
      node = node_cast<TypeCast>(node)->arg;
    }
    if (node == nullptr || !IsA(node, ColumnRef)) return false;
    const List* fields = node_cast<ColumnRef>(node)->fields;
    if (length(fields) > 2) return false;
    const std::string name(last_name(fields));
    const std::string of(length(fields) == 2 ? string_of(element<Node>(fields, 0)) : "");
    if (variables_.count(of.empty() ? name : of) != 0) return false;
    item = nullptr;
    for (Item& candidate : items_) {
      if (!of.empty() && candidate.alias != of) continue;
      const std::optional<CatalogRole> found = find_catalog_column(*candidate.table, name);
      if (!found) continue;
      if (item != nullptr) return false;
      item = &candidate;
      role = *found;
    }
    return item != nullptr;
  }

  bool predicate(const Node* node, int depth) {
    if (node == nullptr || depth > 20) return false;
    switch (nodeTag(node)) {
      case T_BoolExpr: return junction(node_cast<BoolExpr>(node), depth);
      case T_FuncCall: return visibility(node_cast<FuncCall>(node));
      case T_A_Expr: return comparison(node_cast<A_Expr>(node));
      default: return false;
    }
  }

  bool junction(const BoolExpr* node, int depth) {
    if (node->boolop == NOT_EXPR) {  // NOT attisdropped
      Item* item = nullptr;
      CatalogRole role;
      return column(element<Node>(node->args, 0), item, role) && role == CatalogRole::kFalse;
    }
    if (node->boolop != AND_EXPR) return false;
    for (const auto* part : elements<Node>(node->args)) {
      if (!predicate(part, depth + 1)) return false;
    }
    return true;
  }

  bool visibility(const FuncCall* call) {
    const std::string_view function = last_name(call->funcname);
    if (function != "pg_table_is_visible" && function != "pg_type_is_visible") return false;
    Item* item = nullptr;
    CatalogRole role;
    if (length(call->args) != 1 || !column(element<Node>(call->args, 0), item, role)) return false;
    if (role != CatalogRole::kOid || item->scope != GuardScope::kAnySchema) return false;
    item->scope = GuardScope::kSearchPath;
    return true;
  }

  bool comparison(const A_Expr* node) {
    const std::string_view op = last_name(node->name);
    if (node->kind == AEXPR_IN && op == "=") return in_list(node);
    if (node->kind == AEXPR_OP_ANY && op == "=") return any_of_schemas(node);
    if (node->kind != AEXPR_OP || node->lexpr == nullptr) return false;
    Item* item = nullptr;
    CatalogRole role;
    std::string_view cast;
    if (op == ">" && column(node->lexpr, item, role)) {  // attnum > 0
      return role == CatalogRole::kPositive && IsA(node->rexpr, A_Const) &&
             IsA(&node_cast<A_Const>(node->rexpr)->val.node, Integer) &&
             node_cast<A_Const>(node->rexpr)->val.ival.ival == 0;
    }
    if (op != "=") return false;
    Item* other = nullptr;
    CatalogRole other_role;
    const bool left = column(node->lexpr, item, role, &cast);
    if (left && column(node->rexpr, other, other_role) && cast.empty()) {
      return link(*item, role, *other, other_role) || link(*other, other_role, *item, role);
    }
    if (left) return equals(*item, role, cast, node->rexpr);
    cast = {};
    return column(node->rexpr, item, role, &cast) && equals(*item, role, cast, node->lexpr);
  }

  bool in_list(const A_Expr* node) {
    Item* item = nullptr;
    CatalogRole role;
    if (!column(node->lexpr, item, role)) return false;
    const auto* list = reinterpret_cast<const List*>(node->rexpr);
    if (length(list) == 1) return equals(*item, role, {}, element<Node>(list, 0));
    std::string letters;
    for (const auto* part : elements<Node>(list)) {
      const Constant constant = string_constant(part);
      if (constant.node == nullptr) return false;
      letters += constant.node->val.sval.sval;
    }
    const std::optional<GuardKind> kind = kind_of_letters(letters);
    if (role != CatalogRole::kRelationKind || !kind) return false;
    return narrow(*item, *kind);
  }

  /// schema = ANY (current_schemas(false))
  bool any_of_schemas(const A_Expr* node) {
    Item* item = nullptr;
    CatalogRole role;
    if (function_of(node->rexpr) != "current_schemas" || !column(node->lexpr, item, role)) {
      return false;
    }
    const bool is_schema = role == CatalogRole::kSchema ||
                           (role == CatalogRole::kName && item->table->name == "pg_namespace");
    if (!is_schema || item->scope != GuardScope::kAnySchema || item->schema || item->name)
      return false;
    item->scope = GuardScope::kSearchPath;
    return true;
  }

  bool link(Item& from, CatalogRole role, Item& to, CatalogRole to_role) {
    if (to_role != CatalogRole::kOid || to.is_linked || &from == &to) return false;
    const std::string_view target = to.table->name;
    if (role == CatalogRole::kSchemaOid && target == "pg_namespace" &&
        from.schema_item == nullptr) {
      from.schema_item = &to;
    } else if (role == CatalogRole::kOwnerOid && from.owner_item == nullptr &&
               target == (from.kind == GuardKind::kEnumValue ? "pg_type" : "pg_class")) {
      from.owner_item = &to;
    } else if (role == CatalogRole::kIndexOid && target == "pg_class" &&
               from.index_item == nullptr) {
      from.index_item = &to;
    } else {
      return false;
    }
    to.is_linked = true;
    return true;
  }

  bool narrow(Item& item, GuardKind kind) {
    if (item.kind_is_narrowed) return false;
    item.kind = kind;
    item.kind_is_narrowed = true;
    return true;
  }

  bool equals(Item& item, CatalogRole role, std::string_view cast, const Node* value) {
    if (role == CatalogRole::kOwnerOid) return owner_is(item, cast, value);
    if (!cast.empty()) return false;
    if (role == CatalogRole::kSchemaOid) return schema_oid_is(item, value);
    if (role == CatalogRole::kDatabase)
      return function_of(value) == "current_database" || function_of(value) == "current_catalog";
    if (role == CatalogRole::kFalse) return is_false(value);
    const bool is_schema = role == CatalogRole::kSchema ||
                           (role == CatalogRole::kName && item.table->name == "pg_namespace");
    if (is_schema && function_of(value) == "current_schema") {
      if (item.scope != GuardScope::kAnySchema || item.schema || item.name) return false;
      item.scope = GuardScope::kCurrentSchema;
      return true;
    }
    const Constant constant = string_constant(value);
    if (constant.node == nullptr || !constant.is_text()) return false;
    return equals_text(item, role, constant.node);
  }

  static bool is_false(const Node* value) {
    if (!IsA(value, A_Const)) return false;
    const auto* constant = node_cast<A_Const>(value);
    return !constant->isnull && IsA(&constant->val.node, Boolean) && !constant->val.boolval.boolval;
  }

  bool equals_text(Item& item, CatalogRole role, const A_Const* constant) {
    const std::string text = constant->val.sval.sval;
    const Name name = {text, place_of(constant)};
    switch (role) {
      case CatalogRole::kName:
        if (item.name) return false;
        if (item.table->name == "pg_namespace" && item.scope != GuardScope::kAnySchema)
          return false;
        item.name = name;
        return true;
      case CatalogRole::kSchema:
        if (item.schema || item.scope != GuardScope::kAnySchema) return false;
        item.schema = name;
        return true;
      case CatalogRole::kOwner:
        if (item.owner) return false;
        item.owner.emplace().name = name;
        item.owner->range = name.range;
        return true;
      case CatalogRole::kRelationKind: {
        const std::optional<GuardKind> kind = kind_of_letters(text);
        return kind && narrow(item, *kind);
      }
      case CatalogRole::kTableType:
        return (text == "BASE TABLE" && narrow(item, GuardKind::kTable)) ||
               (text == "VIEW" && narrow(item, GuardKind::kView));
      case CatalogRole::kTypeKind:
        return (text == "e" && narrow(item, GuardKind::kEnumType)) ||
               (text == "d" && narrow(item, GuardKind::kDomain));
      case CatalogRole::kContype:
      case CatalogRole::kConstraintType:
        if (item.constraint_kind || (text.size() == 1) != (role == CatalogRole::kContype))
          return false;
        item.constraint_kind = constraint_kind_of(text);
        return item.constraint_kind.has_value();
      default: return false;
    }
  }

  /// 'public'::regnamespace, (SELECT oid FROM pg_namespace WHERE nspname = 'public')
  bool schema_oid_is(Item& item, const Node* value) {
    if (item.schema || item.scope != GuardScope::kAnySchema) return false;
    const Constant constant = string_constant(value);
    if (constant.node != nullptr && constant.cast == "regnamespace") {
      const std::optional<QualifiedName> name = regclass_name(value, places_);
      if (!name || !name->schema.empty()) return false;
      item.schema = name->name;
      return true;
    }
    const std::optional<ExistenceGuard> found = oid_query(value);
    if (!found || found->kind != GuardKind::kSchema) return false;
    if (found->name.empty()) return false;
    item.schema = found->name.name;
    return true;
  }

  /// 't'::regclass, to_regclass('t'), (SELECT oid FROM pg_class WHERE relname = 't')
  bool owner_is(Item& item, std::string_view cast, const Node* value) {
    if (item.owner) return false;
    const std::string_view type = item.kind == GuardKind::kEnumValue ? "regtype" : "regclass";
    if (!cast.empty() && cast != type) return false;
    const Constant constant = string_constant(value);
    const bool is_lookup =
        function_of(value) == (item.kind == GuardKind::kEnumValue ? "to_regtype" : "to_regclass");
    if (is_lookup || (constant.node != nullptr && constant.cast == type)) {
      const Node* text = is_lookup ? element<Node>(node_cast<FuncCall>(value)->args, 0) : value;
      item.owner = regclass_name(text, places_);
      item.owner_scope = item.owner && !item.owner->schema.empty() ? GuardScope::kNamedSchema
                                                                   : GuardScope::kSearchPath;
      item.fails_without_owner = !is_lookup;
      return item.owner.has_value();
    }
    const std::optional<ExistenceGuard> found = oid_query(value);
    const GuardKind wanted =
        item.kind == GuardKind::kEnumValue ? GuardKind::kType : GuardKind::kRelation;
    if (!found || found->kind != wanted || found->name.empty()) return false;
    item.owner = found->name;
    item.owner_scope = found->scope;
    return true;
  }

  std::optional<ExistenceGuard> oid_query(const Node* value) {
    if (value == nullptr || !IsA(value, SubLink)) return std::nullopt;
    const auto* link = node_cast<SubLink>(value);
    if (link->subLinkType != EXPR_SUBLINK || !IsA(link->subselect, SelectStmt)) return std::nullopt;
    const auto* select = node_cast<SelectStmt>(link->subselect);
    CatalogReader inner(places_, variables_);
    if (length(select->targetList) != 1 || !inner.read(select)) return std::nullopt;
    if (!inner.yields_oid(element<ResTarget>(select->targetList, 0)->val)) return std::nullopt;
    return inner.guard();
  }

  /// Its own schema, or the one of the table that owns it.
  bool set_owner(const Item& root, ExistenceGuard& out) {
    if (root.owner && root.owner_item != nullptr) return false;
    if (root.owner) {
      out.owner = *root.owner;
      out.fails_without_owner = root.fails_without_owner;
    } else if (root.owner_item != nullptr) {
      if (!root.owner_item->name || root.owner_item->kind_is_narrowed) return false;
      out.owner.name = *root.owner_item->name;
      out.owner.range = out.owner.name.range;
    }
    return true;
  }

  bool set_scope(const Item& root, const Item* named, ExistenceGuard& out) {
    std::vector<std::pair<GuardScope, Name>> said;
    const auto note = [&](const Item& item) {
      if (item.schema) said.push_back({GuardScope::kNamedSchema, *item.schema});
      if (item.scope != GuardScope::kAnySchema) said.push_back({item.scope, {}});
      if (item.schema_item == nullptr) return;
      const Item& schema = *item.schema_item;
      if (schema.name) said.push_back({GuardScope::kNamedSchema, *schema.name});
      if (schema.scope != GuardScope::kAnySchema) said.push_back({schema.scope, {}});
    };
    note(root);
    if (named != &root) note(*named);
    if (root.owner_item != nullptr) note(*root.owner_item);
    if (root.owner && root.owner_scope != GuardScope::kAnySchema) {
      said.push_back({root.owner_scope, root.owner->schema});
    }
    if (said.size() > 1) return false;
    if (said.empty()) return true;
    out.scope = said[0].first;
    QualifiedName& of = !out.owner.empty() && root.kind != GuardKind::kIndex ? out.owner : out.name;
    if (of.schema.empty()) of.schema = said[0].second;
    return true;
  }

  static bool asks_enough(const ExistenceGuard& guard) {
    switch (guard.kind) {
      case GuardKind::kColumn:
      case GuardKind::kEnumValue: return !guard.name.empty() && !guard.owner.empty();
      case GuardKind::kConstraint:
        return !guard.name.empty() || (!guard.owner.empty() && guard.constraint_kind.has_value());
      default: return !guard.name.empty();
    }
  }

  ByteRange place_of(const A_Const* constant) const {
    const size_t token = places_.at(constant->location);
    return token < places_.count() ? places_.range(token) : ByteRange{};
  }

  const Places& places_;
  const std::set<std::string>& variables_;
  std::vector<Item> items_;
};

bool is_star_or_constant(const Node* value) {
  if (value == nullptr) return false;
  return IsA(value, A_Const) || IsA(value, ColumnRef);
}

bool yields(const SelectStmt* select, CatalogQuery wanted) {
  if (wanted == CatalogQuery::kRows) {
    // An aggregate would make a row of no rows.
    for (const auto* target : elements<ResTarget>(select->targetList)) {
      if (!is_star_or_constant(target->val)) return false;
    }
    return true;
  }
  if (length(select->targetList) != 1) return false;
  const Node* value = element<ResTarget>(select->targetList, 0)->val;
  if (wanted == CatalogQuery::kOneConstant) {
    return value != nullptr && IsA(value, A_Const) && !node_cast<A_Const>(value)->isnull;
  }
  if (value == nullptr || !IsA(value, FuncCall)) return false;
  const auto* call = node_cast<FuncCall>(value);
  const bool counts_rows =
      call->agg_star || (length(call->args) == 1 && IsA(element<Node>(call->args, 0), A_Const) &&
                         !node_cast<A_Const>(element<Node>(call->args, 0))->isnull);
  return last_name(call->funcname) == "count" && counts_rows && call->agg_filter == nullptr &&
         call->over == nullptr && !call->agg_distinct;
}

}  // namespace

std::optional<ExistenceGuard> catalog_query(const Node* node, const Places& places,
                                            const std::set<std::string>& variables,
                                            CatalogQuery wanted) {
  if (node == nullptr || !IsA(node, SelectStmt)) return std::nullopt;
  const auto* select = node_cast<SelectStmt>(node);
  if (select->intoClause != nullptr || !yields(select, wanted)) return std::nullopt;
  if (wanted == CatalogQuery::kCount && select->limitCount != nullptr) return std::nullopt;
  CatalogReader reader(places, variables);
  if (!reader.read(select)) return std::nullopt;
  return reader.guard();
}

std::optional<QualifiedName> regclass_name(const Node* node, const Places& places) {
  const Constant constant = string_constant(node);
  if (constant.node == nullptr) return std::nullopt;
  const std::string_view text = constant.node->val.sval.sval;
  const size_t token = places.at(constant.node->location);
  const ByteRange range = token < places.count() ? places.range(token) : ByteRange{};
  std::vector<Name> parts;
  for (size_t i = 0; i <= text.size();) {
    Name& part = parts.emplace_back();
    part.range = range;
    if (i < text.size() && text[i] == '"') {
      for (++i; i < text.size() && (text[i] != '"' || text.substr(i).starts_with("\"\"")); ++i) {
        if (text[i] == '"') ++i;
        part.id += text[i];
      }
      ++i;
    } else {
      for (; i < text.size() && text[i] != '.'; ++i) part.id += ascii::to_lower(text[i]);
    }
    const bool plain = part.id.find_first_of(" \t\n\r()[]") == std::string::npos;
    if (part.id.empty() || !plain || (i < text.size() && text[i] != '.')) return std::nullopt;
    ++i;
  }
  if (parts.empty() || parts.size() > 2) return std::nullopt;
  QualifiedName out;
  out.range = range;
  out.name = parts.back();
  if (parts.size() == 2) out.schema = parts.front();
  return out;
}

}  // namespace belay::sql::postgres
