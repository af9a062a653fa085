// Statements: which of them run, and what is known behind them. What expressions are is in
// expressions.cc, texts.cc and formats.cc, calls are in calls.cc and sql.cc.
#include "analyzer/cpp/clang/interpreter.h"

#include <algorithm>
#include <utility>

#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

constexpr size_t kMostRounds = 256;

}  // namespace

void Interpreter::start() {
  found_.clear();
  lambdas_.clear();
  entered_.clear();
  variables_.clear();
  known_functions_.clear();
  description_.reset();
  stand_ins_.clear();
  returned_.reset();
  thrown_.reset();
  may_have_left_ = may_have_thrown_ = false;
  steps_ = 0;
}

std::vector<FoundSql> Interpreter::finish() {
  const std::optional<Place> thrown = thrown_;
  run_lambdas(0);
  thrown_ = thrown;
  drop_what_is_run_elsewhere(found_);
  return std::move(found_);
}

std::vector<FoundSql> Interpreter::run(const clang::FunctionDecl* function) {
  start();
  body_of(function);
  return finish();
}

std::vector<FoundSql> Interpreter::run(const clang::Expr* initial) {
  start();
  (void)value(initial);
  return finish();
}

Value Interpreter::returned_by(const clang::FunctionDecl* method) {
  start();
  body_of(method);
  if (returned_) return *std::move(returned_);
  return {UnknownValue{sources_.place(method->getSourceRange()), "it returns nothing known"}};
}

/// Those that were handed over to somebody who may call them: what they run comes where they stand.
void Interpreter::run_lambdas(size_t from) {
  while (lambdas_.size() > from) {
    Lambda lambda = std::move(lambdas_.back());
    lambdas_.pop_back();
    const clang::FunctionDecl* function = lambda.expression->getCallOperator();
    if (!entered_.insert(function).second) continue;
    std::vector<FoundSql> around = std::exchange(found_, {});
    variables_ = std::move(lambda.variables);
    thrown_.reset();
    const size_t outer = lambdas_.size();
    (void)perhaps(lambda.expression->getBody());
    run_lambdas(outer);
    const size_t position = std::min(lambda.position, around.size());
    around.insert(around.begin() + static_cast<ptrdiff_t>(position),
                  std::make_move_iterator(found_.begin()), std::make_move_iterator(found_.end()));
    found_ = std::move(around);
  }
}

/// What a constructor's members begin with belongs to it.
void Interpreter::body_of(const clang::FunctionDecl* function) {
  if (!function->doesThisDeclarationHaveABody()) return;
  if (const auto* constructor = dyn_cast<clang::CXXConstructorDecl>(function)) {
    for (const clang::CXXCtorInitializer* initial : constructor->inits()) {
      Value now = value(initial->getInit());
      if (initial->isMemberInitializer()) {
        variables_[Slot(nullptr, initial->getMember())] = std::move(now);
      }
    }
  }
  (void)statement(function->getBody());
}

Interpreter::Flow Interpreter::statement(const clang::Stmt* statement) {
  if (statement == nullptr || ++steps_ > kMostSteps) return Flow::kGoesOn;
  if (const auto* block = dyn_cast<clang::CompoundStmt>(statement)) return compound(block);
  if (const auto* branch = dyn_cast<clang::IfStmt>(statement)) return condition(branch);
  if (const auto* loop = dyn_cast<clang::CXXForRangeStmt>(statement)) return range_loop(loop);
  if (const auto* loop = dyn_cast<clang::ForStmt>(statement)) return counted_loop(loop);
  if (const auto* loop = dyn_cast<clang::WhileStmt>(statement)) {
    if (loop->getConditionVariable() != nullptr) declare(loop->getConditionVariable());
    (void)value(loop->getCond());
    return unknown_loop(loop->getBody());
  }
  if (const auto* loop = dyn_cast<clang::DoStmt>(statement)) {
    const Flow flow = this->statement(loop->getBody());
    (void)value(loop->getCond());
    return flow == Flow::kReturns ? flow : Flow::kGoesOn;
  }
  if (const auto* many = dyn_cast<clang::SwitchStmt>(statement)) return choice(many);
  if (const auto* guarded = dyn_cast<clang::CXXTryStmt>(statement)) return attempt(guarded);
  if (const auto* declarations = dyn_cast<clang::DeclStmt>(statement)) {
    for (const clang::Decl* declaration : declarations->decls()) {
      if (const auto* variable = dyn_cast<clang::VarDecl>(declaration)) declare(variable);
    }
    return thrown_ ? Flow::kReturns : Flow::kGoesOn;
  }
  if (const auto* back = dyn_cast<clang::ReturnStmt>(statement)) return returns(back);
  if (const auto* back = dyn_cast<clang::CoreturnStmt>(statement)) {
    if (back->getOperand() != nullptr) (void)value(back->getOperand());
    return Flow::kReturns;
  }
  if (const auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(statement)) {
    return this->statement(coroutine->getBody());
  }
  if (isa<clang::BreakStmt>(statement)) return Flow::kBreaks;
  if (isa<clang::ContinueStmt>(statement)) return Flow::kContinues;
  // Where it goes from a condition, what follows runs without it.
  if (isa<clang::GotoStmt>(statement)) return conditions_ > 0 ? Flow::kReturns : Flow::kGoesOn;
  if (const auto* label = dyn_cast<clang::LabelStmt>(statement)) {
    return this->statement(label->getSubStmt());
  }
  if (const auto* label = dyn_cast<clang::SwitchCase>(statement)) {
    return this->statement(label->getSubStmt());
  }
  if (const auto* marked = dyn_cast<clang::AttributedStmt>(statement)) {
    return this->statement(marked->getSubStmt());
  }
  const auto* expression = dyn_cast<clang::Expr>(statement);
  if (expression == nullptr) return Flow::kGoesOn;
  (void)value(expression);
  const clang::Expr* inner = bare(expression);
  const auto* call = dyn_cast<clang::CallExpr>(inner);
  const bool leaves =
      isa<clang::CXXThrowExpr>(inner) || (call != nullptr && call->getDirectCallee() != nullptr &&
                                          call->getDirectCallee()->isNoReturn());
  if (leaves) leave(inner);
  return leaves || thrown_ ? Flow::kReturns : Flow::kGoesOn;
}

