#include "runtime/migrations/schema/names.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/drivers/postgres/quote.h"
#include "runtime/drivers/quote.h"
#include "runtime/io/text_form.h"
#include "support/ascii.h"

namespace belay::builder {
namespace {

// Words that PostgreSQL does not take as the name of a column, an alias or a function, besides
// SQLite's (manual, appendix C). Sorted.
constexpr std::array<std::string_view, 54> kPostgresWords = {"analyse",
                                                             "any",
                                                             "array",
                                                             "asymmetric",
                                                             "authorization",
                                                             "binary",
                                                             "both",
                                                             "collation",
                                                             "concurrently",
                                                             "current_catalog",
                                                             "current_role",
                                                             "current_schema",
                                                             "current_user",
                                                             "end",
                                                             "false",
                                                             "fetch",
                                                             "for",
                                                             "freeze",
                                                             "grant",
                                                             "ilike",
                                                             "initially",
                                                             "isnull",
                                                             "lateral",
                                                             "leading",
                                                             "like",
                                                             "limit",
                                                             "localtime",
                                                             "localtimestamp",
                                                             "notnull",
                                                             "offset",
                                                             "only",
                                                             "order",
                                                             "overlaps",
                                                             "placing",
                                                             "primary",
                                                             "references",
                                                             "returning",
                                                             "select",
                                                             "session_user",
                                                             "similar",
                                                             "some",
                                                             "symmetric",
                                                             "system_user",
                                                             "table",
                                                             "tablesample",
                                                             "then",
                                                             "to",
                                                             "trailing",
                                                             "true",
                                                             "user",
                                                             "variadic",
                                                             "verbose",
                                                             "window",
                                                             "with"};

bool is_plain(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || ascii::is_digit(c);
         });
}

bool is_keyword(std::string_view name) {
  return sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) != 0 ||
         std::binary_search(kPostgresWords.begin(), kPostgresWords.end(), name);
}

std::string number_text(double number) {
  if (!std::isfinite(number)) {
    throw MigrationError("a default is no finite number",
                         "write it as the engine does, with default_expression()");
  }
  std::string out = runtime::digits_of(number);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

std::string bytes_text(std::string_view bytes, Engine engine) {
  const std::string hex = runtime::hex_of(bytes);
  return engine == Engine::kSqlite ? "X'" + hex + "'" : "decode('" + hex + "', 'hex')";
}

std::string value_text(const runtime::Value& value, Engine engine) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return number_text(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return constant_text(*text, engine);
  if (const auto* blob = std::get_if<runtime::Blob>(&value)) return bytes_text(blob->bytes, engine);
  return "NULL";
}

}  // namespace

std::string name_text(std::string_view name) {
  if (name.empty()) throw MigrationError("a name is empty");
  if (name.find('\0') != std::string_view::npos) throw MigrationError("a name has a NUL byte");
  return is_plain(name) && !is_keyword(name) ? std::string(name) : runtime::quote_name(name);
}

std::string object_text(std::string_view name, Engine engine) {
  const size_t dot = name.find('.');
  if (engine == Engine::kSqlite || dot == std::string_view::npos) return name_text(name);
  return name_text(name.substr(0, dot)) + "." + name_text(name.substr(dot + 1));
}

std::string names_text(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "(" : ", ") + name_text(name);
  return out + ")";
}

std::string constant_text(std::string_view text, Engine engine) {
  if (text.find('\0') != std::string_view::npos) {
    throw MigrationError("a text that is to stand in a definition has a NUL byte");
  }
  return engine == Engine::kSqlite ? runtime::quoted(text, '\'')
                                   : std::string(ascii::trim(runtime::postgres::quote_text(text)));
}

std::string default_text(const ColumnDefault& value, Engine engine) {
  if (const auto* sql = std::get_if<ColumnDefault::Expression>(&value.value)) {
    for (const char* word : {"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"}) {
      if (ascii::equal_ignoring_case(ascii::trim(sql->sql), word)) return word;
    }
    return "(" + sql->sql + ")";
  }
  if (const auto* truth = std::get_if<bool>(&value.value)) {
    if (engine == Engine::kSqlite) return *truth ? "1" : "0";
    return *truth ? "true" : "false";
  }
  return value_text(std::get<runtime::Value>(value.value), engine);
}

bool is_constant(const ColumnDefault& value) {
  return !std::holds_alternative<ColumnDefault::Expression>(value.value);
}

bool is_null(const ColumnDefault& value) {
  const auto* plain = std::get_if<runtime::Value>(&value.value);
  return plain != nullptr && std::holds_alternative<std::nullptr_t>(*plain);
}

std::string index_name(std::string_view table, const TableIndex& index) {
  if (!index.options.name.empty()) return index.options.name;
  if (index.options.expressions) {
    throw MigrationError("an index of expressions on " + std::string(table) + " has no name",
                         "give it one: {.name = \"...\", .expressions = true}");
  }
  std::string out(table.substr(table.find('.') + 1));
  for (const std::string& column : index.columns) out += "_" + column;
  out += "_idx";
  constexpr size_t kLongest = 63;  // PostgreSQL's NAMEDATALEN - 1
  if (out.size() > kLongest) {
    throw MigrationError("the index `" + out + "` would have a name of more than 63 bytes",
                         "give it one: {.name = \"...\"}");
  }
  return out;
}

}  // namespace belay::builder
