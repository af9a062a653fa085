// Expressions: what is known of their values.
#include <clang/AST/Attr.h>

#include <algorithm>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

/// Empty for operations that are not followed, and for results that are too large.
std::optional<int64_t> computed(clang::BinaryOperatorKind kind, int64_t a, int64_t b) {
  int64_t out = 0;
  switch (kind) {
    case clang::BO_EQ: return a == b ? 1 : 0;
    case clang::BO_NE: return a != b ? 1 : 0;
    case clang::BO_LT: return a < b ? 1 : 0;
    case clang::BO_LE: return a <= b ? 1 : 0;
    case clang::BO_GT: return a > b ? 1 : 0;
    case clang::BO_GE: return a >= b ? 1 : 0;
    case clang::BO_Add:
      return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case clang::BO_Sub:
      return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case clang::BO_Mul:
      return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case clang::BO_Div: return b > 0 ? std::optional(a / b) : std::nullopt;
    default: return std::nullopt;
  }
}

/// What begins a variable that nobody changes: a constant, or a pointer to characters that only
/// this source can change and does not.
bool keeps_its_beginning(const clang::VarDecl* variable, const Sources& sources) {
  const clang::QualType type = variable->getType().getNonReferenceType();
  if (variable->isConstexpr() || type.isConstant(sources.context())) return true;
  if (!variable->hasGlobalStorage() || variable->isExternallyVisible()) return false;
  const clang::QualType element = sources.context().getBaseElementType(type);
  return element->isPointerType() && element->getPointeeType().isConstQualified() &&
         !sources.is_changed(variable);
}

}  // namespace

Value Interpreter::unknown(const clang::Expr* expression, std::string reason, bool harmless) {
  return {UnknownValue{sources_.place(expression), std::move(reason),
                       harmless || is_number(expression->getType())}};
}

Value Interpreter::unknown(const clang::Expr* expression, const UnknownValue& why) {
  UnknownValue out = why;
  out.expression = sources_.place(expression);
  return {std::move(out)};
}

void Interpreter::declare(const clang::VarDecl* variable) {
  const Slot slot = {nullptr, variable};
  if (variable->getInit() == nullptr) {
    variables_.erase(slot);
    return;
  }
  Value initial = value(variable->getInit());
  if (is_stream(variable->getType()) && initial.text() == nullptr) initial = text_value({});
  variables_[slot] = std::move(initial);
}

std::optional<Interpreter::Slot> Interpreter::slot_of(const clang::Expr* expression) const {
  expression = bare(expression);
  if (const auto* use = dyn_cast<clang::DeclRefExpr>(expression)) {
    return Slot(nullptr, use->getDecl());
  }
  const auto* member = dyn_cast<clang::MemberExpr>(expression);
  if (member == nullptr) return std::nullopt;
  const clang::Expr* object = bare(member->getBase());
  if (isa<clang::CXXThisExpr>(object)) return Slot(nullptr, member->getMemberDecl());
  if (const auto* use = dyn_cast<clang::DeclRefExpr>(object)) {
    return Slot(use->getDecl(), member->getMemberDecl());
  }
  return std::nullopt;
}

Value Interpreter::value_of_variable(const clang::ValueDecl* variable, const clang::Expr* use) {
  const std::string name = "`" + variable->getNameAsString() + "`";
  if (const auto* constant = dyn_cast<clang::EnumConstantDecl>(variable)) {
    const auto number = constant->getInitVal().tryExtValue();
    return number ? number_value(*number) : unknown(use, name);
  }
  if (const auto* declared = dyn_cast<clang::VarDecl>(variable)) {
    if (isa<clang::ParmVarDecl>(declared)) return unknown(use, "the parameter " + name);
    if (const clang::Expr* initial = declared->getAnyInitializer();
        initial != nullptr && depth_ < kDeepestCall && keeps_its_beginning(declared, sources_)) {
      ++depth_;
      Value out = value(initial);
      --depth_;
      return out;
    }
    Value out = unknown(use, "the variable " + name);
    // A constant of another source: it stands there, whatever it is.
    out.unknown()->from_source = declared->hasGlobalStorage() && !declared->getAnyInitializer() &&
                                 declared->getType().isConstQualified();
    return out;
  }
  if (const auto* field = dyn_cast<clang::FieldDecl>(variable)) {
    if (field->getType().isConstQualified() && field->hasInClassInitializer() &&
        field->getInClassInitializer() != nullptr) {
      return value(field->getInClassInitializer());
    }
    return unknown(use, "the member " + name);
  }
  if (const auto* function = dyn_cast<clang::FunctionDecl>(variable)) {
    return of_function_name(function);
  }
  return unknown(use, name);
}

