// Expressions: what is known of their values, and the calls in them that run SQL.
#include <clang/AST/Attr.h>

#include <algorithm>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

constexpr int kDeepestCall = 8;

/// What an expression only wraps.
const clang::Expr* within(const clang::Expr* whole) {
  if (const auto* e = dyn_cast<clang::ExprWithCleanups>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::MaterializeTemporaryExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::CXXBindTemporaryExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::ConstantExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::CXXDefaultArgExpr>(whole)) return e->getExpr();
  if (const auto* e = dyn_cast<clang::CXXDefaultInitExpr>(whole)) return e->getExpr();
  if (const auto* e = dyn_cast<clang::ExplicitCastExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::CXXStdInitializerListExpr>(whole)) return e->getSubExpr();
  return whole;
}

const clang::Expr* bare(const clang::Expr* expression) {
  for (;;) {
    const clang::Expr* inner = within(expression->IgnoreParenImpCasts());
    if (inner == expression) return inner;
    expression = inner;
  }
}

/// `std::__cxx11::basic_string` is `std::basic_string`.
std::string name_of(const clang::NamedDecl* declaration) {
  std::string out = declaration->getQualifiedNameAsString();
  for (const char* inner : {"__cxx11::", "__1::"}) {
    const std::string_view piece = inner;
    for (size_t at = out.find(piece); at != std::string::npos; at = out.find(piece)) {
      out.erase(at, piece.size());
    }
  }
  return out;
}

std::string class_name_of(clang::QualType type) {
  const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record == nullptr ? std::string() : name_of(record);
}

bool is_text(clang::QualType type) {
  const std::string name = class_name_of(type);
  return name == "std::basic_string" || name == "std::basic_string_view";
}

bool is_stream(clang::QualType type) {
  const std::string name = class_name_of(type);
  return name == "std::basic_ostringstream" || name == "std::basic_stringstream" ||
         name == "std::basic_ostream" || name == "std::basic_iostream";
}

Value text_value(TextValue text) { return {std::move(text)}; }
Value number_value(int64_t number) { return {number}; }

}  // namespace

Value Interpreter::unknown(const clang::Expr* expression, std::string reason) {
  return {UnknownValue{sources_.place(expression), std::move(reason)}};
}

void Interpreter::declare(const clang::VarDecl* variable) {
  if (variable->getInit() == nullptr) {
    variables_.erase(variable);
    return;
  }
  Value initial = value(variable->getInit());
  if (is_stream(variable->getType()) && initial.text() == nullptr) initial = text_value({});
  variables_[variable] = std::move(initial);
}

const clang::ValueDecl* Interpreter::variable_of(const clang::Expr* expression) const {
  expression = bare(expression);
  if (const auto* use = dyn_cast<clang::DeclRefExpr>(expression)) return use->getDecl();
  if (const auto* member = dyn_cast<clang::MemberExpr>(expression)) return member->getMemberDecl();
  return nullptr;
}

Value Interpreter::value_of_variable(const clang::ValueDecl* variable, const clang::Expr* use) {
  const std::string name = "`" + variable->getNameAsString() + "`";
  if (const auto found = variables_.find(variable); found != variables_.end()) {
    if (const UnknownValue* why = found->second.unknown(); why != nullptr) {
      return unknown(use, why->reason);
    }
    return found->second;
  }
  if (const auto* constant = dyn_cast<clang::EnumConstantDecl>(variable)) {
    return number_value(constant->getInitVal().getExtValue());
  }
  if (const auto* declared = dyn_cast<clang::VarDecl>(variable)) {
    const bool fixed = declared->getType().isConstQualified() || declared->isConstexpr();
    if (isa<clang::ParmVarDecl>(declared)) return unknown(use, "the parameter " + name);
    if (const clang::Expr* initial = declared->getAnyInitializer();
        fixed && initial != nullptr && depth_ < kDeepestCall) {
      ++depth_;
      Value out = value(initial);
      --depth_;
      return out;
    }
    return unknown(use, "the variable " + name);
  }
  if (const auto* field = dyn_cast<clang::FieldDecl>(variable)) {
    if (field->getType().isConstQualified() && field->hasInClassInitializer()) {
      return value(field->getInClassInitializer());
    }
    return unknown(use, "the member " + name);
  }
  return unknown(use, name);
}

