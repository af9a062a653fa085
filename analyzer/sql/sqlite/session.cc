// Transactions, PRAGMA, ATTACH, VACUUM, REINDEX, ANALYZE, EXPLAIN.

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {

// --- transactions ---------------------------------------------------------------------------

/// `[TRANSACTION [name]]`
bool Grammar::transaction_name() {
  if (accept(Symbol::kTransaction) && is_name(cursor_.symbol())) cursor_.take();
  return true;
}

bool Grammar::begin() {
  cursor_.take();
  Transaction out;
  out.kind = Transaction::Kind::kBegin;
  const bool has_mode = is(Symbol::kDeferred) || is(Symbol::kImmediate) || is(Symbol::kExclusive);
  if (has_mode) out.mode = ascii::lower(text_of(cursor_.take()));
  return transaction_name() && add(std::move(out));
}

bool Grammar::end_transaction() {
  cursor_.take();
  Transaction out;
  out.kind = Transaction::Kind::kCommit;
  return transaction_name() && add(std::move(out));
}

bool Grammar::rollback() {
  cursor_.take();
  Transaction out;
  out.kind = Transaction::Kind::kRollback;
  if (!transaction_name()) return false;
  if (accept(Symbol::kTo)) {
    out.kind = Transaction::Kind::kRollbackTo;
    accept(Symbol::kSavepoint);
    if (!name(out.savepoint)) return false;
  }
  return add(std::move(out));
}

bool Grammar::savepoint() {
  cursor_.take();
  Transaction out;
  out.kind = Transaction::Kind::kSavepoint;
  return name(out.savepoint) && add(std::move(out));
}

bool Grammar::release() {
  cursor_.take();
  Transaction out;
  out.kind = Transaction::Kind::kRelease;
  accept(Symbol::kSavepoint);
  return name(out.savepoint) && add(std::move(out));
}

// --- PRAGMA ---------------------------------------------------------------------------------

bool Grammar::pragma() {
  cursor_.take();
  Pragma out;
  QualifiedName pragma_name;
  if (!qualified_name(pragma_name)) return false;
  out.schema = std::move(pragma_name.schema);
  out.name = std::move(pragma_name.name);
  if (accept(Symbol::kEqual)) {
    if (!pragma_value(out)) return false;
  } else if (accept(Symbol::kLeftParen)) {
    if (!pragma_value(out) || !expect(Symbol::kRightParen)) return false;
  }
  return add(std::move(out));
}

/// A number, perhaps with a sign, a name, a string, ON, DELETE or DEFAULT. Words come in lower
/// case, what is quoted as it stands.
bool Grammar::pragma_value(Pragma& out) {
  const bool negative = accept(Symbol::kMinus);
  if (negative || accept(Symbol::kPlus)) {
    if (!is(Symbol::kNumber)) return unexpected();
    std::string& value = out.value.emplace(text_of(cursor_.take()));
    if (negative) value.insert(value.begin(), '-');
    return true;
  }
  const Symbol s = cursor_.symbol();
  const bool known = s == Symbol::kNumber || is_name(s) || s == Symbol::kOn ||
                     s == Symbol::kDelete || s == Symbol::kDefault;
  if (!known) return unexpected();
  const std::string_view written = text_of(cursor_.take());
  const char first = written.front();
  const bool is_quoted = first == '\'' || first == '"' || first == '`' || first == '[';
  out.value = is_quoted ? unquoted(written) : ascii::lower(written);
  return true;
}

// --- databases and maintenance --------------------------------------------------------------

/// `ATTACH [DATABASE] file AS name [KEY key]`. The name is empty where it is computed.
bool Grammar::attach() {
  cursor_.take();
  accept(Symbol::kDatabase);
  AttachDatabase out;
  if (!any_expression() || !expect(Symbol::kAs) || !database_name(out.name)) return false;
  if (accept(Symbol::kKey) && !any_expression()) return false;
  return add(std::move(out));
}

bool Grammar::detach() {
  cursor_.take();
  accept(Symbol::kDatabase);
  AttachDatabase out;
  out.attach = false;
  return database_name(out.name) && add(std::move(out));
}

bool Grammar::database_name(Name& out) {
  Operand top;
  if (!operand(top, 0)) return false;
  const bool is_plain =
      top.leaf != nullptr && is_name(top.leaf->symbol) && !top.qualified && !top.computed;
  if (is_plain) out = name_of(*top.leaf);
  return true;
}

bool Grammar::vacuum() {
  cursor_.take();
  if (is_name(cursor_.symbol())) cursor_.take();
  if (accept(Symbol::kInto)) {  // a copy: the database itself stays as it is
    return any_expression() && add(NoChange{"vacuum into"});
  }
  Maintenance out;
  out.kind = Maintenance::Kind::kVacuum;
  return add(std::move(out));
}

/// The name may be that of an index, a table or a collation.
bool Grammar::reindex() {
  cursor_.take();
  Reindex out;
  out.kind = ObjectKind::kDatabase;
  if (is_name(cursor_.symbol())) {
    out.kind = ObjectKind::kOther;
    if (!qualified_name(out.name)) return false;
  }
  return add(std::move(out));
}

/// The name may be that of a table, an index or a schema.
bool Grammar::analyze() {
  cursor_.take();
  Maintenance out;
  out.kind = Maintenance::Kind::kAnalyze;
  if (is_name(cursor_.symbol()) && !qualified_name(out.table)) return false;
  return add(std::move(out));
}

/// `EXPLAIN [QUERY PLAN] statement`: read, but not run.
bool Grammar::explain() {
  cursor_.take();
  if (accept(Symbol::kQuery) && !expect(Symbol::kPlan)) return false;
  if (!command()) return false;
  operations_.clear();
  return add(NoChange{"explain"});
}

}  // namespace belay::sql::sqlite