/// A member of an object that is known as the list of its members, or by itself.
Value Interpreter::of_member(const clang::MemberExpr* member, const clang::Expr* use) {
  const auto* field = dyn_cast<clang::FieldDecl>(member->getMemberDecl());
  const Value object = value(member->getBase());
  if (field != nullptr && object.list() != nullptr && !field->getParent()->isUnion() &&
      field->getFieldIndex() < object.list()->size()) {
    return (*object.list())[field->getFieldIndex()];
  }
  return value_of_variable(member->getMemberDecl(), use);
}

Value Interpreter::value(const clang::Expr* expression) {
  if (expression == nullptr || ++steps_ > kMostSteps) return {UnknownValue{{}, "too long a way"}};
  const clang::Expr* whole = expression;
  expression = bare(expression);
  if (const auto slot = slot_of(expression)) {
    if (const auto found = variables_.find(*slot); found != variables_.end()) {
      const UnknownValue* why = found->second.unknown();
      return why == nullptr ? found->second : unknown(whole, *why);
    }
  }
  if (const auto* use = dyn_cast<clang::DeclRefExpr>(expression)) {
    return value_of_variable(use->getDecl(), whole);
  }
  if (const auto* member = dyn_cast<clang::MemberExpr>(expression)) return of_member(member, whole);
  if (const auto* literal = dyn_cast<clang::StringLiteral>(expression)) {
    return text_value(sources_.text(literal));
  }
  if (const auto* call = dyn_cast<clang::CXXOperatorCallExpr>(expression)) return of_operator(call);
  if (const auto* call = dyn_cast<clang::CallExpr>(expression)) return of_call(call);
  if (const auto* construction = dyn_cast<clang::CXXConstructExpr>(expression)) {
    return of_construction(construction);
  }
  if (const auto* broken = dyn_cast<clang::RecoveryExpr>(expression)) return of_recovery(broken);
  if (const auto* operation = dyn_cast<clang::BinaryOperator>(expression)) {
    return of_binary(operation);
  }
  if (const auto* operation = dyn_cast<clang::UnaryOperator>(expression)) {
    return of_unary(operation);
  }
  if (const auto* either = dyn_cast<clang::ConditionalOperator>(expression)) {
    return of_condition(either);
  }
  return value_of_parts(whole, expression);
}

/// The rest: what is made of other values, and what is known by itself.
Value Interpreter::value_of_parts(const clang::Expr* whole, const clang::Expr* expression) {
  if (const auto* list = dyn_cast<clang::InitListExpr>(expression)) {
    ListValue elements;
    for (const clang::Expr* element : list->inits()) elements.push_back(value(element));
    // `char a[] = {"text"}`, `std::string{"text"}`
    if (elements.size() == 1 && is_text(list->getType())) return std::move(elements.front());
    return list_value(std::move(elements));
  }
  if (const auto* element = dyn_cast<clang::ArraySubscriptExpr>(expression)) {
    return of_element(value(element->getBase()), value(element->getIdx()), whole);
  }
  if (const auto* truth = dyn_cast<clang::CXXBoolLiteralExpr>(expression)) {
    return number_value(truth->getValue() ? 1 : 0);
  }
  if (const auto* character = dyn_cast<clang::CharacterLiteral>(expression)) {
    return number_value(character->getValue());
  }
  if (isa<clang::CXXNullPtrLiteralExpr, clang::GNUNullExpr>(expression)) return number_value(0);
  if (const auto* lambda = dyn_cast<clang::LambdaExpr>(expression)) {
    return of_lambda(lambda);
  }
  if (!expression->isValueDependent()) {
    clang::Expr::EvalResult result;
    if (expression->EvaluateAsInt(result, sources_.context(), clang::Expr::SE_NoSideEffects)) {
      const auto number = result.Val.getInt().tryExtValue();
      return number ? number_value(*number) : unknown(whole, "a number");
    }
  }
  if (!isa<clang::UnaryExprOrTypeTraitExpr>(expression)) {
    for (const clang::Stmt* part : expression->children()) {
      if (const auto* inner = llvm::dyn_cast_or_null<clang::Expr>(part)) {
        (void)value(inner);
      } else if (part != nullptr) {
        (void)statement(part);
      }
    }
  }
  return unknown(whole, "an expression");
}

Value Interpreter::of_unary(const clang::UnaryOperator* operation) {
  Value inner = value(operation->getSubExpr());
  const std::optional<int64_t> number = inner.number();
  switch (operation->getOpcode()) {
    case clang::UO_LNot:
      if (number) return number_value(*number == 0 ? 1 : 0);
      break;
    case clang::UO_Minus:
      if (const auto negative = number ? computed(clang::BO_Sub, 0, *number) : number) {
        return number_value(*negative);
      }
      break;
    case clang::UO_PreInc:
    case clang::UO_PostInc:
    case clang::UO_PreDec:
    case clang::UO_PostDec: {
      if (!number) {
        (void)assigned(operation->getSubExpr(), unknown(operation, "an expression"));
        break;
      }
      const auto next = computed(clang::BO_Add, *number, operation->isIncrementOp() ? 1 : -1);
      const int64_t now = next.value_or(*number);
      (void)assigned(operation->getSubExpr(), number_value(now));
      return number_value(operation->isPrefix() ? now : *number);
    }
    case clang::UO_AddrOf:
    case clang::UO_Deref:
    case clang::UO_Coawait:
    case clang::UO_Extension: return inner;
    default: break;
  }
  return unknown(operation, "an expression");
}