Value Interpreter::value(const clang::Expr* expression) {
  if (expression == nullptr || ++steps_ > kMostSteps) return {UnknownValue{{}, "too long a way"}};
  const clang::Expr* whole = expression;
  expression = bare(expression);
  if (const auto* literal = dyn_cast<clang::StringLiteral>(expression)) {
    return text_value(sources_.text(literal));
  }
  if (const auto* call = dyn_cast<clang::CXXOperatorCallExpr>(expression)) return of_operator(call);
  if (const auto* call = dyn_cast<clang::CallExpr>(expression)) return of_call(call);
  if (const auto* construction = dyn_cast<clang::CXXConstructExpr>(expression)) {
    return of_construction(construction);
  }
  if (const auto* list = dyn_cast<clang::InitListExpr>(expression)) {
    auto elements = std::make_shared<ListValue>();
    for (const clang::Expr* element : list->inits()) elements->push_back(value(element));
    return {std::shared_ptr<const ListValue>(std::move(elements))};
  }
  if (const auto* operation = dyn_cast<clang::BinaryOperator>(expression)) {
    return of_binary(operation);
  }
  if (const auto* operation = dyn_cast<clang::UnaryOperator>(expression)) {
    const Value inner = value(operation->getSubExpr());
    const std::optional<int64_t> number = inner.number();
    switch (operation->getOpcode()) {
      case clang::UO_LNot:
        if (number) return number_value(*number == 0 ? 1 : 0);
        break;
      case clang::UO_Minus:
        if (number) return number_value(-*number);
        break;
      case clang::UO_PreInc:
      case clang::UO_PostInc:
      case clang::UO_PreDec:
      case clang::UO_PostDec: {
        if (!number) break;
        const int64_t now = *number + (operation->isIncrementOp() ? 1 : -1);
        (void)assigned(operation->getSubExpr(), number_value(now));
        return number_value(operation->isPrefix() ? now : *number);
      }
      case clang::UO_AddrOf:
      case clang::UO_Deref: return inner;
      default: break;
    }
    return unknown(whole, "an expression");
  }
  if (const auto* either = dyn_cast<clang::ConditionalOperator>(expression)) {
    const std::optional<int64_t> known = value(either->getCond()).number();
    if (known) return value(*known != 0 ? either->getTrueExpr() : either->getFalseExpr());
    (void)value(either->getTrueExpr());
    (void)value(either->getFalseExpr());
    return unknown(whole, "what a condition decides");
  }
  if (const auto* truth = dyn_cast<clang::CXXBoolLiteralExpr>(expression)) {
    return number_value(truth->getValue() ? 1 : 0);
  }
  if (const auto* character = dyn_cast<clang::CharacterLiteral>(expression)) {
    return number_value(character->getValue());
  }
  if (const clang::ValueDecl* variable = variable_of(expression)) {
    return value_of_variable(variable, whole);
  }
  if (!expression->isValueDependent()) {
    clang::Expr::EvalResult result;
    if (expression->EvaluateAsInt(result, sources_.context(), clang::Expr::SE_NoSideEffects)) {
      return number_value(result.Val.getInt().getExtValue());
    }
  }
  return unknown(whole, "an expression");
}

/// Adds what an expression is, as a text; a `char` is one byte of it.
void Interpreter::add(TextValue& text, const clang::Expr* expression) {
  const Value more = value(expression);
  const std::optional<int64_t> number = more.number();
  if (!number || !bare(expression)->getType()->isAnyCharacterType()) {
    return text.append(more.as_text(sources_.place(expression)));
  }
  text.bytes += static_cast<char>(*number);
  text.places.push_back(sources_.place(expression));
}

Value Interpreter::concatenated(const clang::Expr* left, const clang::Expr* right) {
  TextValue out;
  add(out, left);
  add(out, right);
  return text_value(std::move(out));
}

Value Interpreter::assigned(const clang::Expr* target, Value now) {
  if (const clang::ValueDecl* variable = variable_of(target)) variables_[variable] = now;
  return now;
}

