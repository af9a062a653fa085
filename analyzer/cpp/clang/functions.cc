#include "analyzer/cpp/clang/functions.h"

#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

#include <algorithm>

#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;

/// The class of the object that a call names, as far as it is to be seen.
const clang::CXXRecordDecl* class_of_object(const clang::Expr* call) {
  const clang::Expr* object = nullptr;
  if (const auto* member = dyn_cast<clang::CXXMemberCallExpr>(call)) {
    object = member->getImplicitObjectArgument();
  } else if (const auto* sign = dyn_cast<clang::CXXOperatorCallExpr>(call)) {
    object = sign->getNumArgs() == 0 ? nullptr : sign->getArg(0);
  }
  if (object == nullptr) return nullptr;
  const clang::QualType written = object->IgnoreParenImpCasts()->getType();
  if (written.isNull()) return nullptr;
  const clang::QualType type = written.getNonReferenceType();
  return type->isPointerType() ? type->getPointeeCXXRecordDecl() : type->getAsCXXRecordDecl();
}

}  // namespace

SqlFunctions::SqlFunctions(const std::vector<SqlFunction>& functions,
                           const clang::SourceManager& manager, const BuilderSql* builder)
    : manager_(manager), builder_(builder) {
  for (const SqlFunction& function : functions) by_name_[function.name] = &function;
}

const SqlFunction* SqlFunctions::named(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const SqlFunction* SqlFunctions::look_up(const clang::FunctionDecl* callee,
                                         const clang::CXXRecordDecl* object) const {
  if (const SqlFunction* found = named(name_of(callee))) return found;
  const auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
  if (method == nullptr || clang::isa<clang::CXXConstructorDecl>(method)) return nullptr;
  for (const clang::CXXMethodDecl* overridden : method->overridden_methods()) {
    if (const SqlFunction* found = look_up(overridden, nullptr)) return found;
  }
  // The class that was named inherits the method: from the object's class up to the method's own.
  std::vector<const clang::CXXRecordDecl*> ways;
  if (object != nullptr && object != method->getParent()) ways.push_back(object);
  const std::string own = callee->getNameAsString();
  while (!ways.empty()) {
    const clang::CXXRecordDecl* way = ways.back();
    ways.pop_back();
    if (const SqlFunction* found = named(name_of(way) + "::" + own)) return found;
    if (!way->hasDefinition()) continue;
    for (const clang::CXXBaseSpecifier& base : way->bases()) {
      const clang::CXXRecordDecl* of = base.getType()->getAsCXXRecordDecl();
      if (of != nullptr && of != method->getParent()) ways.push_back(of);
    }
  }
  return nullptr;
}

const SqlFunction* SqlFunctions::find(const clang::FunctionDecl* callee,
                                      const clang::CXXRecordDecl* object) {
  const Key key = {callee->getCanonicalDecl(),
                   object == nullptr ? nullptr : object->getCanonicalDecl()};
  const auto [place, is_new] = seen_.emplace(key, nullptr);
  if (is_new) place->second = look_up(callee, object);
  return place->second;
}

const SqlFunction* SqlFunctions::find_unresolved(const clang::Expr* callee) const {
  const auto* name = dyn_cast<clang::UnresolvedLookupExpr>(callee->IgnoreParenImpCasts());
  if (name == nullptr || name->getQualifier() != nullptr) return nullptr;
  return named(name->getName().getAsString());
}

const SqlFunction* SqlFunctions::find(const clang::Expr* call) {
  if (const auto* construction = dyn_cast<clang::CXXConstructExpr>(call)) {
    return find(construction->getConstructor());
  }
  if (const auto* broken = dyn_cast<clang::RecoveryExpr>(call)) {
    const auto parts = const_cast<clang::RecoveryExpr*>(broken)->subExpressions();
    return parts.empty() ? nullptr : find_unresolved(parts.front());
  }
  const auto* plain = dyn_cast<clang::CallExpr>(call);
  if (plain == nullptr) return nullptr;
  if (const clang::FunctionDecl* callee = plain->getDirectCallee()) {
    return find(callee, class_of_object(call));
  }
  return find_unresolved(plain->getCallee());
}

bool SqlFunctions::tells_builder(const clang::FunctionDecl* callee) const {
  const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(callee);
  return builder_ != nullptr && method != nullptr && is_builder_class(method->getParent());
}

bool SqlFunctions::reached_from(const clang::FunctionDecl* function) {
  const clang::FunctionDecl* body = nullptr;
  if (function == nullptr || !function->hasBody(body)) return false;
  if (manager_.isInSystemHeader(body->getLocation())) return false;
  // Until more is known, a function that calls itself runs nothing by that.
  const auto [place, is_new] = reach_.emplace(body->getCanonicalDecl(), false);
  if (!is_new) return place->second;
  bool reached = reached_from(body->getBody());
  if (const auto* constructor = dyn_cast<clang::CXXConstructorDecl>(body)) {
    for (const clang::CXXCtorInitializer* initial : constructor->inits()) {
      reached = reached || reached_from(initial->getInit());
    }
  }
  reach_[body->getCanonicalDecl()] = reached;
  return reached;
}

bool SqlFunctions::reached_from(const clang::Stmt* body) {
  if (body == nullptr) return false;
  if (const auto* expression = dyn_cast<clang::Expr>(body)) {
    if (find(expression) != nullptr) return true;
    const clang::FunctionDecl* callee = nullptr;
    if (const auto* call = dyn_cast<clang::CallExpr>(expression)) callee = call->getDirectCallee();
    if (const auto* made = dyn_cast<clang::CXXConstructExpr>(expression)) {
      callee = made->getConstructor();
    }
    if (tells_builder(callee) || reached_from(callee)) return true;
    if (const auto* lambda = dyn_cast<clang::LambdaExpr>(expression)) {
      return reached_from(lambda->getBody());
    }
    if (const auto* given = dyn_cast<clang::CXXDefaultInitExpr>(expression)) {
      return reached_from(given->getExpr());
    }
  }
  const auto inner = body->children();
  return std::any_of(inner.begin(), inner.end(),
                     [&](const clang::Stmt* child) { return reached_from(child); });
}

}  // namespace belay::cpp
