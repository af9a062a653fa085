// Calls: of functions that are known by name, and of those of the source, which are followed.
#include <clang/AST/Attr.h>

#include <algorithm>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

bool is_growing_list(clang::QualType type) {
  const std::string name = class_name_of(type);
  return name == "std::vector" || name == "QStringList" || name == "QList" || name == "QVector";
}

/// The number of the engine that is asked for among those of the enumeration that a call returns.
std::optional<int64_t> number_of_engine(const clang::CallExpr* call, Engine engine) {
  const auto* type = call->getType()->getAs<clang::EnumType>();
  if (type == nullptr) return std::nullopt;
  const char* wanted = engine == Engine::kSqlite     ? "kSqlite"
                       : engine == Engine::kPostgres ? "kPostgres"
                       : engine == Engine::kMysql    ? "kMysql"
                                                     : "kMariadb";
  for (const clang::EnumConstantDecl* constant : type->getDecl()->enumerators()) {
    if (constant->getName() == wanted) return constant->getInitVal().tryExtValue();
  }
  return std::nullopt;
}

bool is_within(const clang::Decl* declaration, const clang::FunctionDecl* function) {
  for (const clang::DeclContext* around = declaration->getDeclContext(); around != nullptr;
       around = around->getParent()) {
    const auto* outer = dyn_cast<clang::FunctionDecl>(around);
    if (outer != nullptr && outer->getCanonicalDecl() == function->getCanonicalDecl()) return true;
  }
  return false;
}

}  // namespace

Interpreter::Values Interpreter::values_of(const Arguments& arguments) {
  Values out;
  for (const clang::Expr* argument : arguments) out.push_back(value(argument));
  return out;
}

Value Interpreter::of_call(const clang::CallExpr* call) {
  const clang::FunctionDecl* callee = call->getDirectCallee();
  const auto* member = dyn_cast<clang::CXXMemberCallExpr>(call);
  const clang::Expr* object = member == nullptr ? nullptr : member->getImplicitObjectArgument();
  const Value object_value = object == nullptr ? Value{} : value(object);
  if (callee == nullptr) (void)value(call->getCallee());
  const Arguments arguments(call->arg_begin(), call->arg_end());
  const Values values = values_of(arguments);
  if (const SqlFunction* function = functions_.find(call)) {
    return note_sql(call, *function, arguments, values);
  }
  if (callee == nullptr) {
    lose_builder_objects(values, call, "what a call makes of it");
    note_unseen(nullptr, call, arguments);
    forget_what_it_may_change(arguments);
    return unknown(call, "the result of a call");
  }
  const std::string name = name_of(callee);
  if (auto known = of_engine_question(call, name)) return *std::move(known);
  if (auto told = of_builder(call, name, object_value, arguments, values)) return *std::move(told);
  if (auto quoted = of_quoting(call, callee, name, arguments)) return *std::move(quoted);
  if (auto text = of_text_function(call, name, values)) return *std::move(text);
  if (auto text = of_format_function(call, name, values)) return *std::move(text);
  if (member != nullptr && object != nullptr) {
    if (auto text = of_text_method(member, object_value, values)) return *std::move(text);
    if (auto list = of_list_method(member, object_value, values)) return *std::move(list);
  }
  return of_body(callee, call, arguments, values);
}

/// A call that the compiler could not make sense of, for want of a header: its name may still say
/// what it is.
Value Interpreter::of_recovery(const clang::RecoveryExpr* broken) {
  const auto parts = const_cast<clang::RecoveryExpr*>(broken)->subExpressions();
  if (parts.empty()) return unknown(broken, "an expression");
  const Arguments all(parts.begin(), parts.end());
  const SqlFunction* function = functions_.find(broken);
  if (function == nullptr) {
    (void)values_of(all);
    return unknown(broken, "an expression");
  }
  const Arguments arguments(all.begin() + 1, all.end());
  return note_sql(broken, *function, arguments, values_of(arguments));
}

std::optional<Value> Interpreter::of_engine_question(const clang::CallExpr* call,
                                                     const std::string& name) {
  if (!name.starts_with("belay::Database::")) return std::nullopt;
  const std::string method = name.substr(name.rfind(':') + 1);
  if (method == "engine") {
    asked_for_engine_ = true;
    const auto number = number_of_engine(call, engine_);
    return number ? std::optional(number_value(*number)) : std::nullopt;
  }
  const auto answer = [&](bool is) {
    asked_for_engine_ = true;
    return number_value(is ? 1 : 0);
  };
  if (method == "is_sqlite") return answer(engine_ == Engine::kSqlite);
  if (method == "is_postgres") return answer(engine_ == Engine::kPostgres);
  if (method == "is_mysql") {
    return answer(engine_ == Engine::kMysql || engine_ == Engine::kMariadb);
  }
  return std::nullopt;
}

