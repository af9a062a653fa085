// INSERT, UPDATE, DELETE, MERGE, SELECT, COPY.

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {
namespace {

/// What a query reads beside the table that its statement changes.
void merge_query(Query& into, Query&& other) {
  into.relations.insert(into.relations.end(), std::make_move_iterator(other.relations.begin()),
                        std::make_move_iterator(other.relations.end()));
  into.functions.insert(into.functions.end(), std::make_move_iterator(other.functions.begin()),
                        std::make_move_iterator(other.functions.end()));
  into.columns.insert(into.columns.end(), std::make_move_iterator(other.columns.begin()),
                      std::make_move_iterator(other.columns.end()));
}

/// set_config('name', 'value', is_local) with constants.
std::optional<SetVariable> as_set_config(const SelectStmt* node) {
  if (length(node->targetList) != 1 || node->fromClause != nullptr) return std::nullopt;
  const auto* target = element<ResTarget>(node->targetList, 0);
  if (target == nullptr || target->val == nullptr || !IsA(target->val, FuncCall)) {
    return std::nullopt;
  }
  const auto* call = node_cast<FuncCall>(target->val);
  const auto* function = element<Node>(call->funcname, length(call->funcname) - 1);
  if (std::string_view(string_of(function)) != "set_config" || length(call->args) != 3) {
    return std::nullopt;
  }
  std::vector<std::string> values;
  for (const auto* argument : elements<Node>(call->args)) {
    if (!IsA(argument, A_Const)) return std::nullopt;
    const auto* constant = node_cast<A_Const>(argument);
    if (constant->isnull) return std::nullopt;
    if (IsA(&constant->val.node, String)) {
      values.emplace_back(constant->val.sval.sval);
    } else if (IsA(&constant->val.node, Boolean)) {
      values.emplace_back(constant->val.boolval.boolval ? "true" : "false");
    } else {
      return std::nullopt;
    }
  }
  SetVariable out;
  out.name.id = values[0];
  out.value = values[1];
  out.local = values[2] == "true";
  return out;
}

}  // namespace

/// The statements that change rows inside WITH are operations of their own.
void Builder::with_clause(const WithClause* node) {
  if (node == nullptr) return;
  for (const auto* cte : elements<CommonTableExpr>(node->ctes)) {
    if (cte->ctequery != nullptr && !IsA(cte->ctequery, SelectStmt)) row_statement(cte->ctequery);
  }
}

/// The columns that a SELECT of nothing else yields; a star has no name.
std::vector<Name> Builder::selected(const SelectStmt* select) const {
  std::vector<Name> out;
  for (const auto* target : elements<ResTarget>(select->targetList)) {
    if (target->val == nullptr || !IsA(target->val, ColumnRef)) return {};
    const auto* ref = node_cast<ColumnRef>(target->val);
    const auto* last = element<Node>(ref->fields, length(ref->fields) - 1);
    if (IsA(last, A_Star)) {
      out.emplace_back();
    } else {
      const auto tokens = places_.dotted_name(places_.at(ref->location));
      out.push_back(name(string_of(last), places_.last_part(tokens)));
    }
  }
  return out;
}

void Builder::insert(const InsertStmt* node) {
  with_clause(node->withClause);
  Insert out;
  out.table = relation(node->relation);
  for (const auto* target : elements<ResTarget>(node->cols)) {
    out.columns.push_back(name_at(target->name, places_.at(target->location)));
  }
  out.on_conflict = node->onConflictClause != nullptr;
  if (node->selectStmt != nullptr) {
    const auto* select_node = node_cast<SelectStmt>(node->selectStmt);
    if (select_node->valuesLists != nullptr) {
      out.value_rows = static_cast<uint32_t>(length(select_node->valuesLists));
    } else if (select_node->op == SETOP_NONE) {
      out.selected = selected(select_node);
    }
    out.query = query(node->selectStmt, whole());
  }
  add(std::move(out));
}

void Builder::update(const UpdateStmt* node) {
  with_clause(node->withClause);
  Update out;
  out.table = relation(node->relation);
  const size_t set =
      places_.find_word({places_.at(node->relation->location), places_.count()}, "set");
  const std::vector<TokenSpan> parts = places_.split_at_commas(
      places_.before_words({set + 1, places_.count()}, {"from", "where", "returning"}));
  size_t i = 0;
  for (const auto* target : elements<ResTarget>(node->targetList)) {
    Assignment assignment;
    assignment.column = name_at(target->name, places_.at(target->location));
    // The columns of `(a, b) = ...` share one part.
    const bool of_same_part = target->val != nullptr && IsA(target->val, MultiAssignRef) &&
                              node_cast<MultiAssignRef>(target->val)->colno > 1;
    if (of_same_part) --i;
    ByteRange value;
    if (i < parts.size()) {
      const size_t equals = places_.find_kind(parts[i], TokenKind::kOperator);
      value = places_.range(TokenSpan{equals + 1, parts[i].last});
    }
    ++i;
    assignment.value = expression(target->val, value);
    out.assignments.push_back(std::move(assignment));
  }
  for (const auto* from : elements<Node>(node->fromClause)) merge_query(out.query, query(from, {}));
  if (node->whereClause != nullptr) {
    const size_t where = places_.find_word({set, places_.count()}, "where");
    const TokenSpan span = places_.before_words({where + 1, places_.count()}, {"returning"});
    out.where = expression(node->whereClause, places_.range(span));
    merge_query(out.query, query(node->whereClause, {}));
  }
  out.query.range = whole();
  add(std::move(out));
}

void Builder::remove(const DeleteStmt* node) {
  with_clause(node->withClause);
  Delete out;
  out.table = relation(node->relation);
  for (const auto* from : elements<Node>(node->usingClause)) {
    merge_query(out.query, query(from, {}));
  }
  if (node->whereClause != nullptr) {
    const size_t table = places_.at(node->relation->location);
    const size_t where = places_.find_word({table, places_.count()}, "where");
    const TokenSpan span = places_.before_words({where + 1, places_.count()}, {"returning"});
    out.where = expression(node->whereClause, places_.range(span));
    merge_query(out.query, query(node->whereClause, {}));
  }
  out.query.range = whole();
  add(std::move(out));
}

void Builder::merge(const MergeStmt* node) {
  with_clause(node->withClause);
  Merge out;
  out.table = relation(node->relation);
  out.query = query(node->sourceRelation, whole());
  for (const auto* clause : elements<MergeWhenClause>(node->mergeWhenClauses)) {
    out.inserts |= clause->commandType == CMD_INSERT;
    out.updates |= clause->commandType == CMD_UPDATE;
    out.deletes |= clause->commandType == CMD_DELETE;
  }
  add(std::move(out));
}

void Builder::select(const SelectStmt* node) {
  with_clause(node->withClause);
  if (std::optional<SetVariable> setting = as_set_config(node)) {
    add(std::move(*setting));
    return;
  }
  const Query read = query(reinterpret_cast<const Node*>(node), whole());
  if (node->intoClause != nullptr) {
    CreateTable out;
    out.table = relation(node->intoClause->rel);
    out.temporary = node->intoClause->rel->relpersistence == RELPERSISTENCE_TEMP;
    out.as_query = read;
    add(std::move(out));
    return;
  }
  add(Select{read});
}

void Builder::copy(const CopyStmt* node) {
  Copy out;
  if (node->relation != nullptr) out.table = relation(node->relation);
  out.from = node->is_from;
  out.stdin_or_stdout = node->filename == nullptr && !node->is_program;
  add(std::move(out));
}

bool Builder::row_statement(const Node* node) {
  switch (nodeTag(node)) {
    case T_InsertStmt: insert(node_cast<InsertStmt>(node)); return true;
    case T_UpdateStmt: update(node_cast<UpdateStmt>(node)); return true;
    case T_DeleteStmt: remove(node_cast<DeleteStmt>(node)); return true;
    case T_MergeStmt: merge(node_cast<MergeStmt>(node)); return true;
    case T_SelectStmt: select(node_cast<SelectStmt>(node)); return true;
    case T_CopyStmt: copy(node_cast<CopyStmt>(node)); return true;
    default: return false;
  }
}

}  // namespace belay::sql::postgres
