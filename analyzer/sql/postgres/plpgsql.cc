// The structure of PL/pgSQL: blocks, declarations, conditions, loops, handlers.
//
// PL/pgSQL is parsed here and not by libpg_query's parser for it, for three reasons. Its result has
// line numbers for places, where findings need bytes. It refuses what servers accept (variables of
// types that it does not know) and tells no more of a mistake than its line. And of each piece of
// SQL it gives the text, which would have to be parsed a second time. A test compares the two over
// real bodies: what statements there are, and what is no PL/pgSQL at all.

#include "analyzer/sql/postgres/plpgsql.h"

#include <algorithm>

#include "analyzer/sql/postgres/plpgsql_parser.h"
#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

/// Deeper blocks than anybody writes; each level is a few calls deep here and in whoever reads it.
constexpr int kMaxBlockDepth = 100;

/// The conditions of PostgreSQL's appendix A that migrations catch, for those who write the code.
std::string condition_of_sqlstate(std::string_view code) {
  static constexpr std::pair<std::string_view, const char*> kNames[] = {
      {"23505", "unique_violation"},   {"3F000", "invalid_schema_name"},
      {"42701", "duplicate_column"},   {"42703", "undefined_column"},
      {"42704", "undefined_object"},   {"42710", "duplicate_object"},
      {"42723", "duplicate_function"}, {"42883", "undefined_function"},
      {"42P01", "undefined_table"},    {"42P06", "duplicate_schema"},
      {"42P07", "duplicate_table"}};
  for (const auto& [state, name] : kNames) {
    if (state == code) return name;
  }
  return std::string(code);
}

}  // namespace

PlpgsqlParser::PlpgsqlParser(const Code& code, const std::vector<std::string>& arguments,
                             RoutineBody& body)
    : code_(code), body_(body) {
  variables_.names.insert(arguments.begin(), arguments.end());
}

void PlpgsqlParser::run() {
  options();
  const size_t first = at_;
  std::vector<Step> top;
  if (code_.is_operator(at_, "<<")) {
    labelled_or_control(top, first);
  } else {
    top.push_back(block(first));
  }
  if (code_.is(at_, TokenKind::kSemicolon)) ++at_;
  if (at_ < code_.count()) fail_here();
  if (failed_) {
    Step step;
    step.kind = Step::Kind::kStatement;
    step.range = body_.range;
    step.operations.push_back({body_.range, Unknown{"it cannot be parsed"}});
    top.clear();
    top.push_back(std::move(step));
  }
  // The outermost BEGIN and END say nothing where nothing is caught.
  const bool plain = top.size() == 1 && top[0].kind == Step::Kind::kBlock &&
                     top[0].handlers.empty() && !top[0].branches.empty();
  if (plain) {
    body_.steps = std::move(top[0].branches[0].steps);
  } else {
    body_.steps = std::move(top);
  }
}

/// `#variable_conflict use_column` and its like, before everything else.
void PlpgsqlParser::options() {
  while (code_.is_operator(at_, "#") && at_ + 2 < code_.count()) {
    // Columns and variables of one name are then told apart in a way of their own.
    at_ += 3;
  }
}

// --- declarations -----------------------------------------------------------------------------

void PlpgsqlParser::declarations(Step& block) {
  while (accept("declare")) {
    // A name may hide a variable of the blocks around.
    variables_.facts.clear();
    while (!done() && !is("begin") && !is("declare")) declaration(block);
  }
}

