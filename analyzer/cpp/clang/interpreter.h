#pragma once

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/cpp/builder.h"
#include "analyzer/cpp/clang/functions.h"
#include "analyzer/cpp/clang/sources.h"
#include "analyzer/cpp/clang/values.h"

namespace belay::cpp {

/// SQL, and what the function is that takes it.
struct FoundSql {
  SqlText sql;
  SqlValues values = SqlValues::kArguments;
  bool keeps = false;  ///< as of `SqlFunction`
};

/// Takes away what is only kept where the same text is run by another function.
void drop_what_is_run_elsewhere(std::vector<FoundSql>& found);

/// Follows a function statement by statement on one engine, and notes the SQL that it runs. What it
/// cannot know it takes for unknown: both ways of a condition are followed, a loop once.
class Interpreter {
 public:
  Interpreter(Sources& sources, SqlFunctions& functions, Engine engine)
      : sources_(sources), functions_(functions), engine_(engine) {}

  /// The SQL that a call of the function runs.
  std::vector<FoundSql> run(const clang::FunctionDecl* function);
  /// The same of what a variable begins with.
  std::vector<FoundSql> run(const clang::Expr* initial);
  /// What a method without arguments returns.
  Value returned_by(const clang::FunctionDecl* method);

  /// What the function has thrown, where it throws whatever happens.
  const std::optional<Place>& thrown() const { return thrown_; }
  /// Whether another engine may run another thing.
  bool asked_for_engine() const { return asked_for_engine_; }

 private:
  /// A variable; of a member, with the variable that holds the object (nullptr: `this`).
  using Slot = std::pair<const clang::ValueDecl*, const clang::ValueDecl*>;
  using Variables = std::map<Slot, Value>;
  using Arguments = std::vector<const clang::Expr*>;
  using Values = std::vector<Value>;
  enum class Flow : uint8_t { kGoesOn, kReturns, kBreaks, kContinues };

  /// A lambda that nobody has called yet, with what was known where it stands.
  struct Lambda {
    const clang::LambdaExpr* expression;
    Variables variables;
    size_t position;  ///< in `found_`
  };

  /// A function that is handed on, or kept in a variable.
  struct KnownFunction {
    const clang::FunctionDecl* function;
    Variables copies;  ///< what a lambda has copied where it stands
  };

  /// What a function says of a table to the schema builder.
  struct Description {
    size_t number;
    int conditions;  ///< around the call that it is for
    std::vector<BuilderStep> steps = {};
    std::vector<Place> places = {};  ///< of each step
  };

  /// A function that does more than this is followed no further.
  static constexpr int kMostSteps = 200'000;
  static constexpr int kDeepestCall = 8;
  static constexpr int kDeepestCallWithoutSql = 4;  ///< only what it returns is of use

  // interpreter.cc: statements
  void start();
  std::vector<FoundSql> finish();
  void run_lambdas(size_t from);
  void body_of(const clang::FunctionDecl* function);
  Flow statement(const clang::Stmt* statement);
  Flow attempt(const clang::CXXTryStmt* attempt);
  Flow returns(const clang::ReturnStmt* back);
  Flow compound(const clang::CompoundStmt* block);
  Flow condition(const clang::IfStmt* branch);
  Flow choice(const clang::SwitchStmt* choice);
  Flow range_loop(const clang::CXXForRangeStmt* loop);
  Flow counted_loop(const clang::ForStmt* loop);
  Flow unknown_loop(const clang::Stmt* body);
  Flow perhaps(const clang::Stmt* body);
  void declare(const clang::VarDecl* variable);
  void merge(const Variables& other);
  void leave(const clang::Expr* expression);

  // expressions.cc
  Value value(const clang::Expr* expression);
  Value value_of_parts(const clang::Expr* whole, const clang::Expr* expression);
  Value value_of_variable(const clang::ValueDecl* variable, const clang::Expr* use);
  Value of_member(const clang::MemberExpr* member, const clang::Expr* use);
  Value of_unary(const clang::UnaryOperator* operation);
  Value of_binary(const clang::BinaryOperator* operation);
  Value of_condition(const clang::ConditionalOperator* either);
  Value of_element(const Value& list, const Value& index, const clang::Expr* use);
  Value perhaps_value(const clang::Expr* expression);
  std::optional<bool> truth(const clang::Expr* condition);
  Value assigned(const clang::Expr* target, Value now);
  std::optional<Slot> slot_of(const clang::Expr* expression) const;
  Value unknown(const clang::Expr* expression, std::string reason, bool harmless = false);
  Value unknown(const clang::Expr* expression, const UnknownValue& why);

  // texts.cc: texts, streams, and what is put together of them
  TextValue text_of(const Value& value, const clang::Expr* expression);
  TextValue text_of(const clang::Expr* expression) {
    return text_of(value(expression), expression);
  }
  Value of_operator(const clang::CXXOperatorCallExpr* call);
  Value concatenated(const clang::Expr* left, const Value& left_value, const clang::Expr* right,
                     const Value& right_value);
  Value of_insertion(const clang::Expr* stream, Value so_far, const clang::Expr* inserted,
                     const Value& inserted_value);
  std::optional<Value> of_text_construction(const clang::CXXConstructExpr* construction,
                                            const Values& arguments);
  std::optional<Value> of_text_method(const clang::CXXMemberCallExpr* call, const Value& object,
                                      const Values& arguments);
  std::optional<Value> of_text_function(const clang::CallExpr* call, const std::string& name,
                                        const Values& arguments);

