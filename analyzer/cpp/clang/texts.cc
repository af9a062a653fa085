// Texts of the standard library, of Qt and in plain buffers: what is known of one that is put
// together. Those with fields are in formats.cc.
#include <array>
#include <string_view>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

template <size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  for (const std::string_view one : names) {
    if (one == name) return true;
  }
  return false;
}

/// Methods that give the same text in another way of keeping it.
constexpr std::array<std::string_view, 15> kSameText = {
    "c_str",    "data",     "str",         "view",         "toStdString",
    "toUtf8",   "toLatin1", "toLocal8Bit", "constData",    "latin1",
    "toString", "utf16",    "Statement",   "GetStatement", "unicode"};
/// Methods that change no byte of it.
constexpr std::array<std::string_view, 7> kKeepsText = {
    "reserve", "shrink_to_fit", "squeeze", "flush", "precision", "width", "setf"};
/// Functions whose text is that of their argument.
constexpr std::array<std::string_view, 13> kSameTextFunctions = {"std::move",
                                                                 "std::forward",
                                                                 "QString::fromUtf8",
                                                                 "QString::fromLatin1",
                                                                 "QString::fromLocal8Bit",
                                                                 "QString::fromStdString",
                                                                 "QString::fromUtf16",
                                                                 "QtPrivate::asString",
                                                                 "QtPrivate::qMakeStringPrivate",
                                                                 "boost::str",
                                                                 "strdup",
                                                                 "g_strdup",
                                                                 "qMakeStringPrivate"};

/// Functions that write a value as text.
constexpr std::array<std::string_view, 5> kWrittenAsText = {"std::to_string", "QString::number",
                                                            "pqxx::to_string", "fmt::to_string",
                                                            "boost::lexical_cast"};

/// What is put into a stream and writes nothing itself.
bool is_manipulator(const clang::Expr* inserted) {
  const clang::QualType type = inserted->getType();
  if (is_callable(type)) return true;
  const std::string name = class_name_of(type);
  return name.starts_with("std::_Set") || name.starts_with("std::_Reset") ||
         name == "std::__iom_t6";
}

bool is_character(clang::QualType type) {
  if (type.isNull()) return false;
  return type.getNonReferenceType()->isAnyCharacterType() || class_name_of(type) == "QChar";
}

const clang::StringLiteral* literal_within(const clang::Stmt* statement) {
  if (const auto* literal = llvm::dyn_cast_or_null<clang::StringLiteral>(statement)) return literal;
  if (statement == nullptr) return nullptr;
  if (const auto* declaration = dyn_cast<clang::DeclStmt>(statement)) {
    for (const clang::Decl* one : declaration->decls()) {
      const auto* variable = dyn_cast<clang::VarDecl>(one);
      if (variable == nullptr) continue;
      if (const auto* found = literal_within(variable->getInit())) return found;
    }
    return nullptr;
  }
  for (const clang::Stmt* inner : statement->children()) {
    if (const auto* found = literal_within(inner)) return found;
  }
  return nullptr;
}

}  // namespace

/// As a text; a known character is one byte of it.
TextValue Interpreter::text_of(const Value& value, const clang::Expr* expression) {
  const std::optional<int64_t> number = value.number();
  const clang::QualType type = expression->getType();
  if (number && is_character(type)) {
    TextValue out;
    out.append(std::string(1, static_cast<char>(*number)), sources_.place(expression));
    return out;
  }
  if (const UnknownValue* why = value.unknown(); why != nullptr && is_number(type)) {
    Value harmless = value;
    harmless.unknown()->harmless = true;
    return harmless.as_text(sources_.place(expression));
  }
  return value.as_text(sources_.place(expression));
}

Value Interpreter::concatenated(const clang::Expr* left, const Value& left_value,
                                const clang::Expr* right, const Value& right_value) {
  TextValue out = text_of(left_value, left);
  out.append(text_of(right_value, right));
  return text_value(std::move(out));
}

