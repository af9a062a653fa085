#include "analyzer/project/cpp_names.h"

#include "support/ascii.h"

namespace belay::project {

bool is_cpp_name(std::string_view text) {
  // Spaces, parentheses and arguments of templates are no part of a name; an operator's signs are.
  return !text.empty() && !ascii::is_digit(text.front()) && !text.ends_with("::") &&
         text.find_first_of(" \t\r\n(),;\"'") == std::string_view::npos;
}

std::optional<CppFunctionName> cpp_function_from(std::string_view text) {
  CppFunctionName out;
  std::string_view name = text;
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && (colon == 0 || text[colon - 1] != ':')) {
    const std::string_view digits = text.substr(colon + 1);
    if (digits.empty() || digits.size() > 2 ||
        digits.find_first_not_of("0123456789") != std::string_view::npos) {
      return std::nullopt;
    }
    out.argument = static_cast<unsigned>(std::stoul(std::string(digits)));
    name = text.substr(0, colon);
  }
  if (name.starts_with("::")) name.remove_prefix(2);
  if (!is_cpp_name(name)) return std::nullopt;
  out.name = name;
  return out;
}

}  // namespace belay::project