/// A `throw`, or a call that does not come back.
void Interpreter::leave(const clang::Expr* expression) {
  if (conditions_ > 0) {
    may_have_left_ = may_have_thrown_ = true;
  } else if (!may_have_left_ && !thrown_) {
    thrown_ = sources_.place(expression);
  }
}

Interpreter::Flow Interpreter::attempt(const clang::CXXTryStmt* attempt) {
  const bool had_left = may_have_left_;
  const bool had_thrown = may_have_thrown_;
  Flow flow = statement(attempt->getTryBlock());
  if (thrown_) {
    thrown_.reset();
    flow = Flow::kGoesOn;
  }
  // What is thrown on the way may be caught here.
  may_have_left_ = had_left || flow == Flow::kReturns;
  may_have_thrown_ = had_thrown;
  for (unsigned i = 0; i < attempt->getNumHandlers(); ++i) {
    (void)perhaps(attempt->getHandler(i)->getHandlerBlock());
  }
  return flow;
}

Interpreter::Flow Interpreter::returns(const clang::ReturnStmt* back) {
  const bool conditional = conditions_ > conditions_around_call_;
  if (conditional) may_have_left_ = true;
  if (back->getRetValue() == nullptr) return Flow::kReturns;
  Value result = value(back->getRetValue());
  if (returned_ || conditional) {
    const bool from_source = (!returned_ || returned_->is_from_source()) && result.is_from_source();
    const bool harmless = (!returned_ || returned_->is_harmless()) && result.is_harmless();
    result = unknown(back->getRetValue(), "what is returned depends on a condition", harmless);
    result.unknown()->from_source = from_source;
  }
  returned_ = std::move(result);
  return Flow::kReturns;
}

Interpreter::Flow Interpreter::compound(const clang::CompoundStmt* block) {
  for (const clang::Stmt* inner : block->body()) {
    const Flow flow = statement(inner);
    if (flow != Flow::kGoesOn) return flow;
  }
  return Flow::kGoesOn;
}

/// What runs only where nobody knows whether: its SQL is conditional, and what it sets is unknown
/// behind it.
Interpreter::Flow Interpreter::perhaps(const clang::Stmt* body) {
  if (body == nullptr) return Flow::kGoesOn;
  const Variables before = variables_;
  ++conditions_;
  const Flow flow = statement(body);
  --conditions_;
  if (flow == Flow::kGoesOn || flow == Flow::kContinues) {
    merge(before);
  } else {
    variables_ = before;
  }
  return flow;
}

void Interpreter::merge(const Variables& other) {
  for (auto& [slot, now] : variables_) {
    const auto found = other.find(slot);
    if (found == other.end()) continue;
    const Value& before = found->second;
    if (same_value(now, before) || unchanged(before, now)) continue;
    UnknownValue either = {{},
                           "`" + slot.second->getNameAsString() + "`, which a condition decides"};
    either.harmless = now.is_harmless() && before.is_harmless();
    either.from_source = now.is_from_source() && before.is_from_source();
    now = {std::move(either)};
  }
}