Value Interpreter::of_operator(const clang::CXXOperatorCallExpr* call) {
  const Arguments arguments(call->arg_begin(), call->arg_end());
  const clang::Expr* left = arguments.front();
  const clang::Expr* right = arguments.size() > 1 ? arguments[1] : nullptr;
  if (call->getOperator() == clang::OO_Call) {
    // Qt's QStringLiteral is a lambda that is called where it stands.
    if (isa<clang::LambdaExpr>(bare(left)) && class_name_of(call->getType()) == "QString") {
      const auto* literal = literal_within(dyn_cast<clang::LambdaExpr>(bare(left))->getBody());
      if (literal != nullptr) return text_value(sources_.text(literal));
    }
  }
  const Values values = values_of(arguments);
  if (const SqlFunction* function = functions_.find(call)) {
    const size_t object = isa<clang::CXXMethodDecl>(call->getDirectCallee()) ? 1 : 0;
    return note_sql(call, *function, {arguments.begin() + object, arguments.end()},
                    {values.begin() + object, values.end()});
  }
  if (auto continued = of_statement_operator(call, values)) return *std::move(continued);
  const bool text = is_text_class(call->getType()) || is_text_class(left->getType());
  switch (call->getOperator()) {
    case clang::OO_Plus:
      // In a template, or beside an error, types may be missing where values are not.
      if (text || (call->isTypeDependent() &&
                   (values[0].text() != nullptr || values[1].text() != nullptr))) {
        return concatenated(left, values[0], right, values[1]);
      }
      break;
    case clang::OO_PlusEqual:
      if (text) return assigned(left, concatenated(left, values[0], right, values[1]));
      break;
    case clang::OO_Percent:
      if (class_name_of(left->getType()) == "boost::basic_format") {
        return of_boost_argument(call, values[0], values[1]);
      }
      if (text) return concatenated(left, values[0], right, values[1]);
      break;
    case clang::OO_Equal: return assigned(left, values[1]);
    case clang::OO_LessLess:
      if (is_stream(left->getType())) return of_insertion(left, values[0], right, values[1]);
      break;
    case clang::OO_EqualEqual:
    case clang::OO_ExclaimEqual:
      if (values[0].text() != nullptr && values[1].text() != nullptr &&
          values[0].text()->is_whole() && values[1].text()->is_whole()) {
        const bool same = same_value(values[0], values[1]);
        return number_value(same == (call->getOperator() == clang::OO_EqualEqual) ? 1 : 0);
      }
      break;
    case clang::OO_Subscript:
      if (values[0].list() != nullptr) return of_element(values[0], values[1], call);
      break;
    case clang::OO_Arrow:
    case clang::OO_Star: return unknown(call, "an object");
    default: break;
  }
  const bool method = isa_and_nonnull<clang::CXXMethodDecl>(call->getDirectCallee());
  const size_t object = method ? 1 : 0;
  if (call->getOperator() == clang::OO_Call && values[0].function() != nullptr) {
    return of_known_function(*values[0].function(), call, {arguments.begin() + 1, arguments.end()},
                             {values.begin() + 1, values.end()});
  }
  return of_body(call->getDirectCallee(), call, {arguments.begin() + object, arguments.end()},
                 {values.begin() + object, values.end()});
}

/// `out << a << b`: the innermost left side names the stream.
Value Interpreter::of_insertion(const clang::Expr* stream, Value so_far,
                                const clang::Expr* inserted, const Value& inserted_value) {
  if (so_far.text() == nullptr) return unknown(stream, "what a stream holds");
  const auto* name = dyn_cast<clang::DeclRefExpr>(bare(inserted));
  if (name != nullptr && name_of(name->getDecl()) == "std::endl") {
    so_far.text()->append("\n", sources_.place(inserted));
  } else if (!is_manipulator(inserted)) {
    so_far.text()->append(text_of(inserted_value, inserted));
  }
  const clang::Expr* root = bare(stream);
  while (const auto* inner = dyn_cast<clang::CXXOperatorCallExpr>(root)) {
    root = bare(inner->getArg(0));
  }
  return assigned(root, std::move(so_far));
}