Value Interpreter::perhaps_value(const clang::Expr* expression) {
  ++conditions_;
  Value out = value(expression);
  --conditions_;
  return out;
}

Value Interpreter::of_condition(const clang::ConditionalOperator* either) {
  const std::optional<bool> known = truth(either->getCond());
  if (known) return value(*known ? either->getTrueExpr() : either->getFalseExpr());
  const Value a = perhaps_value(either->getTrueExpr());
  const Value b = perhaps_value(either->getFalseExpr());
  if (same_value(a, b)) return a;
  Value out = unknown(either, "what a condition decides", a.is_harmless() && b.is_harmless());
  out.unknown()->from_source = a.is_from_source() && b.is_from_source();
  return out;
}

/// A known text is a pointer to something.
std::optional<bool> Interpreter::truth(const clang::Expr* condition) {
  const Value known = value(condition);
  if (const auto number = known.number()) return *number != 0;
  const clang::QualType type = bare(condition)->getType();
  const bool points = is_text(type) && !is_text_class(type);
  return known.text() != nullptr && points ? std::optional(true) : std::nullopt;
}

Value Interpreter::of_element(const Value& list, const Value& index, const clang::Expr* use) {
  const std::optional<int64_t> at = index.number();
  if (list.list() != nullptr && at && *at >= 0 && static_cast<size_t>(*at) < list.list()->size()) {
    return (*list.list())[static_cast<size_t>(*at)];
  }
  Value out = unknown(use, "an element that is not known");
  const bool chosen =
      list.list() != nullptr && std::all_of(list.list()->begin(), list.list()->end(),
                                            [](const Value& one) { return one.is_from_source(); });
  out.unknown()->from_source = chosen;
  return out;
}

Value Interpreter::assigned(const clang::Expr* target, Value now) {
  if (is_set_in_builder(target)) return now;
  if (const auto slot = slot_of(target)) {
    variables_[*slot] = now;
    return now;
  }
  // `text[0] = 0` empties a buffer; another element makes another text of it.
  if (const auto* element = dyn_cast<clang::ArraySubscriptExpr>(bare(target))) {
    const auto slot = slot_of(element->getBase());
    const auto found = slot ? variables_.find(*slot) : variables_.end();
    if (found == variables_.end() && !(slot && is_text(element->getBase()->getType()))) return now;
    const bool empties =
        value(element->getIdx()).number() == 0 && now.number() && *now.number() == 0;
    variables_[*slot] = empties ? text_value({}) : unknown(target, "a text that is put together");
  }
  return now;
}

Value Interpreter::of_binary(const clang::BinaryOperator* operation) {
  const clang::Expr* left = operation->getLHS();
  const clang::Expr* right = operation->getRHS();
  const clang::BinaryOperatorKind kind = operation->getOpcode();
  if (kind == clang::BO_Assign) return assigned(left, value(right));
  if (kind == clang::BO_Comma) {
    (void)value(left);
    return value(right);
  }
  if (operation->isLogicalOp()) {
    const std::optional<bool> a = truth(left);
    if (a && *a == (kind == clang::BO_LOr)) return number_value(*a ? 1 : 0);
    if (!a) {
      (void)perhaps_value(right);
      return unknown(operation, "an expression");
    }
    const std::optional<bool> b = truth(right);
    return b ? number_value(*b ? 1 : 0) : unknown(operation, "an expression");
  }
  const Value left_value = value(left);
  const Value right_value = value(right);
  if (kind == clang::BO_Add && operation->isTypeDependent() &&
      (left_value.text() != nullptr || right_value.text() != nullptr)) {
    return concatenated(left, left_value, right, right_value);
  }
  const std::optional<int64_t> a = left_value.number();
  const std::optional<int64_t> b = right_value.number();
  if (!a || !b) {
    Value out = unknown(operation, "an expression");
    return operation->isCompoundAssignmentOp() ? assigned(left, std::move(out)) : out;
  }
  const bool assigns = operation->isCompoundAssignmentOp();
  const auto result =
      computed(assigns ? clang::BinaryOperator::getOpForCompoundAssignment(kind) : kind, *a, *b);
  Value out = result ? number_value(*result) : unknown(operation, "an expression");
  return assigns ? assigned(left, std::move(out)) : out;
}

}  // namespace belay::cpp
