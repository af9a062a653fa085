#pragma once

#include <span>
#include <string>
#include <string_view>

#include <belay/connection.h>

#include "runtime/session/foreign_history/foreign_history.h"

/// What the readers of foreign histories share.
namespace belay::runtime::foreign {

/// A table's name in the engine's quotes, each part of `schema.table` by itself.
std::string quoted_name(const Connection& database, std::string_view name);

Result<bool> has_column(Connection& database, std::string_view table, std::string_view column);

/// Runs a query whose every column is text, a number or NULL. An error says that the table is not
/// the tool's.
Result<Rows> read_table(Connection& database, std::string_view tool, std::string_view table,
                        const std::string& sql);

/// Whether there is a row; `from` is what stands behind FROM.
Result<bool> has_row(Connection& database, const std::string& from,
                     std::span<const Value> parameters);

/// For a table that has a row for each migration that is applied, and says no more of it: makes or
/// removes the one whose `column` holds `value`. What is there by half stays as it is.
Result<void> set_row(Connection& database, std::string_view table, const std::string& column,
                     const Value& value, ForeignState state);

/// A value as text; "" for NULL.
std::string text_of(const Rows& rows, size_t row, size_t column);

/// `2024-01-31 12:00:00`, with or without `T`, fractions and a zone, or milliseconds since 1970, as
/// UTC in ISO 8601. A time without a zone is taken for UTC. Empty for what is no time.
std::string utc_time(std::string_view text);
/// Now, in milliseconds since 1970.
int64_t epoch_milliseconds();

/// Compares numbers of any length, written in digits: less than, equal to or greater than 0.
int compare_digits(std::string_view a, std::string_view b);
/// Compares `1.2_10` part by part; a part that is missing is 0.
int compare_parts(std::string_view a, std::string_view b);
bool is_number(std::string_view text);
/// Whether both are numbers, and the same one: `007` and `7`.
bool is_same_number(std::string_view a, std::string_view b);

}  // namespace belay::runtime::foreign
