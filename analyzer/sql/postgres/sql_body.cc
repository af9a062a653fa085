// Static SQL inside of bodies, and bodies that are nothing else.

#include "analyzer/sql/postgres/builtin_functions.h"
#include "analyzer/sql/postgres/plpgsql.h"

namespace belay::sql::postgres {
namespace {

bool is_query(const Node* node) {
  switch (nodeTag(node)) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt: return true;
    default: return false;
  }
}

/// The part of a statement that reads and calls while it runs; null where there is none.
const Node* query_of(const Node* node) {
  if (is_query(node)) return node;
  if (IsA(node, CreateTableAsStmt)) {
    const Node* query = node_cast<CreateTableAsStmt>(node)->query;
    return query != nullptr && is_query(query) ? query : nullptr;
  }
  if (IsA(node, CallStmt)) return reinterpret_cast<Node*>(node_cast<CallStmt>(node)->funccall);
  return nullptr;
}

void add_name(std::vector<QualifiedName>& names, const QualifiedName& name) {
  for (const QualifiedName& n : names) {
    if (n.name.id == name.name.id && n.schema.id == name.schema.id) return;
  }
  names.push_back(name);
}

/// What the statement calls and reads, in all of its clauses.
void gather(const Node* node, const Places& places, RoutineBody& body, Step& step) {
  const Node* query = query_of(node);
  if (query == nullptr) return;
  const Query used = Builder(places).query(query, {});
  for (const QualifiedName& f : used.functions) {
    if (IsA(node, CallStmt) || !is_harmless_builtin(f)) add_name(step.calls, f);
  }
  for (const QualifiedName& r : used.relations) body.effects.reads.push_back(r);
}

/// The tables that the statement writes are among its relations, too.
void drop_written(const std::vector<Operation>& operations, std::vector<QualifiedName>& reads,
                  size_t first) {
  const auto is_written = [&](const QualifiedName& name) {
    for (const Operation& o : operations) {
      const auto* insert = o.as<Insert>();
      const auto* update = o.as<Update>();
      const auto* remove = o.as<Delete>();
      const auto* merge = o.as<Merge>();
      const QualifiedName* table = insert != nullptr   ? &insert->table
                                   : update != nullptr ? &update->table
                                   : remove != nullptr ? &remove->table
                                   : merge != nullptr  ? &merge->table
                                                       : nullptr;
      if (table != nullptr && table->range == name.range) return true;
    }
    return false;
  };
  const auto begin = reads.begin() + static_cast<ptrdiff_t>(first);
  reads.erase(std::remove_if(begin, reads.end(), is_written), reads.end());
}

}  // namespace

void add_fragment(const Code& code, const Fragment& fragment, RoutineBody& body, Step& step,
                  const TreeVisitor& visit) {
  const size_t first_read = body.effects.reads.size();
  ParsedFragment parsed =
      parse_fragment(code, fragment, [&](const Node* node, const Places& places) {
        gather(node, places, body, step);
        if (visit) visit(node, places);
      });
  drop_written(parsed.operations, body.effects.reads, first_read);
  if (parsed.problem) body.problems.push_back(std::move(*parsed.problem));
  step.operations.insert(step.operations.end(), std::make_move_iterator(parsed.operations.begin()),
                         std::make_move_iterator(parsed.operations.end()));
}

size_t statement_end(const Code& code, size_t first) {
  int brackets = 0;
  int blocks = 0;  // BEGIN ATOMIC and the CASEs in it
  for (size_t i = first; i < code.count(); ++i) {
    switch (code.tokens[i].kind) {
      case TokenKind::kLeftParen: ++brackets; break;
      case TokenKind::kRightParen: --brackets; break;
      case TokenKind::kSemicolon:
        if (brackets <= 0 && blocks == 0) return i;
        break;
      case TokenKind::kWord:
        if (code.is_word(i, "atomic") && i > first && code.is_word(i - 1, "begin")) ++blocks;
        if (blocks > 0 && code.is_word(i, "case")) ++blocks;
        if (blocks > 0 && code.is_word(i, "end")) --blocks;
        break;
      default: break;
    }
  }
  return code.count();
}

namespace {

template <class Visit>
void for_each_statement(const Code& code, TokenSpan span, const Visit& visit) {
  for (size_t first = span.first; first < span.last;) {
    const size_t last = std::min(statement_end(code, first), span.last);
    if (first < last) visit(TokenSpan{first, last});
    first = last + 1;
  }
}

}  // namespace

void add_statements(const Code& code, RoutineBody& body, Step& step) {
  for_each_statement(code, {0, code.count()}, [&](TokenSpan span) {
    add_fragment(code, {span, "", {}}, body, step);
  });
}

void parse_sql_body(const Code& code, RoutineBody& body) {
  const auto add = [&](TokenSpan span) {
    const bool returns = code.is_word(span.first, "return");
    const std::string_view prefix = returns ? "SELECT " : "";
    const TokenSpan sql = {span.first + (returns ? 1 : 0), span.last};
    Step step;
    step.kind = Step::Kind::kStatement;
    step.range = code.place(span);
    add_fragment(code, {sql, prefix, {}}, body, step);
    body.steps.push_back(std::move(step));
  };
  TokenSpan all = {0, code.count()};
  if (code.is_word(0, "begin") && code.is_word(1, "atomic")) all = {2, code.count() - 1};
  for_each_statement(code, all, add);
}

}  // namespace belay::sql::postgres
