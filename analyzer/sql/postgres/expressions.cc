// Names, expressions and queries of PostgreSQL's raw tree.

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {
namespace {

/// Expressions nested deeper are not followed: a chain of ten thousand operators is a left-leaning
/// tree of that depth, and the walk is recursive. What lies deeper then counts as unknown.
constexpr int kMaxDepth = 2000;

/// Gathers the names that an expression or a query uses.
struct Collector {
  std::vector<QualifiedName>* functions = nullptr;
  std::vector<Name>* columns = nullptr;
  std::vector<QualifiedName>* relations = nullptr;
  std::function<QualifiedName(const RangeVar*)> relation;
  std::function<QualifiedName(const List*, int location)> qualified;
  std::function<Name(const char*, int location)> name;
  std::vector<std::string> cte_names;
  bool* star = nullptr;
  bool columns_of_subqueries = false;
  bool has_subquery = false;
  bool too_deep = false;
  int depth = 0;
  int subquery_depth = 0;

  bool visit(Node* node);
};

const char* sql_value_function_name(SQLValueFunctionOp op) {
  switch (op) {
    case SVFOP_CURRENT_DATE: return "current_date";
    case SVFOP_CURRENT_TIME:
    case SVFOP_CURRENT_TIME_N: return "current_time";
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N: return "current_timestamp";
    case SVFOP_LOCALTIME:
    case SVFOP_LOCALTIME_N: return "localtime";
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N: return "localtimestamp";
    case SVFOP_CURRENT_ROLE: return "current_role";
    case SVFOP_CURRENT_USER: return "current_user";
    case SVFOP_USER: return "user";
    case SVFOP_SESSION_USER: return "session_user";
    case SVFOP_CURRENT_CATALOG: return "current_catalog";
    case SVFOP_CURRENT_SCHEMA: return "current_schema";
  }
  return "";
}

bool visit_callback(Node* node, void* collector) {
  return static_cast<Collector*>(collector)->visit(node);
}

bool Collector::visit(Node* node) {
  if (node == nullptr) return false;
  if (depth >= kMaxDepth) {
    too_deep = true;
    return false;
  }
  switch (nodeTag(node)) {
    case T_FuncCall: {
      const auto* call = node_cast<FuncCall>(node);
      if (functions != nullptr) functions->push_back(qualified(call->funcname, call->location));
      break;
    }
    case T_SQLValueFunction: {
      const auto* value = node_cast<SQLValueFunction>(node);
      if (functions != nullptr) {
        QualifiedName& function = functions->emplace_back();
        function.name = name(sql_value_function_name(value->op), value->location);
        function.range = function.name.range;
      }
      break;
    }
    case T_ColumnRef: {
      const auto* ref = node_cast<ColumnRef>(node);
      const auto* last = element<Node>(ref->fields, length(ref->fields) - 1);
      const bool wanted = columns != nullptr && (subquery_depth == 0 || columns_of_subqueries);
      if (wanted && last != nullptr && IsA(last, String)) {
        columns->push_back(name(string_of(last), ref->location));
      }
      if (star != nullptr && last != nullptr && IsA(last, A_Star)) *star = true;
      return false;
    }
    case T_RangeVar: {
      const auto* var = node_cast<RangeVar>(node);
      const bool is_cte =
          var->schemaname == nullptr &&
          std::find(cte_names.begin(), cte_names.end(), var->relname) != cte_names.end();
      if (relations != nullptr && !is_cte) relations->push_back(relation(var));
      return false;
    }
    case T_IntoClause: return false;  // SELECT INTO makes that table, it does not read it
    case T_WithClause:
      for (const auto* cte : elements<CommonTableExpr>(node_cast<WithClause>(node)->ctes)) {
        cte_names.emplace_back(cte->ctename);
      }
      break;
    case T_SelectStmt: {
      // The names of WITH must be known before FROM is visited.
      const auto* select = node_cast<SelectStmt>(node);
      if (select->withClause != nullptr) {
        for (const auto* cte : elements<CommonTableExpr>(select->withClause->ctes)) {
          cte_names.emplace_back(cte->ctename);
        }
      }
      break;
    }
    default: break;
  }
  const bool is_subquery = nodeTag(node) == T_SubLink;
  has_subquery |= is_subquery;
  subquery_depth += is_subquery ? 1 : 0;
  ++depth;
  // PostgreSQL declares the callback without parameters and calls it with these; the way over
  // void(*)() tells the compiler that the change of type is meant.
  using Callback = bool (*)();
  raw_expression_tree_walker(
      node, reinterpret_cast<Callback>(reinterpret_cast<void (*)()>(visit_callback)), this);
  --depth;
  subquery_depth -= is_subquery ? 1 : 0;
  return false;
}

/// The node within casts and collations.
const Node* bare(const Node* node) {
  while (node != nullptr) {
    if (IsA(node, TypeCast)) {
      node = node_cast<TypeCast>(node)->arg;
    } else if (IsA(node, CollateClause)) {
      node = node_cast<CollateClause>(node)->arg;
    } else {
      break;
    }
  }
  return node;
}

std::string constant_text(const A_Const* constant) {
  if (constant->isnull) return "";
  switch (nodeTag(&constant->val.node)) {
    case T_Integer: return std::to_string(constant->val.ival.ival);
    case T_Float: return constant->val.fval.fval;
    case T_Boolean: return constant->val.boolval.boolval ? "true" : "false";
    case T_String: return constant->val.sval.sval;
    case T_BitString: return constant->val.bsval.bsval;
    default: return "";
  }
}

bool is_operator(const A_Expr* expression, std::string_view op) {
  return expression->kind == AEXPR_OP && length(expression->name) == 1 &&
         string_of(element<Node>(expression->name, 0)) == op;
}

void find_shape(const Node* node, Expression& out) {
  node = bare(node);
  if (node == nullptr) return;
  switch (nodeTag(node)) {
    case T_A_Const:
      out.shape =
          node_cast<A_Const>(node)->isnull ? Expression::Shape::kNull : Expression::Shape::kLiteral;
      out.literal = constant_text(node_cast<A_Const>(node));
      break;
    case T_A_Expr: {  // -1
      const auto* expression = node_cast<A_Expr>(node);
      const Node* operand = bare(expression->rexpr);
      const bool sign = expression->lexpr == nullptr && operand != nullptr &&
                        IsA(operand, A_Const) &&
                        (is_operator(expression, "-") || is_operator(expression, "+"));
      if (sign) {
        out.shape = Expression::Shape::kLiteral;
        out.literal = is_operator(expression, "-") ? "-" : "";
        out.literal += constant_text(node_cast<A_Const>(operand));
      }
      break;
    }
    case T_ColumnRef: out.shape = Expression::Shape::kColumn; break;
    case T_FuncCall:
    case T_SQLValueFunction: out.shape = Expression::Shape::kCall; break;
    default: break;
  }
}

/// The columns that are tested by IS NULL or IS NOT NULL where the condition holds: tests joined by
/// AND, as PostgreSQL's ConstraintImpliedByRelConstraint can prove it.
void find_null_tests(const Node* node, NullTestType type, std::vector<std::string>& out) {
  if (node == nullptr) return;
  if (IsA(node, BoolExpr)) {
    const auto* junction = node_cast<BoolExpr>(node);
    if (junction->boolop != AND_EXPR) return;
    for (const auto* part : elements<Node>(junction->args)) find_null_tests(part, type, out);
  } else if (IsA(node, NullTest)) {
    const auto* test = node_cast<NullTest>(node);
    const auto* argument = reinterpret_cast<const Node*>(test->arg);
    if (test->nulltesttype != type || !IsA(argument, ColumnRef)) return;
    const auto* ref = node_cast<ColumnRef>(argument);
    out.emplace_back(string_of(element<Node>(ref->fields, length(ref->fields) - 1)));
  }
}

bool same_constant_or_column(const Node* a, const Node* b) {
  if (a == nullptr || b == nullptr || nodeTag(a) != nodeTag(b)) return false;
  if (IsA(a, A_Const)) {
    return !node_cast<A_Const>(a)->isnull && !node_cast<A_Const>(b)->isnull &&
           constant_text(node_cast<A_Const>(a)) == constant_text(node_cast<A_Const>(b));
  }
  if (!IsA(a, ColumnRef)) return false;
  const List* first = node_cast<ColumnRef>(a)->fields;
  const List* second = node_cast<ColumnRef>(b)->fields;
  if (length(first) != length(second)) return false;
  for (int i = 0; i < length(first); ++i) {
    if (std::string_view(string_of(element<Node>(first, i))) !=
        string_of(element<Node>(second, i))) {
      return false;
    }
  }
  return true;
}

bool is_always_true(const Node* node, int depth = 0) {
  node = bare(node);
  if (node == nullptr || depth > kMaxDepth) return false;
  if (IsA(node, A_Const)) {
    const std::string text = constant_text(node_cast<A_Const>(node));
    return text == "true" || text == "t";
  }
  if (IsA(node, A_Expr)) {
    const auto* expression = node_cast<A_Expr>(node);
    return is_operator(expression, "=") &&
           same_constant_or_column(bare(expression->lexpr), bare(expression->rexpr));
  }
  if (IsA(node, BoolExpr)) {
    const auto* junction = node_cast<BoolExpr>(node);
    const auto all = elements<Node>(junction->args);
    const auto holds = [&](const Node* part) { return is_always_true(part, depth + 1); };
    if (junction->boolop == OR_EXPR) {
      for (const auto* part : all) {
        if (holds(part)) return true;
      }
    } else if (junction->boolop == AND_EXPR) {
      for (const auto* part : all) {
        if (!holds(part)) return false;
      }
      return true;
    }
  }
  return false;
}

}  // namespace

Name Builder::name(const char* id, ByteRange range) const {
  return {id == nullptr ? "" : id, range};
}

Name Builder::name_at(const char* id, size_t token) const {
  return name(id, token < places_.count() ? places_.range(token) : ByteRange{});
}

QualifiedName Builder::dotted(const char* schema, const char* id, size_t token) const {
  QualifiedName out;
  const TokenSpan span = places_.dotted_name(token);
  out.range = places_.range(span);
  out.name = name(id, places_.last_part(span));
  if (schema != nullptr && span.size() >= 3) {
    out.schema = name(schema, places_.range(span.last - 3));
  } else if (schema != nullptr) {
    out.schema = name(schema, {});
  }
  return out;
}

QualifiedName Builder::relation(const RangeVar* node) const {
  if (node == nullptr) return {};
  return dotted(node->schemaname, node->relname, places_.at(node->location));
}

QualifiedName Builder::qualified(const List* names, TokenSpan span) const {
  const int count = length(names);
  if (count == 0) return {};
  const char* schema = count > 1 ? string_of(element<Node>(names, count - 2)) : nullptr;
  const char* last = string_of(element<Node>(names, count - 1));
  return dotted(schema, last, span.first);
}

Expression Builder::expression(const Node* node, ByteRange range) const {
  Expression out;
  out.range = range;
  if (node == nullptr) return out;
  find_shape(node, out);
  if (out.shape == Expression::Shape::kLiteral || out.shape == Expression::Shape::kNull) {
    out.always_true = is_always_true(node);
    return out;
  }
  Collector collector;
  collector.functions = &out.functions;
  collector.columns = &out.columns;
  collector.relations = &out.relations;
  collector.relation = [this](const RangeVar* var) { return relation(var); };
  collector.qualified = [this](const List* names, int location) {
    return qualified(names, {places_.at(location), places_.count()});
  };
  collector.name = [this](const char* id, int location) {
    return name(id, places_.last_part(places_.dotted_name(places_.at(location))));
  };
  collector.visit(const_cast<Node*>(node));
  out.has_subquery = collector.has_subquery || collector.too_deep;
  find_null_tests(node, IS_NOT_NULL, out.proves_not_null);
  find_null_tests(node, IS_NULL, out.proves_null);
  out.always_true = is_always_true(node);
  return out;
}

/// Empty where one of them has no name that is plain to see. Of several SELECTs the first counts.
static std::vector<std::string> output_names(const Node* node) {
  if (node == nullptr || !IsA(node, SelectStmt)) return {};
  const auto* select = node_cast<SelectStmt>(node);
  while (select->op != SETOP_NONE) select = select->larg;
  std::vector<std::string> out;
  for (const auto* target : elements<ResTarget>(select->targetList)) {
    if (target->name != nullptr) {
      out.emplace_back(target->name);
      continue;
    }
    if (target->val == nullptr || !IsA(target->val, ColumnRef)) return {};
    const auto* fields = node_cast<ColumnRef>(target->val)->fields;
    const auto* last = element<Node>(fields, length(fields) - 1);
    if (last == nullptr || !IsA(last, String)) return {};
    out.emplace_back(string_of(last));
  }
  return out;
}

Query Builder::query(const Node* node, ByteRange range) const {
  Query out;
  out.range = range;
  if (node == nullptr) return out;
  out.outputs = output_names(node);
  Collector collector;
  collector.functions = &out.functions;
  collector.relations = &out.relations;
  collector.columns = &out.columns;
  collector.columns_of_subqueries = true;
  collector.star = &out.star;
  collector.relation = [this](const RangeVar* var) { return relation(var); };
  collector.qualified = [this](const List* names, int location) {
    return qualified(names, {places_.at(location), places_.count()});
  };
  collector.name = [this](const char* id, int location) {
    return name(id, places_.last_part(places_.dotted_name(places_.at(location))));
  };
  collector.visit(const_cast<Node*>(node));
  return out;
}

}  // namespace belay::sql::postgres