/// Lists that grow are known as long as each element is added where it can be seen.
std::optional<Value> Interpreter::of_list_method(const clang::CXXMemberCallExpr* call,
                                                 const Value& object, const Values& arguments) {
  const clang::Expr* holder = call->getImplicitObjectArgument();
  if (object.list() == nullptr || call->getMethodDecl() == nullptr) return std::nullopt;
  const std::string method = call->getMethodDecl()->getNameAsString();
  if (is_growing_list(holder->getType()) && arguments.size() == 1 &&
      (method == "push_back" || method == "emplace_back" || method == "append")) {
    ListValue longer = *object.list();
    longer.push_back(arguments[0]);
    return assigned(holder, list_value(std::move(longer)));
  }
  if (method == "size") return number_value(static_cast<int64_t>(object.list()->size()));
  if (method == "empty") return number_value(object.list()->empty() ? 1 : 0);
  if (method == "at" && arguments.size() == 1) return of_element(object, arguments[0], call);
  if (!call->getMethodDecl()->isConst() && method != "begin" && method != "end") {
    (void)assigned(holder, unknown(holder, "a list that " + method + "() may have changed"));
  }
  return std::nullopt;
}

Value Interpreter::of_construction(const clang::CXXConstructExpr* construction) {
  const Arguments arguments(construction->arg_begin(), construction->arg_end());
  const Values values = values_of(arguments);
  const clang::CXXConstructorDecl* constructor = construction->getConstructor();
  if (const SqlFunction* function = functions_.find(construction);
      function != nullptr && !constructor->isCopyOrMoveConstructor()) {
    return note_sql(construction, *function, arguments, values);
  }
  if (auto text = of_text_construction(construction, values)) return *std::move(text);
  if (!constructor->isImplicit() && functions_.reached_from(constructor)) {
    (void)of_body(constructor, construction, arguments, values);
    return unknown(construction, "an object");
  }
  if (!values.empty()) return values.front();  // a copy, or a container of a list
  if (is_growing_list(construction->getType())) return list_value({});
  return unknown(construction, "an object");
}

/// Whatever is handed over by reference may be another thing afterwards.
void Interpreter::forget_what_it_may_change(const Arguments& arguments) {
  for (const clang::Expr* argument : arguments) {
    const clang::Expr* inner = bare(argument);
    if (const auto* address = dyn_cast<clang::UnaryOperator>(inner);
        address != nullptr && address->getOpcode() == clang::UO_AddrOf) {
      inner = bare(address->getSubExpr());
    } else if (!inner->isLValue() || inner->getType().isNull() ||
               inner->getType().isConstQualified()) {
      continue;
    }
    const auto slot = slot_of(inner);
    const auto found = slot ? variables_.find(*slot) : variables_.end();
    // What becomes of a table that the builder is told of is noted with the table.
    if (found == variables_.end() || found->second.builder_object() != nullptr) continue;
    found->second = {UnknownValue{
        {}, "`" + slot->second->getNameAsString() + "`, which a call may have changed"}};
  }
}

bool Interpreter::is_followed(const clang::FunctionDecl* function,
                              const clang::FunctionDecl*& body) {
  if (function == nullptr || !function->hasBody(body)) return false;
  const int deepest = functions_.reached_from(function) ? kDeepestCall : kDeepestCallWithoutSql;
  return depth_ < deepest && !sources_.manager().isInSystemHeader(body->getLocation()) &&
         !name_of(function).starts_with("belay::");
}

/// Whatever is handed the database may run anything on it, but for Belay's own functions, whose SQL
/// is noted where they are told of it.
void Interpreter::note_unseen(const clang::FunctionDecl* function, const clang::Expr* call,
                              const Arguments& given) {
  if (function != nullptr && name_of(function).starts_with("belay::")) return;
  const bool has_database =
      std::any_of(given.begin(), given.end(), [](const clang::Expr* argument) {
        clang::QualType type = argument->getType();
        if (type->isPointerType()) type = type->getPointeeType();
        return class_name_of(type) == "belay::Database";
      });
  if (!has_database) return;
  FoundSql found;
  found.sql.call = sources_.place(call);
  found.sql.text = "?";
  found.sql.places = {found.sql.call};
  const std::string name =
      function == nullptr ? "a call" : "`" + function->getNameAsString() + "()`";
  found.sql.holes = {
      {{0, 1}, found.sql.call, "what " + name + " does with the database", true, true}};
  found.sql.conditional = conditions_ > 0;
  found_.push_back(std::move(found));
}

