// Statements: which of them run, and what is known behind them. What expressions are is in
// expressions.cc.
#include "analyzer/cpp/clang/interpreter.h"

#include <utility>

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

constexpr size_t kMostRounds = 256;

}  // namespace

std::vector<SqlText> Interpreter::run(const clang::FunctionDecl* method) {
  found_.clear();
  variables_.clear();
  if (method->doesThisDeclarationHaveABody()) (void)statement(method->getBody());
  return std::move(found_);
}

Value Interpreter::returned_by(const clang::FunctionDecl* method) {
  returned_.reset();
  variables_.clear();
  if (method->doesThisDeclarationHaveABody()) (void)statement(method->getBody());
  if (returned_) return *std::move(returned_);
  return {UnknownValue{sources_.place(method->getSourceRange()), "it returns nothing known"}};
}

Interpreter::Flow Interpreter::statement(const clang::Stmt* statement) {
  if (statement == nullptr || ++steps_ > kMostSteps) return Flow::kGoesOn;
  if (const auto* block = dyn_cast<clang::CompoundStmt>(statement)) return compound(block);
  if (const auto* branch = dyn_cast<clang::IfStmt>(statement)) return condition(branch);
  if (const auto* loop = dyn_cast<clang::CXXForRangeStmt>(statement)) return range_loop(loop);
  if (const auto* loop = dyn_cast<clang::ForStmt>(statement)) return counted_loop(loop);
  if (const auto* loop = dyn_cast<clang::WhileStmt>(statement)) {
    (void)value(loop->getCond());
    return unknown_loop(loop->getBody());
  }
  if (const auto* loop = dyn_cast<clang::DoStmt>(statement)) {
    const Flow flow = this->statement(loop->getBody());
    (void)value(loop->getCond());
    return flow == Flow::kReturns ? flow : Flow::kGoesOn;
  }
  if (const auto* many = dyn_cast<clang::SwitchStmt>(statement)) return choice(many);
  if (const auto* attempt = dyn_cast<clang::CXXTryStmt>(statement)) {
    const Flow flow = this->statement(attempt->getTryBlock());
    for (unsigned i = 0; i < attempt->getNumHandlers(); ++i) {
      (void)perhaps(attempt->getHandler(i)->getHandlerBlock());
    }
    return flow;
  }
  if (const auto* declarations = dyn_cast<clang::DeclStmt>(statement)) {
    for (const clang::Decl* declaration : declarations->decls()) {
      if (const auto* variable = dyn_cast<clang::VarDecl>(declaration)) declare(variable);
    }
    return Flow::kGoesOn;
  }
  if (const auto* back = dyn_cast<clang::ReturnStmt>(statement)) {
    if (back->getRetValue() != nullptr) {
      Value result = value(back->getRetValue());
      if (returned_ || conditions_ > 0) {
        result = unknown(back->getRetValue(), "what is returned depends on a condition");
      }
      returned_ = std::move(result);
    }
    return Flow::kReturns;
  }
  if (isa<clang::BreakStmt>(statement)) return Flow::kBreaks;
  if (isa<clang::ContinueStmt>(statement)) return Flow::kContinues;
  if (const auto* label = dyn_cast<clang::LabelStmt>(statement)) {
    return this->statement(label->getSubStmt());
  }
  if (const auto* marked = dyn_cast<clang::AttributedStmt>(statement)) {
    return this->statement(marked->getSubStmt());
  }
  if (const auto* expression = dyn_cast<clang::Expr>(statement)) (void)value(expression);
  return Flow::kGoesOn;
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
  if (flow == Flow::kGoesOn) {
    merge(before);
  } else {
    variables_ = before;
  }
  return flow;
}

void Interpreter::merge(const Variables& other) {
  for (auto& [variable, now] : variables_) {
    const auto found = other.find(variable);
    if (found == other.end()) continue;
    const TextValue* a = now.text();
    const TextValue* b = found->second.text();
    const bool same = a != nullptr && b != nullptr
                          ? a->bytes == b->bytes && a->holes.empty() == b->holes.empty()
                          : now.number() && now.number() == found->second.number();
    if (same) continue;
    now = {UnknownValue{{}, "`" + variable->getNameAsString() + "`, which a condition decides"}};
  }
}

Interpreter::Flow Interpreter::condition(const clang::IfStmt* branch) {
  if (branch->getInit() != nullptr) (void)statement(branch->getInit());
  if (branch->getConditionVariable() != nullptr) declare(branch->getConditionVariable());
  const std::optional<int64_t> known = value(branch->getCond()).number();
  if (known) return statement(*known != 0 ? branch->getThen() : branch->getElse());
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
  const std::optional<int64_t> known = value(choice->getCond()).number();
  const auto* body = dyn_cast<clang::CompoundStmt>(choice->getBody());
  if (body == nullptr) return Flow::kGoesOn;
  bool runs = false;
  bool matched = false;
  // Labels stand before their first statement, one within the other.
  const auto enter = [&](const clang::Stmt* inner) {
    while (const auto* label = dyn_cast<clang::SwitchCase>(inner)) {
      if (const auto* one = dyn_cast<clang::CaseStmt>(label); one != nullptr && known) {
        clang::Expr::EvalResult result;
        if (one->getLHS()->EvaluateAsInt(result, sources_.context()) &&
            result.Val.getInt().getExtValue() == *known) {
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
  if (elements == nullptr || elements->size() > kMostRounds) {
    variables_.erase(loop->getLoopVariable());
    return unknown_loop(loop->getBody());
  }
  for (const Value& element : *elements) {
    variables_[loop->getLoopVariable()] = element;
    const Flow flow = statement(loop->getBody());
    if (flow == Flow::kReturns) return flow;
    if (flow == Flow::kBreaks) break;
  }
  return Flow::kGoesOn;
}

Interpreter::Flow Interpreter::counted_loop(const clang::ForStmt* loop) {
  if (loop->getInit() != nullptr) (void)statement(loop->getInit());
  for (size_t round = 0; loop->getCond() != nullptr && round < kMostRounds; ++round) {
    const std::optional<int64_t> goes_on = value(loop->getCond()).number();
    if (!goes_on) break;
    if (*goes_on == 0) return Flow::kGoesOn;
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
  const Variables before = variables_;
  (void)perhaps(body);  // finds out what changes
  found_.resize(known);
  (void)perhaps(body);
  merge(before);
  return Flow::kGoesOn;
}

}  // namespace belay::cpp
