// Conditions that ask the catalog whether an object exists.
//
// A query over the catalog is recognised where each of its tables is one that we know, each of its
// predicates compares a column that we know with a constant, or joins two of the tables as their
// keys say, and nothing else is in it. One of the tables is then what the query asks for; the
// others say in which schema it is, or whose it is.

#include "analyzer/sql/postgres/guards.h"

#include <algorithm>
#include <array>

#include "analyzer/sql/postgres/builder.h"
#include "analyzer/sql/postgres/catalog_query.h"
#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

/// Conditions nested deeper are nobody's idiom.
constexpr int kMaxConditionDepth = 20;

/// Names of types that the grammar, and to_regtype() with it, reads as other names.
bool is_type_keyword(std::string_view name) {
  static constexpr std::string_view kWords[] = {
      "bigint", "bit",      "boolean", "char",    "character", "dec",       "decimal",
      "double", "float",    "int",     "integer", "interval",  "national",  "nchar",
      "real",   "smallint", "numeric", "setof",   "time",      "timestamp", "varchar"};
  return std::find(std::begin(kWords), std::end(kWords), name) != std::end(kWords);
}

ExistenceGuard negation(ExistenceGuard guard) {
  guard.must_exist = !guard.must_exist;
  return guard;
}

class Recogniser {
 public:
  Recogniser(const Places& places, const Variables& variables)
      : places_(places), variables_(variables) {}

  std::optional<Existence> condition(const Node* node) {
    Existence out;
    if (all_hold(node, true, out.all_of, 0)) return normal(std::move(out));
    out.all_of.clear();
    if (!all_hold(node, false, out.all_of, 0)) return std::nullopt;
    out.negated = true;
    return normal(std::move(out));
  }

 private:
  /// One guard is never negated: it says itself which way it goes.
  static std::optional<Existence> normal(Existence out) {
    if (out.all_of.empty()) return std::nullopt;
    if (out.negated && out.all_of.size() == 1) {
      out.all_of[0] = negation(std::move(out.all_of[0]));
      out.negated = false;
    }
    return out;
  }

  /// Adds guards that all hold exactly where `node` is `wanted`; false where there are none such.
  bool all_hold(const Node* node, bool wanted, std::vector<ExistenceGuard>& out, int depth) {
    if (node == nullptr || depth > kMaxConditionDepth) return false;
    switch (nodeTag(node)) {
      case T_BoolExpr: return junction(node_cast<BoolExpr>(node), wanted, out, depth);
      case T_SubLink: return sublink(node_cast<SubLink>(node), wanted, out, depth);
      case T_NullTest: return null_test(node_cast<NullTest>(node), wanted, out);
      case T_BooleanTest: return boolean_test(node_cast<BooleanTest>(node), wanted, out, depth);
      case T_A_Expr: return comparison(node_cast<A_Expr>(node), wanted, out, depth);
      case T_ColumnRef: return variable(node_cast<ColumnRef>(node), wanted, out);
      default: return false;
    }
  }

  bool junction(const BoolExpr* node, bool wanted, std::vector<ExistenceGuard>& out, int depth) {
    if (node->boolop == NOT_EXPR) {
      return all_hold(element<Node>(node->args, 0), !wanted, out, depth + 1);
    }
    if ((node->boolop == AND_EXPR) != wanted) return false;
    for (const auto* part : elements<Node>(node->args)) {
      if (!all_hold(part, wanted, out, depth + 1)) return false;
    }
    return true;
  }

  bool sublink(const SubLink* node, bool wanted, std::vector<ExistenceGuard>& out, int depth) {
    const Node* select = node->subselect;
    if (node->subLinkType == EXISTS_SUBLINK) return rows(select, wanted, out);
    if (node->subLinkType != EXPR_SUBLINK) return false;
    const Node* value = only_value(select);
    return value != nullptr && all_hold(value, wanted, out, depth + 1);
  }

  bool rows(const Node* select, bool wanted, std::vector<ExistenceGuard>& out) {
    std::optional<ExistenceGuard> guard =
        catalog_query(select, places_, variables_.names, CatalogQuery::kRows);
    if (!guard) return false;
    guard->must_exist = wanted;
    out.push_back(std::move(*guard));
    return true;
  }

  /// to_regclass('x') IS NULL, (SELECT 1 FROM ...) IS NULL
  bool null_test(const NullTest* node, bool wanted, std::vector<ExistenceGuard>& out) {
    const bool exists = (node->nulltesttype == IS_NOT_NULL) == wanted;
    const auto* argument = reinterpret_cast<const Node*>(node->arg);
    if (IsA(argument, SubLink) && node_cast<SubLink>(argument)->subLinkType == EXPR_SUBLINK) {
      const Node* select = node_cast<SubLink>(argument)->subselect;
      if (const Node* value = only_value(select)) {
        argument = value;
      } else {
        std::optional<ExistenceGuard> guard =
            catalog_query(select, places_, variables_.names, CatalogQuery::kOneConstant);
        if (!guard) return false;
        guard->must_exist = exists;
        out.push_back(std::move(*guard));
        return true;
      }
    }
    std::optional<ExistenceGuard> guard = lookup(argument);
    if (!guard) return false;
    guard->must_exist = exists;
    out.push_back(std::move(*guard));
    return true;
  }

