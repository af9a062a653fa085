// Transactions, settings, locks, maintenance, anonymous blocks.

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {
namespace {

using Kind = Transaction::Kind;

Kind transaction_kind(TransactionStmtKind kind) {
  switch (kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START: return Kind::kBegin;
    case TRANS_STMT_COMMIT: return Kind::kCommit;
    case TRANS_STMT_ROLLBACK: return Kind::kRollback;
    case TRANS_STMT_SAVEPOINT: return Kind::kSavepoint;
    case TRANS_STMT_RELEASE: return Kind::kRelease;
    case TRANS_STMT_ROLLBACK_TO: return Kind::kRollbackTo;
    case TRANS_STMT_PREPARE: return Kind::kPrepare;
    case TRANS_STMT_COMMIT_PREPARED: return Kind::kCommitPrepared;
    case TRANS_STMT_ROLLBACK_PREPARED: return Kind::kRollbackPrepared;
  }
  return Kind::kBegin;
}

/// The names of LOCK TABLE's modes, by PostgreSQL's numbers for them (storage/lockdefs.h).
const char* lock_mode(int mode) {
  static constexpr const char* kModes[] = {
      "",      "access share",        "row share", "row exclusive",   "share update exclusive",
      "share", "share row exclusive", "exclusive", "access exclusive"};
  return mode >= 1 && mode <= 8 ? kModes[mode] : "";
}

ObjectKind reindex_kind(ReindexObjectType kind) {
  switch (kind) {
    case REINDEX_OBJECT_INDEX: return ObjectKind::kIndex;
    case REINDEX_OBJECT_TABLE: return ObjectKind::kTable;
    case REINDEX_OBJECT_SCHEMA: return ObjectKind::kSchema;
    case REINDEX_OBJECT_DATABASE: return ObjectKind::kDatabase;
    default: return ObjectKind::kOther;
  }
}

bool flag(const List* options, std::string_view name) {
  for (const auto* option : elements<DefElem>(options)) {
    if (name != option->defname) continue;
    const Node* value = option->arg;
    if (value == nullptr) return true;
    if (IsA(value, Boolean)) return node_cast<Boolean>(value)->boolval;
    if (IsA(value, Integer)) return node_cast<Integer>(value)->ival != 0;
    const std::string_view text = string_of(value);
    return text != "false" && text != "off";
  }
  return false;
}

}  // namespace

void Builder::transaction(const TransactionStmt* node) {
  Transaction out;
  out.kind = transaction_kind(node->kind);
  if (node->savepoint_name != nullptr) {
    out.savepoint = name_at(node->savepoint_name, places_.count() - 1);
  }
  add(std::move(out));
}

void Builder::set_variable(const VariableSetStmt* node) {
  if (node->kind == VAR_SET_MULTI) {
    // SET TRANSACTION, SET SESSION CHARACTERISTICS
    Transaction out;
    out.kind = Kind::kSetCharacteristics;
    add(std::move(out));
    return;
  }
  SetVariable out;
  out.local = node->is_local;
  out.name.id = node->kind == VAR_RESET_ALL ? "all" : node->name;
  const size_t first =
      places_.skip_words(places_.all(), {"set", "reset", "local", "session"}).first;
  out.name.range = places_.range(std::min(first, places_.count() - 1));
  if (node->kind == VAR_SET_VALUE) {
    std::string value;
    for (const auto* argument : elements<Node>(node->args)) {
      value += (value.empty() ? "" : ", ") + option_value(argument);
    }
    out.value = value;
  }
  add(std::move(out));
}

void Builder::lock_table(const LockStmt* node) {
  for (const auto* table : elements<RangeVar>(node->relations)) {
    const QualifiedName where = relation(table);
    add(LockTable{where, lock_mode(node->mode), node->nowait},
        length(node->relations) == 1 ? whole() : where.range);
  }
}

void Builder::vacuum(const VacuumStmt* node) {
  Maintenance out;
  out.kind = !node->is_vacuumcmd           ? Maintenance::Kind::kAnalyze
             : flag(node->options, "full") ? Maintenance::Kind::kVacuumFull
                                           : Maintenance::Kind::kVacuum;
  if (node->rels == nullptr) {
    add(out);
    return;
  }
  for (const auto* target : elements<VacuumRelation>(node->rels)) {
    out.table = relation(target->relation);
    add(out, length(node->rels) == 1 ? whole() : out.table.range);
  }
}

/// Notes the body that is the first string behind a place, of the operation that is added next.
ByteRange Builder::quoted_body(int location, const Node* text) {
  size_t token = places_.at(location);
  while (token < places_.count() && !places_.is(token, TokenKind::kString)) ++token;
  if (token >= places_.count()) return {};
  const ByteRange range = places_.range(token);
  bodies_.push_back({operations_.size(), {token, token + 1}, true, string_of(text)});
  return range;
}

void Builder::do_block(const DoStmt* node) {
  DoBlock out;
  out.language = "plpgsql";
  for (const auto* argument : elements<DefElem>(node->args)) {
    if (std::string_view(argument->defname) == "language") {
      out.language = option_value(argument->arg);
    } else {
      out.body = quoted_body(argument->location, argument->arg);
    }
  }
  add(std::move(out));
}

bool Builder::session_statement(const Node* node) {
  switch (nodeTag(node)) {
    case T_TransactionStmt: transaction(node_cast<TransactionStmt>(node)); return true;
    case T_VariableSetStmt: set_variable(node_cast<VariableSetStmt>(node)); return true;
    case T_LockStmt: lock_table(node_cast<LockStmt>(node)); return true;
    case T_VacuumStmt: vacuum(node_cast<VacuumStmt>(node)); return true;
    case T_ClusterStmt: {
      const auto* s = node_cast<ClusterStmt>(node);
      Maintenance out;
      out.kind = Maintenance::Kind::kCluster;
      out.table = relation(s->relation);
      if (s->indexname != nullptr) out.index = name(s->indexname, {});
      add(std::move(out));
      return true;
    }
    case T_ReindexStmt: {
      const auto* s = node_cast<ReindexStmt>(node);
      Reindex out;
      out.kind = reindex_kind(s->kind);
      out.concurrently = flag(s->params, "concurrently");
      if (s->relation != nullptr) {
        out.name = relation(s->relation);
      } else if (s->name != nullptr) {
        out.name.name = name_at(s->name, places_.count() - 1);
        out.name.range = out.name.name.range;
      }
      add(std::move(out));
      return true;
    }
    case T_DoStmt: do_block(node_cast<DoStmt>(node)); return true;
    case T_CallStmt: {
      const auto* call = node_cast<CallStmt>(node)->funccall;
      add(Call{qualified(call->funcname, {places_.at(call->location), places_.count()})});
      return true;
    }
    case T_CheckPointStmt: add(Maintenance{Maintenance::Kind::kCheckpoint, {}, {}}); return true;
    case T_ExplainStmt: add(NoChange{"explain"}); return true;
    case T_VariableShowStmt: add(NoChange{"show"}); return true;
    case T_ListenStmt:
    case T_UnlistenStmt:
    case T_NotifyStmt: add(NoChange{"notify"}); return true;
    case T_DiscardStmt: add(NoChange{"discard"}); return true;
    case T_LoadStmt: add(NoChange{"load"}); return true;
    case T_ConstraintsSetStmt: add(NoChange{"set constraints"}); return true;
    case T_PrepareStmt:
    case T_DeallocateStmt: add(NoChange{"prepare"}); return true;
    case T_DeclareCursorStmt:
    case T_ClosePortalStmt:
    case T_FetchStmt: add(NoChange{"cursor"}); return true;
    default: return false;
  }
}

}  // namespace belay::sql::postgres
