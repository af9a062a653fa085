// Constraints of columns and tables.

#include <algorithm>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {

// --- of a column ----------------------------------------------------------------------------

bool Grammar::column_constraints(CreateTable& out, TableChecks& checks) {
  Name constraint_name;
  uint32_t begin = cursor_.begin();
  for (;;) {
    switch (cursor_.symbol()) {
      case Symbol::kConstraint:
        begin = cursor_.take().range.begin;
        if (!name(constraint_name)) return false;
        continue;
      case Symbol::kDefault:
        if (!default_clause(out.columns.back(), checks)) return false;
        break;
      case Symbol::kGenerated:
      case Symbol::kAs:
        if (!generated_clause(out, checks, cursor_.begin())) return false;
        break;
      case Symbol::kCollate:
        if (!collation(out.columns.back())) return false;
        break;
      case Symbol::kNull:
      case Symbol::kNot:
      case Symbol::kDeferrable:
        if (!nullability(out.columns.back(), constraint_name, begin)) return false;
        break;
      case Symbol::kPrimary:
      case Symbol::kUnique:
      case Symbol::kCheck:
      case Symbol::kReferences:
        if (!column_constraint(out, checks, constraint_name, begin)) return false;
        break;
      default: return true;
    }
    constraint_name = {};
    begin = cursor_.begin();
  }
}

bool Grammar::collation(ColumnDefinition& column) {
  cursor_.take();
  if (!is_id_or_string(cursor_.symbol())) return unexpected();
  column.collation.name = name_of(cursor_.take());
  column.collation.range = column.collation.name.range;
  return true;
}

/// NULL, NOT NULL, [NOT] DEFERRABLE.
bool Grammar::nullability(ColumnDefinition& column, Name& constraint_name, uint32_t begin) {
  std::string conflict;
  if (accept(Symbol::kNull)) return on_conflict(conflict);
  if (is(Symbol::kDeferrable) || cursor_.ahead(1) == Symbol::kDeferrable) {
    return column_deferral(column);
  }
  const uint32_t clause = cursor_.begin();
  if (!expect(Symbol::kNot, Symbol::kNull) || !on_conflict(conflict)) return false;
  ConstraintDefinition& constraint = column.constraints.emplace_back();
  constraint.kind = ConstraintKind::kNotNull;
  constraint.name = std::move(constraint_name);
  constraint.columns.push_back(column.name);
  constraint.on_conflict = std::move(conflict);
  constraint.range = cursor_.since(begin);
  constraint.clause = cursor_.since(clause);
  return true;
}

/// Belongs to the column's foreign key in front of it; SQLite takes it without one, too.
bool Grammar::column_deferral(ColumnDefinition& column) {
  bool deferrable = false;
  bool initially_deferred = false;
  if (!deferral(deferrable, initially_deferred)) return false;
  if (!column_foreign_key_) return true;
  ConstraintDefinition* const key = &column.constraints[*column_foreign_key_];
  key->deferrable = deferrable;
  key->initially_deferred = initially_deferred;
  key->range = cursor_.since(key->range.begin);
  key->clause = cursor_.since(key->clause.begin);
  return true;
}

bool Grammar::column_constraint(CreateTable& out, TableChecks& checks, Name& constraint_name,
                                uint32_t begin) {
  ColumnDefinition& column = out.columns.back();
  ConstraintDefinition& constraint = column.constraints.emplace_back();
  constraint.name = std::move(constraint_name);
  constraint.columns.push_back(column.name);
  const uint32_t clause = cursor_.begin();
  std::optional<Problem> problem;
  switch (cursor_.take().symbol) {
    case Symbol::kPrimary:
      if (!column_primary_key(constraint)) return false;
      problem = checks.primary_key(out, constraint, {}, cursor_.since(begin));
      break;
    case Symbol::kUnique:
      constraint.kind = ConstraintKind::kUnique;
      if (!on_conflict(constraint.on_conflict)) return false;
      problem = checks.unique(out, constraint, {}, cursor_.since(begin));
      break;
    case Symbol::kCheck:
      if (!check(constraint, checks)) return false;
      break;
    default:
      constraint.kind = ConstraintKind::kForeignKey;
      if (!references(constraint)) return false;
      column_foreign_key_ = column.constraints.size() - 1;
      problem = checks.foreign_key(out, constraint, cursor_.since(begin));
  }
  constraint.range = cursor_.since(begin);
  constraint.clause = cursor_.since(clause);
  return complain(std::move(problem));
}

/// Behind PRIMARY.
bool Grammar::column_primary_key(ConstraintDefinition& out) {
  out.kind = ConstraintKind::kPrimaryKey;
  if (!expect(Symbol::kKey)) return false;
  if (!accept(Symbol::kAsc)) out.descending = accept(Symbol::kDesc);
  if (!on_conflict(out.on_conflict)) return false;
  out.autoincrement = accept(Symbol::kAutoincrement);
  return true;
}

// --- of a table -----------------------------------------------------------------------------

/// To the end of the table's definition. SQLite does not insist on commas between constraints, and
/// takes a CONSTRAINT name that nothing follows.
bool Grammar::table_constraints(CreateTable& out, TableChecks& checks) {
  Name constraint_name;
  uint32_t begin = cursor_.begin();
  do {
    if (is(Symbol::kConstraint)) {
      begin = cursor_.take().range.begin;
      if (!name(constraint_name)) return false;
      if (!is(Symbol::kComma)) continue;
    } else {
      if (!table_constraint(out, checks, constraint_name, begin)) return false;
    }
    if (accept(Symbol::kComma) && is(Symbol::kRightParen)) return unexpected();
    constraint_name = {};
    begin = cursor_.begin();
  } while (!is(Symbol::kRightParen));
  return true;
}