void PlpgsqlParser::declaration(Step& block) {
  const size_t first = at_;
  const bool is_name = code_.is(first, TokenKind::kWord) || code_.is(first, TokenKind::kQuotedName);
  const size_t last = find(first, {});
  if (!is_name || !code_.is(last, TokenKind::kSemicolon)) {
    at_ = is_name ? last : first;
    return fail_here();
  }
  variables_.names.insert(variable(first));
  at_ = last + 1;
  size_t kind = first + 1;
  if (code_.is_word(kind, "no")) ++kind;
  if (code_.is_word(kind, "scroll")) ++kind;
  if (code_.is_word(kind, "cursor")) return cursor(block, first, last);
  if (code_.is_word(first + 1, "alias") || first + 1 == last) {
    if (first + 1 == last) at_ = last, fail_here();
    return;
  }
  for (size_t i = first + 1; i < last; ++i) {
    const bool is_default =
        code_.is_word(i, "default") || code_.is_operator(i, ":=") || code_.is_operator(i, "=");
    if (!is_default) continue;
    Step step;
    step.kind = Step::Kind::kExpression;
    step.range = code_.place(TokenSpan{first, last});
    expression({i + 1, last}, step);
    block.branches[0].steps.push_back(std::move(step));
    return;
  }
}

/// `name CURSOR (arguments) FOR query`. The query counts where it is declared.
void PlpgsqlParser::cursor(Step& block, size_t first, size_t last) {
  cursors_.insert(variable(first));
  size_t is_for = first;
  for (size_t i = first; i < last && is_for == first; ++i) {
    if (code_.is(i, TokenKind::kLeftParen)) {
      variables_.names.insert(variable(i + 1));
      for (size_t a = i; a < code_.behind_bracket(i); ++a) {
        if (code_.is(a, TokenKind::kComma)) variables_.names.insert(variable(a + 1));
      }
      i = code_.behind_bracket(i) - 1;
    } else if (code_.is_any_word(i, {"for", "is"})) {
      is_for = i;
    }
  }
  if (is_for == first) {
    at_ = last;
    return fail_here();
  }
  Step step;
  step.kind = Step::Kind::kExpression;
  step.range = code_.place(TokenSpan{first, last});
  add_fragment(code_, {{is_for + 1, last}, "", {}}, body_, step);
  block.branches[0].steps.push_back(std::move(step));
}

// --- blocks -----------------------------------------------------------------------------------

Step PlpgsqlParser::block(size_t first) {
  Step out;
  out.kind = Step::Kind::kBlock;
  out.branches.emplace_back();
  declarations(out);
  if (!expect("begin")) return out;
  std::vector<Step> inner = steps();
  auto& all = out.branches[0].steps;
  all.insert(all.end(), std::make_move_iterator(inner.begin()),
             std::make_move_iterator(inner.end()));
  if (is("exception")) handlers(out);
  if (!expect("end")) return out;
  if (!done() && !code_.is(at_, TokenKind::kSemicolon)) ++at_;  // its label
  out.range = code_.place(TokenSpan{first, at_});
  variables_.facts.clear();
  return out;
}

void PlpgsqlParser::handlers(Step& block) {
  const size_t first = at_++;
  if (!is("when")) return fail_here();
  ByteRange caught;
  while (!failed_ && accept("when")) {
    variables_.facts.clear();
    handler(block.handlers.emplace_back());
    caught = caught.joined(block.handlers.back().range);
  }
  if (!failed_) guard_block(block, caught.empty() ? code_.place(first) : caught);
}

void PlpgsqlParser::handler(Handler& out) {
  const TokenSpan span = until({"then"});
  if (failed_) return;
  out.range = code_.place(span);
  for (size_t i = span.first; i < span.last; ++i) {
    if (code_.is_word(i, "or")) continue;
    if (code_.is_word(i, "sqlstate") && code_.is(i + 1, TokenKind::kString)) {
      SourceText state(nullptr);
      state.append_string(code_.text(++i), 0);
      out.conditions.push_back(condition_of_sqlstate(state.text()));
    } else {
      out.conditions.push_back(variable(i));
    }
  }
  if (!expect("then")) return;
  out.steps = steps();
}

namespace {

bool does_nothing(const Step& step) {
  if (!step.operations.empty() && step.kind != Step::Kind::kRaise) return false;
  if (!step.calls.empty() || !step.branches.empty()) return false;
  if (step.kind == Step::Kind::kNothing) return true;
  return step.kind == Step::Kind::kRaise && !step.raise->aborts();
}

bool all_do_nothing(const std::vector<Step>& steps) {
  return std::all_of(steps.begin(), steps.end(), does_nothing);
}

}  // namespace

