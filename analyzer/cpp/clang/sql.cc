// The calls that run SQL, and those that quote what is put into it.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

/// Functions whose result is SQL for the text that they are given, and nothing else.
constexpr std::array<std::string_view, 4> kQuoting = {"PQescapeLiteral", "PQescapeIdentifier",
                                                      "QSqlDriver::escapeIdentifier",
                                                      "QSqlDriver::formatValue"};
/// The same of the methods of libpqxx' connections and transactions.
constexpr std::array<std::string_view, 8> kQuotingMethods = {
    "quote",         "quote_name", "quote_raw", "quote_table",
    "quote_columns", "esc",        "esc_raw",   "esc_like"};

struct QuotesInto {
  std::string_view name;
  unsigned buffer;
};
/// Those that write it into a buffer.
constexpr std::array<QuotesInto, 4> kQuotesInto = {{{"PQescapeStringConn", 1},
                                                    {"PQescapeString", 0},
                                                    {"mysql_real_escape_string", 1},
                                                    {"mysql_escape_string", 0}}};

bool is_quoting(std::string_view name) {
  if (std::find(kQuoting.begin(), kQuoting.end(), name) != kQuoting.end()) return true;
  if (!name.starts_with("pqxx::")) return false;
  return std::find(kQuotingMethods.begin(), kQuotingMethods.end(),
                   name.substr(name.rfind(':') + 1)) != kQuotingMethods.end();
}

/// Nothing that is SQL, though the function has the name of one that takes it.
bool is_no_sql(const clang::Expr* argument) {
  const clang::QualType type = argument->getType();
  const std::string name = class_name_of(type);
  return name == "pqxx::prepped" || name == "QSqlQuery" || name == "QSqlDatabase" ||
         is_number(type) || is_callable(type);
}

/// What is written, and no default, place in the source or empty list.
bool is_given(const clang::Expr* argument) {
  if (isa<clang::CXXDefaultArgExpr>(argument)) return false;
  const clang::Expr* inner = bare(argument);
  if (class_name_of(argument->getType()) == "std::source_location") return false;
  if (const auto* list = dyn_cast<clang::InitListExpr>(inner)) return list->getNumInits() > 0;
  const auto* made = dyn_cast<clang::CXXConstructExpr>(inner);
  return made == nullptr || made->getNumArgs() > 0;
}

}  // namespace

void drop_what_is_run_elsewhere(std::vector<FoundSql>& found) {
  const auto is_run_elsewhere = [&](const FoundSql& kept) {
    return kept.keeps && std::any_of(found.begin(), found.end(), [&](const FoundSql& other) {
             return !other.keeps && other.sql.places == kept.sql.places;
           });
  };
  std::vector<FoundSql> out;
  for (const FoundSql& one : found) {
    if (!is_run_elsewhere(one)) out.push_back(one);
  }
  found = std::move(out);
}

std::optional<size_t> Interpreter::argument_with_sql(const clang::Expr* call,
                                                     const SqlFunction& function,
                                                     const Arguments& arguments) const {
  const auto is_sql = [&](size_t i) {
    const clang::QualType type = arguments[i]->getType();
    return !isa<clang::CXXDefaultArgExpr>(arguments[i]) && !is_no_sql(arguments[i]) &&
           (is_text(type) || is_stream(type) || is_format_string(type));
  };
  const size_t first = function.argument;
  for (size_t i = first; i < arguments.size(); ++i) {
    if (is_sql(i)) return i;
  }
  for (size_t i = std::min(first, arguments.size()); i-- > 0;) {
    if (is_sql(i)) return i;
  }
  // A class of the project's own, or a type that is not known. Of constructors that would be a
  // copy.
  if (first >= arguments.size() || isa<clang::CXXConstructExpr>(call) ||
      isa<clang::CXXDefaultArgExpr>(arguments[first]) || is_no_sql(arguments[first])) {
    return std::nullopt;
  }
  return first;
}

bool Interpreter::has_values(const SqlFunction& function, const Arguments& arguments,
                             const Values& values, size_t sql) const {
  if (function.values == SqlValues::kLater || function.values == SqlValues::kTextForLater) {
    return true;
  }
  const bool objects = function.values == SqlValues::kObject;
  if (!objects && function.values != SqlValues::kArguments) return false;
  // libpq is told how many they are.
  if (function.name.starts_with("PQ") && sql + 1 < values.size() && values[sql + 1].number() == 0) {
    return false;
  }
  return std::any_of(arguments.begin() + static_cast<ptrdiff_t>(sql) + 1, arguments.end(),
                     [&](const clang::Expr* argument) {
                       if (!is_given(argument) || is_callable(argument->getType())) return false;
                       return !objects || (!class_name_of(argument->getType()).empty() &&
                                           !is_text(argument->getType()));
                     });
}

