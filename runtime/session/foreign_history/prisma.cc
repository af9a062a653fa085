// Prisma adds a row for each attempt: begun at `started_at`, done at `finished_at`, given up at
// `rolled_back_at`. A row with neither end is a failure that stops Prisma, too (P3009). On SQLite
// its times are milliseconds since 1970.
#include <array>
#include <random>
#include <set>

#include "runtime/io/sha256.h"
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

/// A random UUID, version 4.
std::string random_uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string out = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  for (char& c : out) {
    if (c == 'x') c = kDigits[random() % 16U];
    if (c == 'y') c = kDigits[8U + random() % 4U];
  }
  return out;
}

class PrismaHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "prisma"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "migration_name");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT migration_name, CAST(finished_at AS TEXT), CAST(rolled_back_at AS TEXT) FROM " +
            foreign::quoted_name(database, table()) + " ORDER BY started_at, migration_name");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    std::set<std::string> done;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      const std::string name = foreign::text_of(*rows, i, 0);
      if (!foreign::text_of(*rows, i, 2).empty()) continue;
      const std::string finished = foreign::text_of(*rows, i, 1);
      if (finished.empty()) {
        out.unfinished = failed(name);
      } else if (done.insert(name).second) {
        ForeignEntry& entry = out.applied.emplace_back();
        entry.version = name;
        entry.applied_at = foreign::utc_time(finished);
      }
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return entry.version == migration.display_name();
  }

  Result<void> create(Connection& database) const override {
    const std::string time =
        database.engine() == Engine::kSqlite ? "DATETIME" : "TIMESTAMP WITH TIME ZONE";
    return database.execute(
        "CREATE TABLE IF NOT EXISTS " + foreign::quoted_name(database, table()) +
        " (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at " +
        time + ", migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at " + time +
        ", started_at " + time +
        " NOT NULL DEFAULT CURRENT_TIMESTAMP, applied_steps_count INTEGER NOT NULL DEFAULT 0)");
  }

  Result<void> note_applied(Connection& database, const MigrationScript& migration,
                            int64_t duration_ms) const override {
    const bool sqlite = database.engine() == Engine::kSqlite;
    const int64_t now = foreign::epoch_milliseconds();
    const auto time = [&](int64_t ms) {
      return sqlite ? Value(ms) : Value(foreign::utc_time(std::to_string(ms)));
    };
    const std::string parameter = sqlite ? "?" : "CAST(? AS TIMESTAMP WITH TIME ZONE)";
    const std::array<Value, 5> values = {random_uuid(), sha256_hex(migration.up.sql), time(now),
                                         migration.display_name(), time(now - duration_ms)};
    return database.execute("INSERT INTO " + foreign::quoted_name(database, table()) +
                                " (id, checksum, finished_at, migration_name, started_at, "
                                "applied_steps_count) VALUES (?, ?, " +
                                parameter + ", ?, " + parameter + ", 1)",
                            values);
  }

  Result<void> note_undone(Connection& database, const MigrationScript& migration,
                           const MigrationScript* /*last*/) const override {
    const Value name = migration.display_name();
    return database.execute(
        "DELETE FROM " + foreign::quoted_name(database, table()) + " WHERE migration_name = ?",
        {&name, 1});
  }

 private:
  Error failed(const std::string& name) const {
    return {"Prisma has begun " + name + " and not ended it", table(),
            "see what of it is in the database and finish or undo it by hand, then `prisma migrate "
            "resolve --applied " +
                name + "` or `--rolled-back " + name + "`"};
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> prisma_history(const std::string& table) {
  return std::make_unique<PrismaHistory>(table);
}

}  // namespace belay::runtime
