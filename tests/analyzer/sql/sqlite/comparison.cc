#include "tests/analyzer/sql/sqlite/comparison.h"

#include <optional>

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"
#include "tests/analyzer/sql/sqlite/statements.h"

namespace belay::sql::sqlite {
namespace {

using Outcome = Comparison::Outcome;
using Kind = Verdict::Kind;

/// Belay's side, from the grammar itself: which reason it had is not to be read off a message.
struct Reading {
  bool accepted = false;
  bool later_syntax = false;
  bool syntax_error = false;
  bool at_end = false;
  bool behind_semicolon = false;  ///< the problem lies where SQLite does not read any more
  Problem problem;
};

Reading read(std::string_view statement) {
  const std::vector<Token> tokens = tokens_of(statement);
  const std::vector<SqliteLexeme> lexemes = scan(statement, tokens, 0);
  Grammar grammar(statement, lexemes);
  Reading out;
  out.accepted = grammar.statement();
  out.later_syntax = grammar.uses_later_syntax();
  if (out.accepted) return out;
  out.problem = grammar.problem();
  out.syntax_error = grammar.unexpected_lexeme().has_value();
  const size_t index = grammar.unexpected_lexeme().value_or(0);
  for (size_t i = 0; i < index; ++i)
    out.behind_semicolon |= lexemes[i].symbol == Symbol::kSemicolon;
  out.at_end = out.syntax_error && lexemes[*grammar.unexpected_lexeme()].symbol == Symbol::kEnd;
  return out;
}

bool begins_with(std::string_view statement, std::string_view words) {
  return ascii::starts_with_ignoring_case(statement, words);
}

/// Statements at whose beginning SQLite looks into the schema already, and complaints about
/// windows: what follows is unread then.
bool looks_up_while_it_reads(std::string_view statement, std::string_view message) {
  return message.starts_with("no such window") || message.starts_with("cannot override") ||
         begins_with(statement, "create") || begins_with(statement, "alter") ||
         begins_with(statement, "explain");
}

/// Whether SQLite compiles a CREATE TABLE's expressions against the table alone, so that Belay has
/// to find what it finds. Functions and collations are the program's business.
bool must_be_found(std::string_view statement, const Verdict& verdict) {
  if (!begins_with(statement, "create table") && !begins_with(statement, "create temp")) {
    return false;
  }
  const std::string_view message = verdict.message;
  const bool own_objects =
      message.find("no such column") == 0 || message.find("duplicate column name") == 0 ||
      message.find("prohibited in") != std::string_view::npos ||
      message.find("row value misused") == 0 || message.find("IN(...) element") == 0 ||
      message.find("misuse of aggregate") == 0;
  return own_objects && ascii::lower(statement).find(" as select") == std::string::npos &&
         ascii::lower(statement).find(" as values") == std::string::npos &&
         ascii::lower(statement).find(" as with") == std::string::npos;
}

std::string explain(std::string_view statement, const Verdict& verdict, const Reading& reading) {
  std::string out =
      std::string(statement) + "\n  SQLite: " + (verdict.accepted() ? "accepts" : verdict.message);
  if (verdict.offset) out += " [at " + std::to_string(*verdict.offset) + "]";
  out += "\n  Belay:  ";
  if (reading.accepted) return out + (reading.later_syntax ? "accepts (later syntax)" : "accepts");
  out += reading.problem.message.empty() ? "syntax error" : reading.problem.message;
  return out + " [at " + std::to_string(reading.problem.range.begin) + "] \"" +
         std::string(reading.problem.range.of(statement)) + "\"";
}

/// Whether both blame the same token.
bool same_place(std::string_view statement, const Verdict& verdict, const Reading& reading) {
  if (!verdict.offset) return reading.at_end;
  return *verdict.offset == reading.problem.range.begin &&
         verdict.token == reading.problem.range.of(statement);
}

Outcome judge(std::string_view statement, const Verdict& verdict, const Reading& reading) {
  // SQLite's parser overflows its stack of 100 places; since 3.46 it has no such bound.
  if (verdict.message == "parser stack overflow") return Outcome::kExcepted;
  switch (verdict.kind) {
    case Kind::kAccepted: return reading.accepted ? Outcome::kAgree : Outcome::kDisagree;
    case Kind::kSchema:
    case Kind::kResolution:
      if (must_be_found(statement, verdict)) {
        return reading.accepted ? Outcome::kDisagree : Outcome::kAgree;
      }
      if (reading.accepted || !reading.syntax_error) return Outcome::kAgree;
      return looks_up_while_it_reads(statement, verdict.message) || reading.behind_semicolon
                 ? Outcome::kUndecided
                 : Outcome::kDisagree;
    case Kind::kSyntax:
    case Kind::kDefinition: break;
  }
  if (reading.accepted) return Outcome::kDisagree;
  const bool same_reason = reading.syntax_error == (verdict.kind == Kind::kSyntax);
  if (!same_reason) return Outcome::kOtherReason;
  if (!reading.syntax_error) return Outcome::kAgree;
  return same_place(statement, verdict, reading) ? Outcome::kAgree : Outcome::kDisagree;
}

}  // namespace

Comparison compare(Oracle& oracle, std::string_view statement) {
  const Verdict verdict = oracle.judge(statement);
  statement = statement.substr(0, verdict.size);
  const Reading reading = read(statement);
  Outcome outcome = judge(statement, verdict, reading);
  // What SQLite 3.41 to 3.47 added to the grammar: see Grammar::uses_later_syntax.
  if (outcome != Outcome::kAgree && reading.later_syntax) outcome = Outcome::kExcepted;
  if (outcome == Outcome::kAgree) return {};
  return {outcome, explain(statement, verdict, reading)};
}

}  // namespace belay::sql::sqlite
