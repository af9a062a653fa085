#pragma once

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cpp/clang/sources.h"
#include "analyzer/cpp/clang/values.h"

namespace belay::cpp {

/// Follows a method statement by statement on one engine, and notes the SQL that it runs. What it
/// cannot know it takes for unknown: both ways of a condition are followed, a loop once.
class Interpreter {
 public:
  Interpreter(Sources& sources, const std::vector<SqlFunction>& functions, Engine engine)
      : sources_(sources), functions_(functions), engine_(engine) {}

  /// The SQL that a call of the method runs.
  std::vector<SqlText> run(const clang::FunctionDecl* method);
  /// What a method without arguments returns.
  Value returned_by(const clang::FunctionDecl* method);

 private:
  using Variables = std::map<const clang::ValueDecl*, Value>;
  /// A method that does more than this is followed no further.
  static constexpr int kMostSteps = 200'000;
  enum class Flow : uint8_t { kGoesOn, kReturns, kBreaks, kContinues };

  Flow statement(const clang::Stmt* statement);
  Flow compound(const clang::CompoundStmt* block);
  Flow condition(const clang::IfStmt* branch);
  Flow choice(const clang::SwitchStmt* choice);
  Flow range_loop(const clang::CXXForRangeStmt* loop);
  Flow counted_loop(const clang::ForStmt* loop);
  Flow unknown_loop(const clang::Stmt* body);
  Flow perhaps(const clang::Stmt* body);
  void declare(const clang::VarDecl* variable);
  void merge(const Variables& other);

  Value value(const clang::Expr* expression);
  Value value_of_variable(const clang::ValueDecl* variable, const clang::Expr* use);
  Value of_binary(const clang::BinaryOperator* operation);
  Value of_operator(const clang::CXXOperatorCallExpr* call);
  Value of_construction(const clang::CXXConstructExpr* construction);
  Value of_call(const clang::CallExpr* call);
  Value of_member_call(const clang::CXXMemberCallExpr* call, const std::string& name);
  Value of_format(const clang::CallExpr* call);
  Value of_body(const clang::FunctionDecl* function, const clang::CallExpr* call);
  Value unknown(const clang::Expr* expression, std::string reason);
  void add(TextValue& text, const clang::Expr* expression);
  Value of_insertion(const clang::Expr* stream, const clang::Expr* inserted);
  Value concatenated(const clang::Expr* left, const clang::Expr* right);
  Value assigned(const clang::Expr* target, Value now);
  const clang::ValueDecl* variable_of(const clang::Expr* expression) const;
  void forget_what_it_may_change(const clang::CallExpr* call);
  bool note_sql(const clang::CallExpr* call, const std::string& name);
  std::optional<int64_t> engine_number(const clang::CallExpr* call) const;

  Sources& sources_;
  const std::vector<SqlFunction>& functions_;
  Engine engine_;
  Variables variables_;
  std::vector<SqlText> found_;
  std::optional<Value> returned_;
  int conditions_ = 0;  ///< that nobody knows and that are around the statement
  int depth_ = 0;       ///< of calls
  int steps_ = 0;
};

}  // namespace belay::cpp