Value Interpreter::of_binary(const clang::BinaryOperator* operation) {
  const clang::Expr* left = operation->getLHS();
  const clang::Expr* right = operation->getRHS();
  if (operation->getOpcode() == clang::BO_Assign) return assigned(left, value(right));
  if (operation->getOpcode() == clang::BO_Comma) {
    (void)value(left);
    return value(right);
  }
  const std::optional<int64_t> a = value(left).number();
  if (operation->getOpcode() == clang::BO_LAnd && a && *a == 0) return number_value(0);
  if (operation->getOpcode() == clang::BO_LOr && a && *a != 0) return number_value(1);
  const std::optional<int64_t> b = value(right).number();
  if (!a || !b) {
    if (operation->isCompoundAssignmentOp()) {
      return assigned(left, unknown(operation, "an expression"));
    }
    return unknown(operation, "an expression");
  }
  switch (operation->getOpcode()) {
    case clang::BO_EQ: return number_value(*a == *b ? 1 : 0);
    case clang::BO_NE: return number_value(*a != *b ? 1 : 0);
    case clang::BO_LT: return number_value(*a < *b ? 1 : 0);
    case clang::BO_LE: return number_value(*a <= *b ? 1 : 0);
    case clang::BO_GT: return number_value(*a > *b ? 1 : 0);
    case clang::BO_GE: return number_value(*a >= *b ? 1 : 0);
    case clang::BO_LAnd: return number_value(*a != 0 && *b != 0 ? 1 : 0);
    case clang::BO_LOr: return number_value(*a != 0 || *b != 0 ? 1 : 0);
    case clang::BO_Add: return number_value(*a + *b);
    case clang::BO_Sub: return number_value(*a - *b);
    case clang::BO_Mul: return number_value(*a * *b);
    case clang::BO_AddAssign: return assigned(left, number_value(*a + *b));
    case clang::BO_SubAssign: return assigned(left, number_value(*a - *b));
    default: return unknown(operation, "an expression");
  }
}

Value Interpreter::of_operator(const clang::CXXOperatorCallExpr* call) {
  const clang::Expr* left = call->getArg(0);
  const clang::Expr* right = call->getNumArgs() > 1 ? call->getArg(1) : nullptr;
  const bool text = is_text(call->getType()) || is_text(left->getType());
  switch (call->getOperator()) {
    case clang::OO_Plus:
      if (text) return concatenated(left, right);
      break;
    case clang::OO_PlusEqual:
      if (text) return assigned(left, concatenated(left, right));
      break;
    case clang::OO_Equal: return assigned(left, value(right));
    case clang::OO_LessLess:
      if (is_stream(left->getType())) return of_insertion(left, right);
      break;
    case clang::OO_EqualEqual:
    case clang::OO_ExclaimEqual: {
      const Value a = value(left);
      const Value b = value(right);
      if (a.text() != nullptr && b.text() != nullptr && a.text()->holes.empty() &&
          b.text()->holes.empty()) {
        const bool same = a.text()->bytes == b.text()->bytes;
        return number_value(same == (call->getOperator() == clang::OO_EqualEqual) ? 1 : 0);
      }
      break;
    }
    case clang::OO_Subscript: {
      const Value list = value(left);
      const std::optional<int64_t> index = value(right).number();
      if (list.list() != nullptr && index && *index >= 0 &&
          static_cast<size_t>(*index) < list.list()->size()) {
        return (*list.list())[static_cast<size_t>(*index)];
      }
      break;
    }
    default: break;
  }
  return of_body(call->getDirectCallee(), call);
}

/// `out << a << b`: the innermost left side names the stream.
Value Interpreter::of_insertion(const clang::Expr* stream, const clang::Expr* inserted) {
  Value so_far = value(stream);
  if (so_far.text() == nullptr) return unknown(stream, "what a stream holds");
  add(*so_far.text(), inserted);
  const clang::Expr* root = bare(stream);
  while (const auto* inner = dyn_cast<clang::CXXOperatorCallExpr>(root))
    root = bare(inner->getArg(0));
  return assigned(root, std::move(so_far));
}

Value Interpreter::of_construction(const clang::CXXConstructExpr* construction) {
  if (construction->getNumArgs() == 0) {
    if (is_text(construction->getType()) || is_stream(construction->getType())) {
      return text_value({});
    }
    return unknown(construction, "an object");
  }
  const Value first = value(construction->getArg(0));
  if (is_text(construction->getType())) {
    const bool alone =
        construction->getNumArgs() == 1 || isa<clang::CXXDefaultArgExpr>(construction->getArg(1));
    if (alone) return first;
    const std::optional<int64_t> size = value(construction->getArg(1)).number();
    if (first.text() != nullptr && size &&
        static_cast<size_t>(*size) == first.text()->bytes.size()) {
      return first;
    }
    return unknown(construction, "a text that is put together");
  }
  return first;  // a copy, or a container of a list
}