  // formats.cc: texts with fields
  /// `given`: the format and its values, as they are written.
  Value of_format(const clang::Expr* call, const Arguments& given, const Values& arguments);
  Value of_printf(const clang::CallExpr* call, const Values& arguments, unsigned format);
  Value of_qt_argument(const clang::CXXMemberCallExpr* call, const Value& text,
                       const Values& arguments);
  Value of_boost_argument(const clang::CXXOperatorCallExpr* call, const Value& text,
                          const Value& argument);
  std::optional<Value> of_format_function(const clang::CallExpr* call, const std::string& name,
                                          const Values& arguments);

  // calls.cc
  Value of_call(const clang::CallExpr* call);
  Value of_construction(const clang::CXXConstructExpr* construction);
  Value of_recovery(const clang::RecoveryExpr* broken);
  std::optional<Value> of_engine_question(const clang::CallExpr* call, const std::string& name);
  std::optional<Value> of_list_method(const clang::CXXMemberCallExpr* call, const Value& object,
                                      const Values& arguments);
  void note_unseen(const clang::FunctionDecl* function, const clang::Expr* call,
                   const Arguments& given);
  Value of_body(const clang::FunctionDecl* function, const clang::Expr* call,
                const Arguments& given, const Values& arguments);
  void show_from(const clang::Expr* call, const std::string& name, size_t first, Value& result);
  void back_from(const clang::FunctionDecl* body, Variables outer, const Arguments& given);
  bool is_followed(const clang::FunctionDecl* function, const clang::FunctionDecl*& body);
  void forget_what_it_may_change(const Arguments& arguments);
  Values values_of(const Arguments& arguments);

  // sql.cc: the calls that run SQL
  Value note_sql(const clang::Expr* call, const SqlFunction& function, const Arguments& arguments,
                 const Values& values);
  std::optional<size_t> argument_with_sql(const clang::Expr* call, const SqlFunction& function,
                                          const Arguments& arguments) const;
  bool has_values(const SqlFunction& function, const Arguments& arguments, const Values& values,
                  size_t sql) const;
  FoundSql* statement_of(const Value& value);
  std::optional<Value> of_statement_operator(const clang::CXXOperatorCallExpr* call,
                                             const Values& values);
  std::optional<Value> of_quoting(const clang::Expr* call, const clang::FunctionDecl* callee,
                                  const std::string& name, const Arguments& arguments);

  // builder.cc: Belay's schema builder
  std::optional<Value> of_builder(const clang::CallExpr* call, const std::string& name,
                                  const Value& object, const Arguments& arguments,
                                  const Values& values);
  Value step_of_description(const clang::CallExpr* call, const std::string& name,
                            const BuilderObject& on, const Arguments& arguments,
                            const Values& values);
  void send_by_builder(const clang::CallExpr* call, const std::string& name,
                       const Arguments& arguments, const Values& values);
  void describe(const clang::Expr* function, const Value& value);
  void note_by_builder(const BuilderStatement& statement, const Place& call,
                       const Description& described);
  void add_step(BuilderStep step, const Place& place);
  void lose_builder_objects(const Values& values, const clang::Expr* where,
                            const std::string& reason);
  bool is_set_in_builder(const clang::Expr* target);
  std::vector<BuilderArgument> builder_arguments(const Arguments& arguments, const Values& values);
  BuilderArgument builder_argument(const clang::Expr* written, const Value& value);
  BuilderArgument builder_argument(const Value& value, StandIn::Kind kind);
  Value with_members(const clang::Expr* written, const Value& value);
  Value of_lambda(const clang::LambdaExpr* lambda);
  Value of_function_name(const clang::FunctionDecl* function);
  Value of_known_function(const FunctionValue& function, const clang::Expr* call,
                          const Arguments& given, const Values& arguments);

  Sources& sources_;
  SqlFunctions& functions_;
  Engine engine_;
  Variables variables_;
  std::vector<FoundSql> found_;
  std::vector<Lambda> lambdas_;
  std::set<const clang::FunctionDecl*> entered_;
  std::vector<KnownFunction> known_functions_;
  std::optional<Description> description_;  ///< that is being made
  size_t descriptions_ = 0;                 ///< so far
  std::vector<UnknownValue> stand_ins_;     ///< what the builder is given a stand-in for
  std::optional<Value> returned_;
  std::optional<Place> thrown_;
  bool may_have_left_ = false;    ///< the function that is followed, behind a condition
  bool may_have_thrown_ = false;  ///< any of them, behind a condition
  bool asked_for_engine_ = false;
  int conditions_ = 0;  ///< that nobody knows and that are around the statement
  int conditions_around_call_ = 0;
  int depth_ = 0;  ///< of calls
  int steps_ = 0;
};

}  // namespace belay::cpp
