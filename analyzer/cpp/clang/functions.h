#pragma once

#include <clang/AST/DeclCXX.h>
#include <clang/AST/Expr.h>
#include <clang/Basic/SourceManager.h>

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/cpp/builder.h"
#include "analyzer/cpp/reading.h"

namespace belay::cpp {

/// The functions that take SQL, looked up by what a call names, and what of the source can come to
/// one of them.
class SqlFunctions {
 public:
  /// `builder` may be nullptr: calls of the schema builder run nothing then.
  SqlFunctions(const std::vector<SqlFunction>& functions, const clang::SourceManager& manager,
               const BuilderSql* builder);

  /// nullptr where the function takes none. `object` is the class of the object that a method is
  /// called on; nullptr where there is none.
  const SqlFunction* find(const clang::FunctionDecl* callee,
                          const clang::CXXRecordDecl* object = nullptr);
  /// The same for a call that the compiler could not resolve, by the name alone: of functions that
  /// belong to no class, whose names are their own.
  const SqlFunction* find_unresolved(const clang::Expr* callee) const;
  /// Of a call or a construction of an object; nullptr where it runs none.
  const SqlFunction* find(const clang::Expr* call);

  const BuilderSql* builder() const { return builder_; }

  /// Whether SQL is run by what stands in it, or by functions that are called there and have a body
  /// in this source.
  bool reached_from(const clang::Stmt* body);
  bool reached_from(const clang::FunctionDecl* function);

 private:
  using Key = std::pair<const clang::Decl*, const clang::Decl*>;

  const SqlFunction* look_up(const clang::FunctionDecl* callee,
                             const clang::CXXRecordDecl* object) const;
  const SqlFunction* named(const std::string& name) const;
  bool tells_builder(const clang::FunctionDecl* callee) const;

  std::unordered_map<std::string, const SqlFunction*> by_name_;
  std::map<Key, const SqlFunction*> seen_;
  std::unordered_map<const clang::Decl*, bool> reach_;
  const clang::SourceManager& manager_;
  const BuilderSql* builder_;
};

}  // namespace belay::cpp