std::optional<int64_t> Interpreter::engine_number(const clang::CallExpr* call) const {
  const clang::EnumDecl* type = nullptr;
  if (const auto* e = call->getType()->getAs<clang::EnumType>()) type = e->getDecl();
  if (type == nullptr) return std::nullopt;
  const char* wanted = engine_ == Engine::kSqlite     ? "kSqlite"
                       : engine_ == Engine::kPostgres ? "kPostgres"
                       : engine_ == Engine::kMysql    ? "kMysql"
                                                      : "kMariadb";
  for (const clang::EnumConstantDecl* constant : type->enumerators()) {
    if (constant->getName() == wanted) return constant->getInitVal().getExtValue();
  }
  return std::nullopt;
}

bool Interpreter::note_sql(const clang::CallExpr* call, const std::string& name) {
  for (const SqlFunction& function : functions_) {
    if (function.name != name || function.argument >= call->getNumArgs()) continue;
    const clang::Expr* argument = call->getArg(function.argument);
    TextValue text = value(argument).as_text(sources_.place(argument));
    SqlText found;
    found.text = std::move(text.bytes);
    found.places = std::move(text.places);
    found.holes = std::move(text.holes);
    found.call = sources_.place(call);
    found.conditional = conditions_ > 0;
    found.library = function.library;
    found_.push_back(std::move(found));
    return true;
  }
  return false;
}

Value Interpreter::of_call(const clang::CallExpr* call) {
  const clang::FunctionDecl* callee = call->getDirectCallee();
  if (callee == nullptr) {
    for (const clang::Expr* argument : call->arguments()) (void)value(argument);
    forget_what_it_may_change(call);
    return unknown(call, "the result of a call");
  }
  const std::string name = name_of(callee);
  if (note_sql(call, name)) return unknown(call, "what the database answers");
  if (isa<clang::UserDefinedLiteral>(call) && name.starts_with("std::") &&
      is_text(call->getType())) {
    return value(call->getArg(0));  // "..."s, "..."sv
  }
  if (name == "std::to_string" && call->getNumArgs() == 1) {
    const Value number = value(call->getArg(0));
    if (number.number()) return text_value(number.as_text(sources_.place(call)));
    return unknown(call, number.unknown() != nullptr ? number.unknown()->reason : "a number");
  }
  if (name == "std::format" || name == "fmt::format" || name.starts_with("fmt::v")) {
    return of_format(call);
  }
  if (name == "std::move" || name == "std::forward") return value(call->getArg(0));
  if (const auto* member = dyn_cast<clang::CXXMemberCallExpr>(call)) {
    return of_member_call(member, name);
  }
  return of_body(callee, call);
}

Value Interpreter::of_member_call(const clang::CXXMemberCallExpr* call, const std::string& name) {
  const clang::Expr* object = call->getImplicitObjectArgument();
  if (name == "belay::Database::is_sqlite") return number_value(engine_ == Engine::kSqlite ? 1 : 0);
  if (name == "belay::Database::is_postgres") {
    return number_value(engine_ == Engine::kPostgres ? 1 : 0);
  }
  if (name == "belay::Database::is_mysql") {
    return number_value(engine_ == Engine::kMysql || engine_ == Engine::kMariadb ? 1 : 0);
  }
  if (name == "belay::Database::engine") {
    if (const auto number = engine_number(call)) return number_value(*number);
  }
  if (object != nullptr && (is_text(object->getType()) || is_stream(object->getType()))) {
    const std::string method = call->getMethodDecl()->getNameAsString();
    if (method == "c_str" || method == "data" || method == "str" || method == "view" ||
        method.starts_with("operator basic_string_view")) {
      return value(object);
    }
    if ((method == "append" || method == "push_back") && call->getNumArgs() == 1) {
      return assigned(object, concatenated(object, call->getArg(0)));
    }
    if (method == "empty" || method == "size" || method == "length") {
      const Value text = value(object);
      if (text.text() != nullptr && text.text()->holes.empty()) {
        const auto size = static_cast<int64_t>(text.text()->bytes.size());
        return number_value(method == "empty" ? (size == 0 ? 1 : 0) : size);
      }
    }
    if (!call->getMethodDecl()->isConst()) {
      return assigned(object, unknown(call, "a text that " + method + "() has changed"));
    }
    return unknown(call, "the result of " + method + "()");
  }
  return of_body(call->getMethodDecl(), call);
}