/// Says when a block with handlers runs to its end, where existence alone decides that.
void PlpgsqlParser::guard_block(Step& block, ByteRange caught_range) {
  Branch& inner = block.branches[0];
  inner.condition.emplace();
  inner.condition->range = caught_range;
  std::set<std::string> caught;
  bool inert = true;
  for (const Handler& h : block.handlers) {
    caught.insert(h.conditions.begin(), h.conditions.end());
    inert = inert && all_do_nothing(h.steps);
  }
  if (!inert && block.handlers.size() > 1) return;
  std::vector<const Operation*> operations;
  for (const Step& s : inner.steps) {
    if (does_nothing(s)) continue;
    if (s.kind != Step::Kind::kStatement || !s.calls.empty()) return;
    for (const Operation& o : s.operations) operations.push_back(&o);
  }
  if (auto guards = recognise_handled(operations, caught, caught_range)) {
    inner.condition->all_of = std::move(guards->all_of);
    inner.condition->negated = guards->negated;
  }
}

std::vector<Step> PlpgsqlParser::steps() {
  std::vector<Step> out;
  if (++nesting_ > kMaxBlockDepth && !failed_) {
    failed_ = true;
    body_.unknown = "its blocks are nested too deeply";
  }
  while (!done()) {
    const bool ends =
        code_.is_any_word(at_, {"end", "else", "elsif", "elseif", "when", "exception"});
    if (ends && !is_assignment(at_)) break;
    step(out);
  }
  --nesting_;
  return out;
}

void PlpgsqlParser::step(std::vector<Step>& out) {
  const size_t first = at_;
  if (!labelled_or_control(out, first)) out.push_back(plain_step());
  if (!failed_) semicolon();
}

/// Everything that may carry a label, and the conditions.
bool PlpgsqlParser::labelled_or_control(std::vector<Step>& out, size_t first) {
  if (is_assignment(at_)) return false;
  if (code_.is_operator(at_, "<<")) {
    if (!code_.is_operator(at_ + 2, ">>")) {
      fail_here();
      return true;
    }
    at_ += 3;
    first = at_;
  }
  if (is("declare") || is("begin")) {
    out.push_back(block(first));
  } else if (code_.is_any_word(at_, {"loop", "while", "for", "foreach"})) {
    out.push_back(loop(first));
  } else if (is("if")) {
    out.push_back(if_step());
  } else if (is("case")) {
    out.push_back(case_step());
  } else {
    return false;
  }
  return true;
}

// --- conditions -------------------------------------------------------------------------------

/// A condition at `span`; what evaluating it does counts to `step`.
Condition PlpgsqlParser::condition(TokenSpan span, Step& step, bool recognise) {
  Condition out;
  out.range = code_.place(span);
  expression(span, step, [&](const Node* node, const Places& places) {
    out.query = Builder(places).query(node, out.range);
    if (!recognise) return;
    if (auto said = recognise_condition(node, places, variables_)) {
      out.all_of = std::move(said->all_of);
      out.negated = said->negated;
    }
  });
  if (!step.calls.empty()) out.all_of.clear();
  return out;
}

Branch PlpgsqlParser::branch(Condition condition) {
  Branch out;
  if (!condition.range.empty()) out.condition = std::move(condition);
  const auto facts = variables_.facts;
  out.steps = steps();
  variables_.facts = facts;
  return out;
}

