#include <belay/connection.h>

namespace belay::runtime {
namespace {

/// What to do about the errors that people meet most; empty for the others.
std::string hint_for(const std::string& code_name) {
  if (code_name == "SQLITE_NOTADB") return "the file is no SQLite database, or it is encrypted";
  if (code_name == "SQLITE_CORRUPT") return "the database is damaged; restore it from a backup";
  if (code_name == "SQLITE_FULL") return "the disk is full; free some space and try again";
  if (code_name.starts_with("SQLITE_IOERR")) {
    return "the disk may be full, or failing: look at its free space and at the system's log";
  }
  if (code_name == "SQLITE_CANTOPEN") return "check that the file and its directory may be used";
  if (code_name.starts_with("SQLITE_READONLY")) {
    return "check who may write to the file and its directory, and the URL's mode";
  }
  return {};
}

}  // namespace

std::string StatementPlace::to_string() const {
  if (line == 0) return path;
  return (path.empty() ? "script" : path) + ":" + std::to_string(line) + ":" +
         std::to_string(column);
}

Error DatabaseError::to_error() const {
  if (cancelled) return {"cancelled", place.to_string(), ""};
  std::string advice = hint.empty() ? hint_for(code_name) : hint;
  if (advice.empty() && busy) advice = "others are using the database; end them or try again later";
  return {message, place.to_string(), std::move(advice)};
}

int64_t Rows::number(size_t row, size_t column) const {
  if (row >= rows.size() || column >= rows[row].size()) return 0;
  const auto* value = std::get_if<int64_t>(&rows[row][column]);
  return value == nullptr ? 0 : *value;
}

std::string Rows::text(size_t row, size_t column) const {
  if (row >= rows.size() || column >= rows[row].size()) return {};
  const auto* value = std::get_if<std::string>(&rows[row][column]);
  return value == nullptr ? std::string() : *value;
}

}  // namespace belay::runtime
