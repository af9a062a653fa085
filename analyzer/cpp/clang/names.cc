#include "analyzer/cpp/clang/names.h"

#include <clang/AST/ExprCXX.h>

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace belay::cpp {
namespace {

using clang::dyn_cast;

const clang::Expr* within(const clang::Expr* whole) {
  if (const auto* e = dyn_cast<clang::ExprWithCleanups>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::MaterializeTemporaryExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::CXXBindTemporaryExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::ConstantExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::CXXDefaultArgExpr>(whole)) return e->getExpr();
  if (const auto* e = dyn_cast<clang::CXXDefaultInitExpr>(whole)) return e->getExpr();
  if (const auto* e = dyn_cast<clang::ExplicitCastExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::CXXStdInitializerListExpr>(whole)) return e->getSubExpr();
  if (const auto* e = dyn_cast<clang::SubstNonTypeTemplateParmExpr>(whole)) {
    return e->getReplacement();
  }
  return whole;
}

}  // namespace

std::string name_of(const clang::NamedDecl* declaration) {
  std::vector<std::string> parts = {declaration->getDeclName().isIdentifier()
                                        ? declaration->getName().str()
                                        : declaration->getNameAsString()};
  if (const auto* constructor = dyn_cast<clang::CXXConstructorDecl>(declaration)) {
    parts.front() = constructor->getParent()->getName().str();
  }
  for (const clang::DeclContext* around = declaration->getDeclContext(); around != nullptr;
       around = around->getParent()) {
    if (const auto* space = dyn_cast<clang::NamespaceDecl>(around)) {
      if (!space->isInline() && !space->isAnonymousNamespace()) {
        parts.push_back(space->getName().str());
      }
    } else if (const auto* record = dyn_cast<clang::TagDecl>(around)) {
      if (!record->getName().empty()) parts.push_back(record->getName().str());
    }
  }
  std::string out;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!out.empty()) out += "::";
    out += *part;
  }
  return out;
}

// Of an expression that the compiler could not make sense of, a type can be none.
std::string class_name_of(clang::QualType type) {
  if (type.isNull()) return {};
  const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record == nullptr ? std::string() : name_of(record);
}

bool is_or_derives_from(const clang::CXXRecordDecl* record, std::string_view name) {
  return record != nullptr && (name_of(record) == name || derives_from(record, name));
}

bool derives_from(const clang::CXXRecordDecl* record, std::string_view name) {
  std::unordered_set<const clang::CXXRecordDecl*> seen;
  std::vector<const clang::CXXRecordDecl*> open = {record};
  while (!open.empty()) {
    const clang::CXXRecordDecl* at = std::exchange(open.back(), nullptr);
    open.pop_back();
    if (at == nullptr || !at->hasDefinition()) continue;
    at = at->getDefinition();
    // A template may derive from itself, with another number: `priority_tag<N - 1>`.
    if (!seen.insert(at).second) continue;
    for (const clang::CXXBaseSpecifier& base : at->bases()) {
      const clang::CXXRecordDecl* of = base.getType()->getAsCXXRecordDecl();
      if (of == nullptr) {
        // A base that depends on a template's parameter is still called by its template's name.
        const auto* made = base.getType()->getAs<clang::TemplateSpecializationType>();
        const auto* from = made == nullptr ? nullptr : made->getTemplateName().getAsTemplateDecl();
        if (from != nullptr) of = dyn_cast<clang::CXXRecordDecl>(from->getTemplatedDecl());
      }
      if (of != nullptr && name_of(of) == name) return true;
      open.push_back(of);
    }
  }
  return false;
}

bool is_builder_class(const clang::CXXRecordDecl* record) {
  static const std::unordered_set<std::string_view> known = {
      "belay::Schema",     "belay::Table",      "belay::TableChange", "belay::Column",
      "belay::ForeignKey", "belay::Constraint", "belay::ColumnChange"};
  return record != nullptr && known.contains(name_of(record));
}

const clang::Expr* bare(const clang::Expr* expression) {
  for (;;) {
    const clang::Expr* inner = within(expression->IgnoreParenImpCasts());
    if (inner == expression) return inner;
    expression = inner;
  }
}

bool is_text_class(clang::QualType type) {
  static const std::unordered_set<std::string_view> known = {
      "std::basic_string",
      "std::basic_string_view",
      "QString",
      "QStringView",
      "QStringRef",
      "QStringBuilder",
      "QByteArray",
      "QByteArrayView",
      "QLatin1String",
      "QLatin1StringView",
      "QUtf8StringView",
      "QAnyStringView",
      "pqxx::zview",
      "boost::basic_format",
      "userver::storages::Query",
      "storages::Query",
      "userver::storages::mysql::Query",
      "storages::mysql::Query",
  };
  return known.contains(class_name_of(type));
}

bool is_text(clang::QualType type) {
  if (type.isNull()) return false;
  if (is_text_class(type)) return true;
  type = type.getNonReferenceType();
  if (type->isDependentType()) return false;
  if (type->isPointerType()) return type->getPointeeType()->isAnyCharacterType();
  const clang::ArrayType* array = type->getAsArrayTypeUnsafe();
  return array != nullptr && array->getElementType()->isAnyCharacterType();
}

bool is_format_string(clang::QualType type) {
  static const std::unordered_set<std::string_view> known = {
      "std::basic_format_string", "fmt::basic_format_string", "fmt::fstring", "fmt::basic_fstring"};
  return known.contains(class_name_of(type));
}

bool is_stream(clang::QualType type) {
  const std::string name = class_name_of(type);
  return name == "std::basic_ostringstream" || name == "std::basic_stringstream" ||
         name == "std::basic_ostream" || name == "std::basic_iostream";
}

bool is_number(clang::QualType type) {
  if (type.isNull()) return false;
  type = type.getNonReferenceType();
  return (type->isArithmeticType() || type->isEnumeralType()) && !type->isAnyCharacterType();
}

bool is_callable(clang::QualType type) {
  if (type.isNull()) return false;
  type = type.getNonReferenceType();
  if (type->isFunctionPointerType() || type->isFunctionType()) return true;
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record == nullptr) return false;
  return record->isLambda() || name_of(record) == "std::function" ||
         name_of(record) == "std::move_only_function";
}

}  // namespace belay::cpp