Step PlpgsqlParser::if_step() {
  const size_t first = at_;
  Step out;
  out.kind = Step::Kind::kIf;
  do {
    ++at_;  // IF, ELSIF
    const TokenSpan span = until({"then"});
    if (failed_) return out;
    Condition decided = condition(span, out);
    if (!expect("then")) return out;
    out.branches.push_back(branch(std::move(decided)));
  } while (!failed_ && code_.is_any_word(at_, {"elsif", "elseif"}));
  if (accept("else")) out.branches.push_back(branch({}));
  if (!expect("end") || !expect("if")) return out;
  out.range = code_.place(TokenSpan{first, at_});
  variables_.facts.clear();
  return out;
}

Step PlpgsqlParser::case_step() {
  const size_t first = at_++;
  Step out;
  out.kind = Step::Kind::kIf;
  const TokenSpan operand = until({"when"});
  if (failed_) return out;
  if (!operand.empty()) expression(operand, out);
  while (!failed_ && accept("when")) {
    const TokenSpan span = until({"then"});
    if (failed_) return out;
    Condition decided;
    if (operand.empty()) {
      decided = condition(span, out);
    } else {
      decided.range = code_.place(span);
      expressions(span, out);
    }
    if (!expect("then")) return out;
    out.branches.push_back(branch(std::move(decided)));
  }
  if (accept("else")) {
    out.branches.push_back(branch({}));
  } else {
    body_.effects.raises = true;  // case_not_found
  }
  if (!expect("end") || !expect("case")) return out;
  out.range = code_.place(TokenSpan{first, at_});
  variables_.facts.clear();
  return out;
}

// --- loops ------------------------------------------------------------------------------------

Step PlpgsqlParser::loop(size_t first) {
  Step out;
  out.kind = Step::Kind::kLoop;
  variables_.facts.clear();  // the second time round they may be wrong
  Condition decided;
  if (accept("while")) {
    decided = condition(until({"loop"}), out);
  } else if (!is("loop")) {
    for_control(out);
  }
  if (!expect("loop")) return out;
  out.branches.push_back(branch(std::move(decided)));
  if (!expect("end") || !expect("loop")) return out;
  if (!done() && !code_.is(at_, TokenKind::kSemicolon)) ++at_;  // its label
  out.range = code_.place(TokenSpan{first, at_});
  variables_.facts.clear();
  return out;
}

/// From FOR or FOREACH up to LOOP.
void PlpgsqlParser::for_control(Step& loop) {
  const bool foreach = is("foreach");
  ++at_;
  for (size_t i = at_; i < code_.count() && !code_.is_word(i, "in"); ++i) {
    variables_.names.insert(variable(i));
  }
  until({"in"});
  if (!expect("in")) return;
  if (foreach) {
    if (!expect("array")) return;
    expression(until({"loop"}), loop);
    return;
  }
  if (accept("execute")) return execute(loop, {"using", "loop"});
  const TokenSpan span = until({"loop"});
  if (!failed_) for_query(loop, span);
}

/// What stands between IN and LOOP: bounds, a cursor or a query.
void PlpgsqlParser::for_query(Step& loop, TokenSpan span) {
  const bool reverse = code_.is_word(span.first, "reverse");
  const size_t first = span.first + (reverse ? 1 : 0);
  for (size_t i = first; i < span.last; ++i) {
    if (code_.is(i, TokenKind::kLeftParen) || code_.is(i, TokenKind::kLeftBracket)) {
      i = code_.behind_bracket(i) - 1;
    } else if (code_.is_operator(i, "..")) {
      const size_t by = std::min(find(i, {"by"}), span.last);
      expression({first, i}, loop);
      expression({i + 1, by}, loop);
      if (by < span.last) expression({by + 1, span.last}, loop);
      return;
    }
  }
  const bool is_cursor = !span.empty() && cursors_.count(variable(span.first)) != 0;
  if (is_cursor) {
    if (span.size() > 3) expressions({span.first + 2, span.last - 1}, loop);
    return;
  }
  add_fragment(code_, {span, "", {}}, body_, loop);
}

void parse_plpgsql(const Code& code, const std::vector<std::string>& arguments, RoutineBody& body) {
  PlpgsqlParser(code, arguments, body).run();
}

}  // namespace belay::sql::postgres