bool Grammar::table_constraint(CreateTable& out, TableChecks& checks, Name& constraint_name,
                               uint32_t begin) {
  ConstraintDefinition constraint;
  std::vector<IndexElement> key;
  const uint32_t clause = cursor_.begin();
  std::optional<Problem> problem;
  switch (cursor_.symbol()) {
    case Symbol::kPrimary:
      cursor_.take();
      constraint.kind = ConstraintKind::kPrimaryKey;
      if (!expect(Symbol::kKey) || !key_constraint(constraint, key)) return false;
      problem = checks.primary_key(out, constraint, key, cursor_.since(begin));
      break;
    case Symbol::kUnique:
      cursor_.take();
      constraint.kind = ConstraintKind::kUnique;
      if (!key_constraint(constraint, key)) return false;
      problem = checks.unique(out, constraint, key, cursor_.since(begin));
      break;
    case Symbol::kCheck:
      cursor_.take();
      if (!check(constraint, checks) || !on_conflict(constraint.on_conflict)) return false;
      break;
    case Symbol::kForeign:
      cursor_.take();
      if (!foreign_key(constraint)) return false;
      problem = checks.foreign_key(out, constraint, cursor_.since(begin));
      break;
    default: return unexpected();
  }
  constraint.name = std::move(constraint_name);
  constraint.range = cursor_.since(begin);
  constraint.clause = cursor_.since(clause);
  out.constraints.push_back(std::move(constraint));
  return complain(std::move(problem));
}

/// `(column, ... [AUTOINCREMENT]) [ON CONFLICT ...]`
bool Grammar::key_constraint(ConstraintDefinition& out, std::vector<IndexElement>& key) {
  const size_t from = facts_.size();
  if (!expect(Symbol::kLeftParen) || !index_elements(key)) return false;
  facts_.resize(from);
  if (out.kind == ConstraintKind::kPrimaryKey) out.autoincrement = accept(Symbol::kAutoincrement);
  if (!expect(Symbol::kRightParen)) return false;
  for (const IndexElement& element : key) {
    if (!element.column.empty()) out.columns.push_back(element.column);
  }
  return on_conflict(out.on_conflict);
}

/// Behind FOREIGN.
bool Grammar::foreign_key(ConstraintDefinition& out) {
  out.kind = ConstraintKind::kForeignKey;
  if (!expect(Symbol::kKey) || !column_list(out.columns)) return false;
  if (!expect(Symbol::kReferences) || !references(out)) return false;
  const bool has_deferral = is(Symbol::kDeferrable) || is(Symbol::kNot);
  return !has_deferral || deferral(out.deferrable, out.initially_deferred);
}

// --- of both --------------------------------------------------------------------------------

/// Behind REFERENCES.
bool Grammar::references(ConstraintDefinition& out) {
  if (!name(out.references.name)) return false;
  out.references.range = out.references.name.range;
  if (is(Symbol::kLeftParen) && !column_list(out.referenced_columns)) return false;
  for (;;) {
    if (accept(Symbol::kMatch)) {
      Name match;
      if (!name(match)) return false;
      out.match = std::move(match.id);
    } else if (accept(Symbol::kOn)) {
      if (!reference_action(out)) return false;
    } else {
      return true;
    }
  }
}

/// Behind ON.
bool Grammar::reference_action(ConstraintDefinition& out) {
  ReferentialAction ignored = ReferentialAction::kNoAction;
  if (accept(Symbol::kDelete)) return referential_action(out.on_delete);
  if (accept(Symbol::kUpdate)) return referential_action(out.on_update);
  return expect(Symbol::kInsert) && referential_action(ignored);
}

bool Grammar::referential_action(ReferentialAction& out) {
  if (accept(Symbol::kSet)) {
    out = is(Symbol::kNull) ? ReferentialAction::kSetNull : ReferentialAction::kSetDefault;
    return accept(Symbol::kNull) || expect(Symbol::kDefault);
  }
  if (accept(Symbol::kCascade)) {
    out = ReferentialAction::kCascade;
    return true;
  }
  if (accept(Symbol::kRestrict)) {
    out = ReferentialAction::kRestrict;
    return true;
  }
  out = ReferentialAction::kNoAction;
  return expect(Symbol::kNo, Symbol::kAction);
}

/// `[NOT] DEFERRABLE [INITIALLY DEFERRED | INITIALLY IMMEDIATE]`
bool Grammar::deferral(bool& deferrable, bool& initially_deferred) {
  deferrable = !accept(Symbol::kNot);
  initially_deferred = false;
  if (!expect(Symbol::kDeferrable)) return false;
  if (!accept(Symbol::kInitially)) return true;
  initially_deferred = deferrable && is(Symbol::kDeferred);
  return accept(Symbol::kDeferred) || expect(Symbol::kImmediate);
}

/// Behind CHECK.
bool Grammar::check(ConstraintDefinition& out, TableChecks& checks) {
  out.kind = ConstraintKind::kCheck;
  const size_t from = facts_.size();
  if (!expect(Symbol::kLeftParen) || !expression(out.check)) return false;
  checks.check(from);
  return expect(Symbol::kRightParen);
}

/// `[ON CONFLICT resolution]`
bool Grammar::on_conflict(std::string& out) {
  if (!accept(Symbol::kOn)) return true;
  return expect(Symbol::kConflict) && conflict_resolution(out);
}

bool Grammar::conflict_resolution(std::string& out) {
  switch (cursor_.symbol()) {
    case Symbol::kRollback:
    case Symbol::kAbort:
    case Symbol::kFail:
    case Symbol::kIgnore:
    case Symbol::kReplace: out = ascii::lower(text_of(cursor_.take())); return true;
    default: return unexpected();
  }
}

}  // namespace belay::sql::sqlite