Value Interpreter::of_body(const clang::FunctionDecl* function, const clang::Expr* call,
                           const Arguments& given, const Values& arguments) {
  const clang::FunctionDecl* body = nullptr;
  const std::string name = function == nullptr ? "a call" : function->getNameAsString() + "()";
  if (!is_followed(function, body)) {
    lose_builder_objects(arguments, call, "what " + name + " makes of it");
    note_unseen(function, call, given);
    Arguments changed;
    for (unsigned i = 0; i < given.size(); ++i) {
      if (function == nullptr || i >= function->getNumParams()) continue;
      const clang::QualType type = function->getParamDecl(i)->getType();
      if ((type->isReferenceType() || type->isPointerType()) &&
          !type->getPointeeType().isConstQualified()) {
        changed.push_back(given[i]);
      }
    }
    forget_what_it_may_change(changed);
    return unknown(call, "the result of " + name);
  }
  entered_.insert(body);
  Variables outer = variables_;
  for (unsigned i = 0; i < body->getNumParams(); ++i) {
    const Slot slot = {nullptr, body->getParamDecl(i)};
    variables_.erase(slot);
    if (i < arguments.size()) variables_[slot] = arguments[i];
  }
  const std::optional<Value> around = std::exchange(returned_, std::nullopt);
  const int conditions_around = std::exchange(conditions_around_call_, conditions_);
  const bool had_left = may_have_left_;
  const size_t first = found_.size();
  ++depth_;
  body_of(body);
  --depth_;
  conditions_around_call_ = conditions_around;
  may_have_left_ = had_left || may_have_thrown_;
  Value result = returned_ ? *std::move(returned_) : unknown(call, "the result of " + name);
  returned_ = around;
  back_from(body, std::move(outer), given);
  show_from(call, name, first, result);
  return result;
}

/// What another file's function does not know of its SQL, or of what it returns, is told at its
/// call: nobody who reads the one file is helped by a place in a header.
void Interpreter::show_from(const clang::Expr* call, const std::string& name, size_t first,
                            Value& result) {
  const Place at = sources_.place(call);
  if (at.file != 0) return;
  const auto show = [&](Place& place, std::string& reason) {
    if (place.file == 0) return;
    place = at;
    reason = "what " + name + " makes of it";
  };
  const auto show_holes = [&](std::vector<Hole>& holes, std::vector<Place>& places) {
    for (Hole& hole : holes) {
      show(hole.expression, hole.reason);
      for (uint32_t i = hole.range.begin; i < hole.range.end; ++i) places[i] = hole.expression;
    }
  };
  for (size_t i = first; i < found_.size(); ++i) {
    show_holes(found_[i].sql.holes, found_[i].sql.places);
  }
  if (UnknownValue* why = result.unknown()) show(why->expression, why->reason);
  if (TextValue* text = result.text()) show_holes(text->holes, text->places);
}

/// What the function knew by itself is as it was before; what it was handed by reference is what
/// it has made of it.
void Interpreter::back_from(const clang::FunctionDecl* body, Variables outer,
                            const Arguments& given) {
  std::vector<std::pair<Slot, Value>> changed;
  for (unsigned i = 0; i < body->getNumParams() && i < given.size(); ++i) {
    const clang::ParmVarDecl* parameter = body->getParamDecl(i);
    const auto now = variables_.find(Slot(nullptr, parameter));
    const clang::Expr* inner = bare(given[i]);
    const clang::QualType type = parameter->getType();
    // A pointer to characters is a buffer, and stands for what is in it.
    const bool by_reference = (type->isLValueReferenceType() || is_text(type)) &&
                              (type->isReferenceType() || type->isPointerType()) &&
                              !type->getPointeeType().isConstQualified();
    if (const auto* address = dyn_cast<clang::UnaryOperator>(inner);
        address != nullptr && address->getOpcode() == clang::UO_AddrOf) {
      forget_what_it_may_change({given[i]});
      if (const auto slot = slot_of(address->getSubExpr()); slot && variables_.contains(*slot)) {
        changed.emplace_back(*slot, variables_[*slot]);
      }
    } else if (by_reference && now != variables_.end()) {
      if (const auto slot = slot_of(inner)) changed.emplace_back(*slot, now->second);
    }
  }
  std::erase_if(variables_, [&](const auto& one) { return is_within(one.first.second, body); });
  for (auto& [slot, before] : outer) {
    if (is_within(slot.second, body)) variables_[slot] = std::move(before);
  }
  for (auto& [slot, now] : changed) variables_[slot] = std::move(now);
}

}  // namespace belay::cpp