std::optional<Value> Interpreter::of_text_construction(const clang::CXXConstructExpr* construction,
                                                       const Values& arguments) {
  const clang::QualType type = construction->getType();
  if (!is_text_class(type) && !is_stream(type)) return std::nullopt;
  if (arguments.empty()) return text_value({});
  const bool alone = construction->getNumArgs() == 1 ||
                     isa<clang::CXXDefaultArgExpr>(construction->getArg(1)) || is_stream(type) ||
                     class_name_of(type).ends_with("Query");
  if (alone) {
    // An empty stream, with flags that say how it is open.
    if (is_stream(type) && arguments[0].text() == nullptr && arguments[0].number()) {
      return text_value({});
    }
    return text_value(text_of(arguments[0], construction->getArg(0)));
  }
  const std::optional<int64_t> size = arguments[1].number();
  const TextValue* text = arguments[0].text();
  if (text != nullptr && size && static_cast<size_t>(*size) == text->bytes.size()) {
    return arguments[0];
  }
  return unknown(construction, "a text that is put together");
}

std::optional<Value> Interpreter::of_text_method(const clang::CXXMemberCallExpr* call,
                                                 const Value& object, const Values& arguments) {
  const clang::Expr* holder = call->getImplicitObjectArgument();
  const clang::QualType type = holder->getType();
  const clang::CXXMethodDecl* callee = call->getMethodDecl();
  if (callee == nullptr || (!is_text_class(type) && !is_stream(type))) return std::nullopt;
  const std::string method = callee->getNameAsString();
  if (method == "str" && arguments.size() == 1) return assigned(holder, arguments[0]);
  if (is_one_of(method, kSameText) || isa<clang::CXXConversionDecl>(callee)) return object;
  if (is_one_of(method, kKeepsText) || (method == "clear" && is_stream(type))) return object;
  if (method == "clear") return assigned(holder, text_value({}));
  if (method == "assign" && arguments.size() == 1) return assigned(holder, arguments[0]);
  if ((method == "append" || method == "push_back") && arguments.size() == 1) {
    return assigned(holder, concatenated(holder, object, call->getArg(0), arguments[0]));
  }
  if ((method == "write" || method == "append") && arguments.size() == 2 &&
      arguments[0].text() != nullptr && arguments[1].number() &&
      static_cast<size_t>(*arguments[1].number()) == arguments[0].text()->bytes.size()) {
    return assigned(holder, concatenated(holder, object, call->getArg(0), arguments[0]));
  }
  if (method == "arg" && class_name_of(type) == "QString") {
    return of_qt_argument(call, object, arguments);
  }
  if (object.text() != nullptr && object.text()->is_whole()) {
    const auto size = static_cast<int64_t>(object.text()->bytes.size());
    if (method == "empty" || method == "isEmpty") return number_value(size == 0 ? 1 : 0);
    if (method == "size" || method == "length") return number_value(size);
  }
  if (method == "setNum" && arguments.size() >= 1) {
    const Value now = arguments[0].number() ? text_value(arguments[0].as_text(sources_.place(call)))
                                            : unknown(call, "a number", /*harmless=*/true);
    return assigned(holder, now);
  }
  if (!callee->isConst() && !callee->isStatic()) {
    return assigned(holder, unknown(call, "a text that " + method + "() has changed"));
  }
  return unknown(call, "the result of " + method + "()");
}

std::optional<Value> Interpreter::of_text_function(const clang::CallExpr* call,
                                                   const std::string& name,
                                                   const Values& arguments) {
  if (arguments.empty()) return std::nullopt;
  const bool literal_operator =
      isa<clang::UserDefinedLiteral>(call) && is_text_class(call->getType());
  if (literal_operator || is_one_of(name, kSameTextFunctions)) return arguments[0];  // "..."sv
  if (is_one_of(name, kWrittenAsText)) {
    if (arguments[0].text() != nullptr) return arguments[0];
    if (arguments[0].number()) return text_value(arguments[0].as_text(sources_.place(call)));
    const UnknownValue* why = arguments[0].unknown();
    const bool harmless =
        is_number(call->getArg(0)->getType()) || (why != nullptr && why->harmless);
    return unknown(call, why == nullptr ? "a value as text" : why->reason, harmless);
  }
  if (arguments.size() != 2) return std::nullopt;
  if (name == "strcpy" || name == "std::strcpy" || name == "stpcpy") {
    return assigned(call->getArg(0), arguments[1]);
  }
  if (name == "strcat" || name == "std::strcat") {
    return assigned(call->getArg(0),
                    concatenated(call->getArg(0), arguments[0], call->getArg(1), arguments[1]));
  }
  return std::nullopt;
}

}  // namespace belay::cpp
