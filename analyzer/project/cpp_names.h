#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Names of C++ as a configuration writes them.
namespace belay::project {

/// Whether a text can be the name of a class, a method or a function, with its namespaces:
/// `shop::run`, `soci::session::operator<<`.
bool is_cpp_name(std::string_view text);

/// A function, and which of its arguments, from 0, is the SQL.
struct CppFunctionName {
  std::string name;  ///< with its namespaces, without `::` before them
  unsigned argument = 0;
};

/// `shop::run`, or `shop::run:1` where the SQL is not the first argument; none where it is neither.
std::optional<CppFunctionName> cpp_function_from(std::string_view text);

}  // namespace belay::project