Value Interpreter::note_sql(const clang::Expr* call, const SqlFunction& function,
                            const Arguments& arguments, const Values& values) {
  const std::optional<size_t> sql = argument_with_sql(call, function, arguments);
  if (!sql) return unknown(call, "what the database answers");
  const auto from = static_cast<ptrdiff_t>(*sql);
  const bool formats = is_format_string(arguments[*sql]->getType());
  TextValue text = text_of(formats ? of_format(call, {arguments.begin() + from, arguments.end()},
                                               {values.begin() + from, values.end()})
                                   : values[*sql],
                           arguments[*sql]);
  FoundSql found;
  found.sql.text = std::move(text.bytes);
  found.sql.places = std::move(text.places);
  found.sql.holes = std::move(text.holes);
  found.sql.call = sources_.place(call);
  found.sql.conditional = conditions_ > 0;
  found.sql.library = function.library;
  found.sql.has_parameters = !formats && has_values(function, arguments, values, *sql);
  found.values = function.values;
  found.keeps = function.keeps;
  const Place place = found.sql.call;
  Value kept = found.keeps ? values[*sql] : unknown(call, "what the database answers");
  if (UnknownValue* answer = kept.unknown(); answer != nullptr && !found.keeps) {
    answer->statement = place;
  }
  found_.push_back(std::move(found));
  // What it calls back runs behind it.
  for (Lambda& lambda : lambdas_) {
    const bool handed_over = std::any_of(
        arguments.begin(), arguments.end(),
        [&](const clang::Expr* argument) { return bare(argument) == lambda.expression; });
    if (handed_over) lambda.position = found_.size();
  }
  return kept;
}

FoundSql* Interpreter::statement_of(const Value& value) {
  const UnknownValue* answer = value.unknown();
  if (answer == nullptr || !answer->statement) return nullptr;
  const auto found = std::find_if(found_.rbegin(), found_.rend(), [&](const FoundSql& one) {
    return one.sql.call == *answer->statement;
  });
  return found == found_.rend() ? nullptr : &*found;
}

/// `session << "SELECT " << column, use(id)`, `*client << sql << value`.
std::optional<Value> Interpreter::of_statement_operator(const clang::CXXOperatorCallExpr* call,
                                                        const Values& values) {
  const bool inserts = call->getOperator() == clang::OO_LessLess;
  FoundSql* found = statement_of(values[0]);
  if (found == nullptr || values.size() < 2 ||
      (!inserts && call->getOperator() != clang::OO_Comma)) {
    return std::nullopt;
  }
  const bool more_text =
      found->values == SqlValues::kText || found->values == SqlValues::kTextForLater;
  if (more_text && inserts) {
    TextValue text = {std::move(found->sql.text), std::move(found->sql.places),
                      std::move(found->sql.holes)};
    text.append(text_of(values[1], call->getArg(1)));
    found->sql.text = std::move(text.bytes);
    found->sql.places = std::move(text.places);
    found->sql.holes = std::move(text.holes);
  } else if (inserts) {
    found->sql.has_parameters = found->sql.has_parameters || found->values == SqlValues::kInserted;
  } else {
    const auto* made = dyn_cast<clang::CallExpr>(bare(call->getArg(1)));
    const clang::FunctionDecl* maker = made == nullptr ? nullptr : made->getDirectCallee();
    // `into(x)` takes a value out.
    found->sql.has_parameters =
        found->sql.has_parameters || maker == nullptr || !name_of(maker).ends_with("::into");
  }
  return values[0];
}

/// The buffer of those that write into one is known to be harmless from then on.
std::optional<Value> Interpreter::of_quoting(const clang::Expr* call,
                                             const clang::FunctionDecl* callee,
                                             const std::string& name, const Arguments& arguments) {
  if (is_quoting(name)) {
    return unknown(call, "the result of " + callee->getNameAsString() + "()", /*harmless=*/true);
  }
  const auto* const into = std::find_if(kQuotesInto.begin(), kQuotesInto.end(),
                                        [&](const QuotesInto& one) { return one.name == name; });
  if (into == kQuotesInto.end() || into->buffer >= arguments.size()) return std::nullopt;
  const clang::Expr* buffer = arguments[into->buffer];
  (void)assigned(buffer, unknown(buffer, "what " + name + "() has written", /*harmless=*/true));
  return unknown(call, "a length");
}

}  // namespace belay::cpp
