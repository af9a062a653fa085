#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <belay/connection.h>

namespace belay::runtime {

/// A table's key, as our own statements write it.
struct BatchKey {
  std::string table;
  std::string column;
  Engine engine = Engine::kSqlite;

  /// The column named `name`, in a form that comes back as the same key.
  std::string readable(const std::string& name) const;
  bool is_time = false;  ///< PostgreSQL: a date or time, whose text depends on settings
};

/// Looks into the catalog. Errors: as for `check_batch_key`.
Result<BatchKey> find_batch_key(Connection& connection, const std::string& table,
                                const std::string& key);

/// A key as UTF-8 text from which exactly this value can be made again.
std::string key_text(const Value& key);
/// Empty where the text is not of `key_text`.
std::optional<Value> key_from_text(std::string_view text);
/// For people.
std::string shown_key(const Value& key);

}  // namespace belay::runtime
