// The statement as a whole, problems, names and lists.
//
// SQLite's parser is generated from an LALR grammar in which most keywords fall back to names
// where the grammar has no use for them. Reading by recursive descent gives the same language as
// long as each place asks first for the keywords that mean something there, and only then for a
// name; the order of the questions in these files is therefore not free. Where SQLite's generated
// tables do something that the grammar does not show, a comment says so. What is accepted and
// which lexeme is blamed is compared with SQLite itself by tests/analyzer/sql/sqlite.

#include "analyzer/sql/sqlite/grammar.h"

#include "analyzer/sql/sqlite/nesting.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {

bool Grammar::statement() {
  while (accept(Symbol::kSemicolon)) {
  }
  if (cursor_.at_end()) return add(NoChange{"an empty statement"});
  if (is(Symbol::kExplain) ? !explain() : !command()) return false;
  while (accept(Symbol::kSemicolon)) {
  }
  if (!cursor_.at_end()) return unexpected();
  const auto& complaint = complaint_ ? complaint_ : final_complaint_;
  if (!complaint) return true;
  problem_ = *complaint;
  return false;
}

bool Grammar::command() {
  switch (cursor_.symbol()) {
    case Symbol::kCreate: return create();
    case Symbol::kAlter: return alter_table();
    case Symbol::kDrop: return drop();
    case Symbol::kInsert:
    case Symbol::kReplace:
    case Symbol::kUpdate:
    case Symbol::kDelete:
    case Symbol::kSelect:
    case Symbol::kValues: return row_statement();
    case Symbol::kWith: return with_statement();
    case Symbol::kBegin: return begin();
    case Symbol::kCommit:
    case Symbol::kEndKeyword: return end_transaction();
    case Symbol::kRollback: return rollback();
    case Symbol::kSavepoint: return savepoint();
    case Symbol::kRelease: return release();
    case Symbol::kPragma: return pragma();
    case Symbol::kAttach: return attach();
    case Symbol::kDetach: return detach();
    case Symbol::kVacuum: return vacuum();
    case Symbol::kReindex: return reindex();
    case Symbol::kAnalyze: return analyze();
    default: return unexpected();
  }
}

// --- problems -------------------------------------------------------------------------------

bool Grammar::unexpected() {
  if (complaint_ && complaint_at_ != cursor_.index()) {
    problem_ = *complaint_;
    return false;
  }
  problem_ = {cursor_.range(), {}};
  unexpected_ = cursor_.index();
  return false;
}

bool Grammar::too_deep() {
  problem_ = {cursor_.range(), "expression is nested too deeply"};
  return false;
}

bool Grammar::complain(ByteRange range, std::string message) {
  if (complaint_) return true;
  complaint_ = {range, std::move(message)};
  complaint_at_ = cursor_.index();
  return true;
}

bool Grammar::complain(std::optional<Problem> problem) {
  return !problem || complain(problem->range, std::move(problem->message));
}

bool Grammar::complain_at_end(ByteRange range, std::string message) {
  if (!final_complaint_) final_complaint_ = {range, std::move(message)};
  return true;
}

// --- names and lists ------------------------------------------------------------------------

Name Grammar::name_of(const SqliteLexeme& lexeme) const {
  return {folded(text_of(lexeme)), lexeme.range};
}

bool Grammar::name(Name& out) {
  if (!is_name(cursor_.symbol())) return unexpected();
  out = name_of(cursor_.take());
  return true;
}

bool Grammar::any_name() {
  if (!is_name(cursor_.symbol())) return unexpected();
  cursor_.take();
  return true;
}

bool Grammar::qualified_name(QualifiedName& out) {
  const uint32_t begin = cursor_.begin();
  if (!name(out.name)) return false;
  if (accept(Symbol::kDot)) {
    out.schema = std::move(out.name);
    if (!name(out.name)) return false;
  }
  out.range = cursor_.since(begin);
  return true;
}

bool Grammar::names(std::vector<Name>& out) {
  do {
    if (!name(out.emplace_back())) return false;
  } while (accept(Symbol::kComma));
  return true;
}

bool Grammar::name_list(std::vector<Name>& out) {
  return expect(Symbol::kLeftParen) && names(out) && expect(Symbol::kRightParen);
}

bool Grammar::column_list(std::vector<Name>& out) {
  if (!expect(Symbol::kLeftParen)) return false;
  do {
    if (!name(out.emplace_back())) return false;
    const ByteRange extra = cursor_.range();
    bool has_extra = false;
    if (accept(Symbol::kCollate)) {
      has_extra = true;
      if (!is_id_or_string(cursor_.symbol())) return unexpected();
      cursor_.take();
    }
    has_extra |= accept(Symbol::kAsc) || accept(Symbol::kDesc);
    if (has_extra) complain(extra, "only names may stand in this list of columns");
  } while (accept(Symbol::kComma));
  return expect(Symbol::kRightParen);
}

bool Grammar::if_exists(bool& out) {
  out = accept(Symbol::kIf);
  return !out || expect(Symbol::kExists);
}

bool Grammar::if_not_exists(bool& out) {
  out = accept(Symbol::kIf);
  return !out || expect(Symbol::kNot, Symbol::kExists);
}

bool Grammar::check_object_name(const Name& name) {
  if (!name.id.starts_with("sqlite_")) return true;
  return complain(name.range, "names that begin with \"sqlite_\" are reserved for SQLite itself");
}

}  // namespace belay::sql::sqlite
