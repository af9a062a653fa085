#pragma once

#include <map>
#include <string>

#include <belay/database.h>

#include "runtime/migrations/schema/sqlite_schema.h"
#include "runtime/migrations/schema/table_text.h"

namespace belay::builder {

/// A savepoint that takes all back unless it is released.
class Savepoint {
 public:
  explicit Savepoint(Database& db);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release();

 private:
  Database& db_;
  bool open_ = true;
};

/// Gives a table another definition and keeps everything else: its rows with their rowids, the
/// numbers it has counted to, its indexes and what ANALYZE knows of it, and all that refers to it.
/// Columns are the same where they have the same name; `fill` has an expression for those that are
/// to have another value, by their names in `after`.
///
/// Throws, within the caller's savepoint, where a row does not fit, or anything is not as before.
void rebuild_table(Database& db, const TableText& before, const TableText& after,
                   const std::map<std::string, std::string>& fill);

}  // namespace belay::builder
