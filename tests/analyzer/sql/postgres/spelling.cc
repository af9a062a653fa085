#include "tests/analyzer/sql/postgres/spelling.h"

#include <algorithm>
#include <array>

#include "support/ascii.h"

namespace belay::sql::postgres {
namespace {

constexpr size_t kMaxNameBytes = 63;

/// Functions and settings that the grammar writes in words of its own: `SET TIME ZONE` is the
/// setting `timezone`, `a LIKE b ESCAPE c` calls `like_escape`.
bool has_other_spelling(std::string_view label) {
  return label.ends_with("_function_name") || label == "name" || label == "type_name" ||
         label == "of_type_name";
}

std::string without_doubled(std::string_view text, char quote) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
  }
  return out;
}

std::string quoted(std::string_view token) {
  const char quote = token.back();
  const size_t first = token.find(quote);
  return without_doubled(token.substr(first + 1, token.size() - first - 2), quote);
}

}  // namespace

std::string spelled(std::string_view token) {
  if (token.size() >= 2 && (token.back() == '"' || token.back() == '\'')) return quoted(token);
  return ascii::lower(token);
}

std::string misplaced(const ParsedStatement& statement) {
  for (const Operation& operation : statement.operations) {
    for (const Part& part : parts_of(operation)) {
      if (part.range.begin > part.range.end || part.range.end > statement.text.size()) {
        return part.label + " lies outside of the statement";
      }
      if (part.id.empty() || part.range.empty() || has_other_spelling(part.label)) continue;
      const std::string token = spelled(part.range.of(statement.text));
      const bool cut = part.id.size() <= kMaxNameBytes && token.size() > kMaxNameBytes;
      if (cut ? token.starts_with(part.id) : token == part.id) continue;
      return part.label + " `" + part.id + "` is placed at `" +
             std::string(part.range.of(statement.text)) + "`";
    }
  }
  return "";
}

}  // namespace belay::sql::postgres
