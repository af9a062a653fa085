#include "analyzer/sql/quoted_name.h"

#include <algorithm>
#include <array>

#include "support/ascii.h"

namespace belay::sql {
namespace {

/// Words that no dialect takes as a name without quotes. A name that is quoted without need is
/// still the same name, so the list may be longer than each dialect's own.
bool is_reserved(std::string_view id) {
  static constexpr std::array<std::string_view, 60> kWords = {
      "all",        "analyse",   "analyze",      "and",     "any",        "array",   "as",
      "asc",        "both",      "case",         "cast",    "check",      "collate", "column",
      "constraint", "create",    "current_date", "default", "deferrable", "desc",    "distinct",
      "do",         "else",      "end",          "except",  "false",      "fetch",   "for",
      "foreign",    "from",      "grant",        "group",   "having",     "in",      "index",
      "initially",  "intersect", "into",         "leading", "limit",      "not",     "null",
      "offset",     "on",        "only",         "or",      "order",      "primary", "references",
      "returning",  "select",    "table",        "then",    "to",         "true",    "union",
      "unique",     "user",      "using",        "where"};
  return std::binary_search(kWords.begin(), kWords.end(), id);
}

}  // namespace

std::string quoted_name(Engine engine, std::string_view id) {
  const bool plain = !id.empty() && !ascii::is_digit(id[0]) && !is_reserved(id) &&
                     std::all_of(id.begin(), id.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '_';
                     });
  if (plain) return std::string(id);
  const bool mysql = engine == Engine::kMysql || engine == Engine::kMariadb;
  const char quote = mysql ? '`' : '"';
  std::string out(1, quote);
  for (const char c : id) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string quoted_string(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

}  // namespace belay::sql
