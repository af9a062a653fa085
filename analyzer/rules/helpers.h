#pragma once

#include <string>
#include <string_view>

#include "analyzer/rollback/row_flow.h"
#include "analyzer/rules/rule.h"

/// What several rules need: looking around in the script, and writing SQL for fixes.
namespace belay::rules {

/// Calls `visit(op)` for every operation of type `Op` behind the current one in the script, in the
/// same statement or later; stops where it returns true, and returns whether it did.
template <class Op, class Visit>
bool any_later(const Context& context, Visit visit) {
  const auto& statements = context.script.script.statements;
  for (size_t s = context.statement_index; s < statements.size(); ++s) {
    if (statements[s].parsed == nullptr) continue;
    const auto& operations = statements[s].parsed->operations;
    const size_t first = s == context.statement_index ? context.operation_index + 1 : 0;
    for (size_t o = first; o < operations.size(); ++o) {
      const Op* op = operations[o].template as<Op>();
      if (op != nullptr && visit(*op)) return true;
    }
  }
  return false;
}

/// The same for operations before the current one.
template <class Op, class Visit>
bool any_earlier(const Context& context, Visit visit) {
  const auto& statements = context.script.script.statements;
  for (size_t s = 0; s <= context.statement_index; ++s) {
    if (statements[s].parsed == nullptr) continue;
    const auto& operations = statements[s].parsed->operations;
    const size_t last = s == context.statement_index ? context.operation_index : operations.size();
    for (size_t o = 0; o < last; ++o) {
      const Op* op = operations[o].template as<Op>();
      if (op != nullptr && visit(*op)) return true;
    }
  }
  return false;
}

/// Whether a statement of the script runs in a transaction of its own, so that a lock of the one
/// before is gone when it runs.
inline bool statements_commit_alone(const Context& context) {
  return !context.session.in_transaction;
}

/// Whether the script took the rows of a table along before the current operation, which drops it.
rollback::RowsKept rows_kept(const Context& context, const sql::QualifiedName& table);

/// The name as the author wrote it.
std::string as_written(const Context& context, const sql::QualifiedName& name);
/// An operation as a range of the document: the whole statement where it does nothing else.
inline ByteRange range_in_document(const sql::ScriptStatement& statement,
                                   const sql::Operation& operation) {
  return statement.parsed->operations.size() == 1 ? statement.range
                                                  : operation.range.shifted(statement.range.begin);
}

/// A name as SQL: quoted where it has to be.
std::string quoted(Engine engine, std::string_view id);

/// Lines put before the current statement, indented like it. `lines` ends without a line end.
TextEdit insert_before(const Context& context, std::string_view lines);
/// Lines put behind it, after its semicolon. Gives the statement one where it has none.
TextEdit insert_after(const Context& context, std::string_view lines);
/// The whole statement, without its semicolon, replaced.
TextEdit replace_statement(const Context& context, std::string_view sql);

/// Whether the statement does nothing but the current operation, so that it can be replaced.
inline bool is_only_operation(const Context& context) {
  return context.statement().parsed->operations.size() == 1;
}

/// One finding for each problem of a kind that reading the layout brought up.
void report_layout_problems(const project::MigrationSet& set, project::LayoutProblem::Kind kind,
                            Report& report);

/// "the table `t`", or what else the target of an ALTER is.
std::string target_name(const sql::AlterTarget& target);
inline std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

}  // namespace belay::rules
