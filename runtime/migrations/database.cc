#include <charconv>
#include <cstdlib>

#include <belay/database.h>

#include "runtime/io/text_form.h"
#include "support/ascii.h"

namespace belay {

using runtime::Blob;
using runtime::Rows;
using runtime::Value;

namespace {

[[noreturn]] void refuse(const Rows& rows, size_t column, const char* wanted, const Value& value) {
  const bool is_null = std::holds_alternative<std::nullptr_t>(value);
  throw MigrationError("the column `" + rows.columns[column] + "` holds " +
                       (is_null ? "NULL" : "something else") + " where " + wanted + " is wanted");
}

template <class T>
std::optional<T> parsed(std::string_view text) {
  T out{};
  text = ascii::trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::vector<Value> values_of(const std::vector<Parameter>& parameters) {
  std::vector<Value> out;
  out.reserve(parameters.size());
  for (const Parameter& parameter : parameters) out.push_back(parameter.value());
  return out;
}

}  // namespace

size_t Row::place_of(std::string_view column) const {
  for (size_t i = 0; i < rows_->columns.size(); ++i) {
    if (rows_->columns[i] == column) return i;
  }
  std::string known;
  for (const std::string& name : rows_->columns) known += (known.empty() ? "" : ", ") + name;
  throw MigrationError("the result has no column `" + std::string(column) + "`; it has " + known);
}

const Value& Row::value(size_t column) const {
  if (column >= rows_->columns.size()) {
    throw MigrationError("the result has " + std::to_string(rows_->columns.size()) +
                         " columns, and column " + std::to_string(column) + " (from 0) was wanted");
  }
  return rows_->rows[index_][column];
}

bool Row::is_null(size_t column) const {
  return std::holds_alternative<std::nullptr_t>(value(column));
}

int64_t Row::number(size_t column) const {
  const Value& found = value(column);
  if (const auto* number = std::get_if<int64_t>(&found)) return *number;
  if (const auto* text = std::get_if<std::string>(&found)) {
    if (const auto read = parsed<int64_t>(*text)) return *read;
  }
  refuse(*rows_, column, "a whole number", found);
}

double Row::real(size_t column) const {
  const Value& found = value(column);
  if (const auto* real = std::get_if<double>(&found)) return *real;
  if (const auto* number = std::get_if<int64_t>(&found)) return static_cast<double>(*number);
  if (const auto* text = std::get_if<std::string>(&found)) {
    if (const auto read = parsed<double>(*text)) return *read;
  }
  refuse(*rows_, column, "a number", found);
}

bool Row::boolean(size_t column) const {
  const Value& found = value(column);
  if (const auto* number = std::get_if<int64_t>(&found)) return *number != 0;
  if (const auto* text = std::get_if<std::string>(&found)) {
    if (*text == "t" || *text == "true") return true;
    if (*text == "f" || *text == "false") return false;
  }
  refuse(*rows_, column, "a truth value", found);
}

std::string Row::text(size_t column) const {
  const Value& found = value(column);
  if (const auto* text = std::get_if<std::string>(&found)) return *text;
  if (const auto* number = std::get_if<int64_t>(&found)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&found)) return runtime::digits_of(*real);
  if (const auto* blob = std::get_if<Blob>(&found)) return blob->bytes;
  refuse(*rows_, column, "a text", found);
}

int64_t Database::run(std::string_view sql, const std::vector<Parameter>& parameters) {
  Result<void> done;
  if (parameters.empty()) {
    runtime::Script script;
    script.sql = sql;
    done = connection_.run(script, 0, static_cast<uint32_t>(sql.size()));
  } else {
    done = connection_.execute(sql, values_of(parameters));
  }
  if (!done) throw MigrationError(done.error());
  return connection_.affected_rows();
}

ResultSet Database::fetch(std::string_view sql, const std::vector<Parameter>& parameters) {
  const std::vector<Value> values = values_of(parameters);
  Result<Rows> rows = connection_.query(sql, values);
  if (!rows) throw MigrationError(std::move(rows).error());
  return ResultSet(*std::move(rows));
}

}  // namespace belay
