#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Expr.h>
#include <clang/Basic/SourceManager.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/cpp/clang/values.h"

namespace belay::cpp {

/// The files of a translation unit as places name them.
class Sources {
 public:
  explicit Sources(clang::ASTContext& context) : context_(context) {}

  clang::ASTContext& context() const { return context_; }
  const clang::SourceManager& manager() const { return context_.getSourceManager(); }

  /// Where something stands as it is written: of a macro's use, the use.
  Place place(clang::SourceRange range);
  Place place(const clang::Expr* expression) { return place(expression->getSourceRange()); }
  /// A literal's bytes and where each stands; those that come from a macro's own text stand where
  /// the macro is used.
  TextValue text(const clang::StringLiteral* literal);
  bool is_in_main_file(clang::SourceLocation location) const;
  /// Whether a variable that only this source can change is given another value in it, or has its
  /// address taken.
  bool is_changed(const clang::VarDecl* variable) const;

  std::vector<std::string> files;

 private:
  uint32_t index_of(clang::FileID file);

  clang::ASTContext& context_;
  std::map<clang::FileID, uint32_t> indexes_;
  /// Found when it is first asked for.
  mutable std::optional<std::set<const clang::Decl*>> changed_;
};

}  // namespace belay::cpp
