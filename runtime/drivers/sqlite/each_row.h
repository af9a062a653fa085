#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {

/// Calls `take` with each row as it comes; nothing is kept.
template <class Take>
Result<void> for_each_row(SqliteConnection& connection, const std::string& sql, const Take& take) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(connection.handle(), sql.c_str(), -1, &raw, nullptr);
  const StatementHandle statement(raw);
  if (code == SQLITE_OK) {
    while ((code = sqlite3_step(raw)) == SQLITE_ROW) take(raw);
  }
  return code == SQLITE_DONE ? Result<void>() : Result<void>(connection.fail(code, sql));
}

/// NULL is empty. Valid until the next row.
inline std::string_view text_at(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  const int size = sqlite3_column_bytes(row, column);
  return text == nullptr ? std::string_view() : std::string_view(text, static_cast<size_t>(size));
}

}  // namespace belay::runtime::sqlite
