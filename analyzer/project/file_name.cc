#include "analyzer/project/file_name.h"

#include <algorithm>
#include <array>

#include "analyzer/project/sort_key.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

constexpr std::string_view kSql = ".sql";

bool remove_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

bool is_sql(std::string_view name) { return name.ends_with(".sql"); }

std::string_view leading_digits(std::string_view name) {
  const auto end = std::find_if_not(name.begin(), name.end(), ascii::is_digit);
  return name.substr(0, static_cast<size_t>(end - name.begin()));
}

bool is_int64(std::string_view digits, bool zero) {
  if (digits.empty() || leading_digits(digits) != digits) return false;
  const int sign = compare_numbers(digits, "0");
  return (zero || sign > 0) && compare_numbers(digits, "9223372036854775807") <= 0;
}

std::optional<DirectedName> directed_name(std::string_view name) {
  if (!remove_suffix(name, kSql)) return std::nullopt;
  DirectedName out;
  if (remove_suffix(name, "down")) {
    out.direction = Direction::kDown;
  } else if (!remove_suffix(name, "up")) {
    return std::nullopt;
  }
  if (remove_suffix(name, "..")) {
    out.separator = DirectedName::Separator::kDoubledDot;
  } else if (remove_suffix(name, "_")) {
    out.separator = DirectedName::Separator::kUnderscore;
  } else if (!remove_suffix(name, ".")) {
    return std::nullopt;
  }
  out.stem = name;
  if (name.empty()) return std::nullopt;  // `up.sql` is a file of a diesel folder
  return out;
}

NumberedStem numbered_stem(std::string_view stem) {
  std::string_view rest = stem;
  if (!rest.empty() && (rest.front() == 'V' || rest.front() == 'v')) rest.remove_prefix(1);
  const std::string_view number = leading_digits(rest);
  if (number.empty()) return {{}, stem};
  rest.remove_prefix(number.size());
  while (!rest.empty() && std::string_view("_-. ").find(rest.front()) != std::string_view::npos) {
    rest.remove_prefix(1);
  }
  return {number, rest};
}

std::optional<FlywayName> flyway_name(std::string_view name) {
  if (!remove_suffix(name, kSql) || name.empty()) return std::nullopt;
  FlywayName out;
  out.prefix = name.front();
  if (std::string_view("VUBR").find(out.prefix) == std::string_view::npos) return std::nullopt;
  name.remove_prefix(1);
  const size_t separator = name.find("__");
  out.version = name.substr(0, separator);
  if (separator != std::string_view::npos) out.description = name.substr(separator + 2);
  if (out.prefix == 'R') {
    // Without the separator it is a word that begins with R.
    if (separator != 0) return std::nullopt;
    return out;
  }
  if (out.version.empty() || !ascii::is_digit(out.version.front())) return std::nullopt;
  out.valid = separator != std::string_view::npos && ascii::is_digit(out.version.back()) &&
              std::all_of(out.version.begin(), out.version.end(),
                          [](char c) { return ascii::is_digit(c) || c == '.' || c == '_'; });
  return out;
}

std::optional<PopName> pop_name(std::string_view name) {
  PopName out;
  if (remove_suffix(name, ".fizz")) {
    out.fizz = true;
  } else if (!remove_suffix(name, kSql)) {
    return std::nullopt;
  }
  if (remove_suffix(name, ".down")) {
    out.direction = Direction::kDown;
  } else if (!remove_suffix(name, ".up")) {
    return std::nullopt;
  }
  out.version = leading_digits(name);
  name.remove_prefix(out.version.size());
  if (out.version.empty() || !name.starts_with('_')) return std::nullopt;
  name.remove_prefix(1);
  out.autocommit = remove_suffix(name, ".autocommit");
  const size_t dot = name.find('.');
  out.title = name.substr(0, dot);
  if (dot != std::string_view::npos) out.dialect = name.substr(dot + 1);
  const bool is_word = std::all_of(out.dialect.begin(), out.dialect.end(), [](char c) {
    return ascii::is_digit(c) || (c >= 'a' && c <= 'z');
  });
  if (out.title.empty() || !is_word || (dot != std::string_view::npos && out.dialect.empty())) {
    return std::nullopt;
  }
  return out;
}

bool is_pop_dialect(std::string_view infix) {
  static constexpr std::array<std::string_view, 11> kKnown = {
      "postgres", "postgresql", "pg",        "pgx",         "mysql", "mariadb",
      "sqlite",   "sqlite3",    "cockroach", "cockroachdb", "crdb"};
  return std::find(kKnown.begin(), kKnown.end(), infix) != kKnown.end();
}

std::optional<Engine> engine_in_folder_name(std::string_view name) {
  while (!name.empty()) {
    const size_t end = std::min(name.find_first_of("-_. "), name.size());
    if (const auto engine = engine_from_name(name.substr(0, end))) return engine;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return std::nullopt;
}

}  // namespace belay::project