Value Interpreter::of_format(const clang::CallExpr* call) {
  const Value format = value(call->getArg(0));
  const TextValue* text = format.text();
  if (text == nullptr) return unknown(call, "a format that is not known");
  TextValue out;
  unsigned next = 1;
  for (size_t i = 0; i < text->bytes.size(); ++i) {
    const char c = text->bytes[i];
    const bool twice = i + 1 < text->bytes.size() && text->bytes[i + 1] == c;
    if ((c == '{' || c == '}') && twice) ++i;
    if (c != '{' || twice) {
      out.bytes += c;
      out.places.push_back(text->places[i]);
      continue;
    }
    const size_t end = text->bytes.find('}', i);
    if (end == std::string::npos) return unknown(call, "a format that is not known");
    const std::string_view field = std::string_view(text->bytes).substr(i + 1, end - i - 1);
    unsigned index = next;
    if (field.empty()) {
      ++next;
    } else if (field.find_first_not_of("0123456789") == std::string_view::npos) {
      index = static_cast<unsigned>(std::stoul(std::string(field))) + 1;
    } else {
      out.append_hole(sources_.place(call), "a field of the format");
      ++next;
      i = end;
      continue;
    }
    if (index >= call->getNumArgs()) return unknown(call, "a format without its values");
    const clang::Expr* argument = call->getArg(index);
    out.append(value(argument).as_text(sources_.place(argument)));
    i = end;
  }
  return text_value(std::move(out));
}

/// Whatever is handed over by reference may be another thing afterwards.
void Interpreter::forget_what_it_may_change(const clang::CallExpr* call) {
  for (const clang::Expr* argument : call->arguments()) {
    const clang::Expr* inner = bare(argument);
    if (const auto* address = dyn_cast<clang::UnaryOperator>(inner);
        address != nullptr && address->getOpcode() == clang::UO_AddrOf) {
      inner = bare(address->getSubExpr());
    } else if (!inner->isLValue() || inner->getType().isConstQualified()) {
      continue;
    }
    const auto found = variables_.find(variable_of(inner));
    if (found == variables_.end()) continue;
    found->second = {UnknownValue{
        {}, "`" + found->first->getNameAsString() + "`, which a call may have changed"}};
  }
}

Value Interpreter::of_body(const clang::FunctionDecl* function, const clang::CallExpr* call) {
  const clang::FunctionDecl* body = nullptr;
  const std::string name = function == nullptr ? "a call" : function->getNameAsString() + "()";
  const bool followed = function != nullptr && function->hasBody(body) && depth_ < kDeepestCall &&
                        !sources_.manager().isInSystemHeader(body->getLocation()) &&
                        !name_of(function).starts_with("belay::");
  std::vector<Value> arguments;
  for (const clang::Expr* argument : call->arguments()) arguments.push_back(value(argument));
  if (!followed) {
    const bool takes_references =
        function != nullptr &&
        std::any_of(function->param_begin(), function->param_end(), [](const auto* parameter) {
          const clang::QualType type = parameter->getType();
          return (type->isReferenceType() || type->isPointerType()) &&
                 !type->getPointeeType().isConstQualified();
        });
    if (takes_references) forget_what_it_may_change(call);
    return unknown(call, "the result of " + name);
  }
  const size_t skipped =
      isa<clang::CXXOperatorCallExpr>(call) && isa<clang::CXXMethodDecl>(body) ? 1 : 0;
  Variables outer = variables_;
  for (unsigned i = 0; i < body->getNumParams() && i + skipped < arguments.size(); ++i) {
    variables_[body->getParamDecl(i)] = arguments[i + skipped];
  }
  const std::optional<Value> around = std::exchange(returned_, std::nullopt);
  ++depth_;
  (void)statement(body->getBody());
  --depth_;
  Value result = returned_ ? *std::move(returned_) : unknown(call, "the result of " + name);
  returned_ = around;
  variables_ = std::move(outer);
  forget_what_it_may_change(call);
  return result;
}

}  // namespace belay::cpp