Interpreter::Flow Interpreter::condition(const clang::IfStmt* branch) {
  if (branch->getInit() != nullptr) (void)statement(branch->getInit());
  if (branch->getConditionVariable() != nullptr) declare(branch->getConditionVariable());
  const std::optional<bool> known = truth(branch->getCond());
  if (known) return statement(*known ? branch->getThen() : branch->getElse());
  const Variables before = variables_;
  ++conditions_;
  const Flow then = statement(branch->getThen());
  Variables behind_then = std::exchange(variables_, before);
  const Flow other = branch->getElse() == nullptr ? Flow::kGoesOn : statement(branch->getElse());
  --conditions_;
  if (then != Flow::kGoesOn && other != Flow::kGoesOn) return then;
  if (then != Flow::kGoesOn) {
    // What follows runs only if the condition did not hold.
    return Flow::kGoesOn;
  }
  if (other != Flow::kGoesOn) {
    variables_ = std::move(behind_then);
    return Flow::kGoesOn;
  }
  merge(behind_then);
  return Flow::kGoesOn;
}

Interpreter::Flow Interpreter::choice(const clang::SwitchStmt* choice) {
  if (choice->getConditionVariable() != nullptr) declare(choice->getConditionVariable());
  const std::optional<int64_t> known = value(choice->getCond()).number();
  const auto* body = dyn_cast<clang::CompoundStmt>(choice->getBody());
  // One statement alone, as macros of test libraries write it.
  if (body == nullptr) return known ? statement(choice->getBody()) : perhaps(choice->getBody());
  bool runs = false;
  bool matched = false;
  // Labels stand before their first statement, one within the other.
  const auto enter = [&](const clang::Stmt* inner) {
    while (const auto* label = dyn_cast<clang::SwitchCase>(inner)) {
      if (const auto* one = dyn_cast<clang::CaseStmt>(label);
          one != nullptr && known && !one->getLHS()->isValueDependent()) {
        clang::Expr::EvalResult result;
        if (one->getLHS()->EvaluateAsInt(result, sources_.context()) &&
            result.Val.getInt().tryExtValue() == *known) {
          runs = matched = true;
        }
      }
      if (isa<clang::DefaultStmt>(label) && known && !matched) runs = true;
      inner = label->getSubStmt();
    }
    return inner;
  };
  for (const clang::Stmt* inner : body->body()) {
    const clang::Stmt* bare_statement = enter(inner);
    if (!known) {
      (void)perhaps(bare_statement);
      continue;
    }
    if (!runs) continue;
    const Flow flow = statement(bare_statement);
    if (flow == Flow::kBreaks) return Flow::kGoesOn;
    if (flow != Flow::kGoesOn) return flow;
  }
  return Flow::kGoesOn;
}

Interpreter::Flow Interpreter::range_loop(const clang::CXXForRangeStmt* loop) {
  const Value range = value(loop->getRangeInit());
  const ListValue* elements = range.list();
  const Slot slot = {nullptr, loop->getLoopVariable()};
  if (elements == nullptr || elements->size() > kMostRounds) {
    variables_.erase(slot);
    return unknown_loop(loop->getBody());
  }
  for (const Value& element : *elements) {
    variables_[slot] = element;
    const Flow flow = statement(loop->getBody());
    if (flow == Flow::kReturns) return flow;
    if (flow == Flow::kBreaks) break;
  }
  return Flow::kGoesOn;
}

Interpreter::Flow Interpreter::counted_loop(const clang::ForStmt* loop) {
  if (loop->getInit() != nullptr) (void)statement(loop->getInit());
  for (size_t round = 0; loop->getCond() != nullptr && round < kMostRounds; ++round) {
    const std::optional<bool> goes_on = truth(loop->getCond());
    if (!goes_on) break;
    if (!*goes_on) return Flow::kGoesOn;
    const Flow flow = statement(loop->getBody());
    if (flow == Flow::kReturns) return flow;
    if (flow == Flow::kBreaks) return Flow::kGoesOn;
    if (loop->getInc() != nullptr) (void)value(loop->getInc());
  }
  return unknown_loop(loop->getBody());
}

/// Runs any number of times: what it sets is unknown from the start.
Interpreter::Flow Interpreter::unknown_loop(const clang::Stmt* body) {
  const size_t known = found_.size();
  const size_t lambdas = lambdas_.size();
  const size_t steps = description_ ? description_->steps.size() : 0;
  const Variables before = variables_;
  (void)perhaps(body);  // finds out what changes
  found_.resize(known);
  if (description_) {
    description_->steps.resize(steps);
    description_->places.resize(steps);
  }
  lambdas_.erase(lambdas_.begin() + static_cast<ptrdiff_t>(lambdas), lambdas_.end());
  (void)perhaps(body);
  merge(before);
  return Flow::kGoesOn;
}

}  // namespace belay::cpp