  std::optional<ExistenceGuard> lookup(const Node* node) {
    while (IsA(node, TypeCast)) node = node_cast<TypeCast>(node)->arg;  // to_regclass('x')::text
    if (!IsA(node, FuncCall)) return std::nullopt;
    const auto* call = node_cast<FuncCall>(node);
    const std::string_view function =
        string_of(element<Node>(call->funcname, length(call->funcname) - 1));
    ExistenceGuard guard;
    if (function == "to_regclass") {
      guard.kind = ExistenceGuard::Kind::kRelation;
    } else if (function == "to_regtype") {
      guard.kind = ExistenceGuard::Kind::kType;
    } else {
      return std::nullopt;
    }
    if (length(call->args) != 1) return std::nullopt;
    const std::optional<QualifiedName> name = regclass_name(element<Node>(call->args, 0), places_);
    if (!name || is_type_keyword(name->name.id)) return std::nullopt;
    guard.name = *name;
    guard.scope = name->schema.empty() ? ExistenceGuard::Scope::kSearchPath
                                       : ExistenceGuard::Scope::kNamedSchema;
    guard.range = name->range;
    return guard;
  }

  bool boolean_test(const BooleanTest* node, bool wanted, std::vector<ExistenceGuard>& out,
                    int depth) {
    // What is recognised is never NULL.
    const BoolTestType type = node->booltesttype;
    const auto* argument = reinterpret_cast<const Node*>(node->arg);
    if (type == IS_TRUE || type == IS_NOT_FALSE) return all_hold(argument, wanted, out, depth + 1);
    if (type == IS_FALSE || type == IS_NOT_TRUE) return all_hold(argument, !wanted, out, depth + 1);
    return false;
  }

  /// x = true, (SELECT count(*) FROM ...) = 0
  bool comparison(const A_Expr* node, bool wanted, std::vector<ExistenceGuard>& out, int depth) {
    if (node->kind != AEXPR_OP || length(node->name) != 1 || node->lexpr == nullptr) return false;
    const std::string_view op = string_of(element<Node>(node->name, 0));
    const Node* right = node->rexpr;
    if (right == nullptr || !IsA(right, A_Const) || node_cast<A_Const>(right)->isnull) return false;
    const auto* constant = node_cast<A_Const>(right);
    if (IsA(&constant->val.node, Boolean) && (op == "=" || op == "<>")) {
      const bool same = constant->val.boolval.boolval == (op == "=");
      return all_hold(node->lexpr, wanted == same, out, depth + 1);
    }
    if (!IsA(&constant->val.node, Integer) || !IsA(node->lexpr, SubLink)) return false;
    const int number = constant->val.ival.ival;
    const bool none = (op == "=" && number == 0) || (op == "<" && number == 1);
    const bool some = (number == 0 && (op == ">" || op == "<>")) || (op == ">=" && number == 1);
    if (!none && !some) return false;
    const auto* link = node_cast<SubLink>(node->lexpr);
    if (link->subLinkType != EXPR_SUBLINK) return false;
    std::optional<ExistenceGuard> guard =
        catalog_query(link->subselect, places_, variables_.names, CatalogQuery::kCount);
    if (!guard) return false;
    guard->must_exist = wanted == some;
    out.push_back(std::move(*guard));
    return true;
  }

  bool variable(const ColumnRef* node, bool wanted, std::vector<ExistenceGuard>& out) {
    if (length(node->fields) != 1) return false;
    const auto fact = variables_.facts.find(string_of(element<Node>(node->fields, 0)));
    if (fact == variables_.facts.end()) return false;
    const Existence& said = fact->second;
    const bool as_written = wanted != said.negated;
    if (!as_written && said.all_of.size() > 1) return false;
    for (const ExistenceGuard& g : said.all_of) out.push_back(as_written ? g : negation(g));
    return true;
  }

  const Places& places_;
  const Variables& variables_;
};

}  // namespace

const Node* only_value(const Node* node) {
  if (node == nullptr || !IsA(node, SelectStmt)) return nullptr;
  const auto* select = node_cast<SelectStmt>(node);
  const bool plain = select->op == SETOP_NONE && select->fromClause == nullptr &&
                     select->whereClause == nullptr && select->groupClause == nullptr &&
                     select->havingClause == nullptr && select->limitCount == nullptr &&
                     select->limitOffset == nullptr && select->withClause == nullptr &&
                     select->valuesLists == nullptr && length(select->targetList) == 1;
  return plain ? element<ResTarget>(select->targetList, 0)->val : nullptr;
}

std::optional<Existence> recognise_condition(const Node* select, const Places& places,
                                             const Variables& variables) {
  const Node* value = only_value(select);
  if (value == nullptr) return std::nullopt;
  return Recogniser(places, variables).condition(value);
}

std::optional<Existence> recognise_rows(const Node* select, const Places& places,
                                        const Variables& variables) {
  std::optional<ExistenceGuard> guard =
      catalog_query(select, places, variables.names, CatalogQuery::kRows);
  if (!guard) return std::nullopt;
  Existence out;
  out.all_of.push_back(std::move(*guard));
  return out;
}

}  // namespace belay::sql::postgres
