// Flyway only adds rows, numbered by `installed_rank`. A version's youngest row tells: applied,
// undone
// (`UNDO_SQL`), taken out by `repair` (`DELETE`), or failed. A `BASELINE` stands for all up to its
// version. Rows without a version are repeatable scripts, and the one that says that a schema was
// made.
#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

/// The CRC-32 of zlib over the lines of a script, without their ends, as a signed number.
int64_t flyway_checksum(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  constexpr uint32_t kPolynomial = 0xEDB88320U;
  constexpr int kBits = 8;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  uint32_t crc = ~0U;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < kBits; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
  }
  return static_cast<int32_t>(~crc);
}

class FlywayHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "flyway"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "installed_rank");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> read = foreign::read_table(
        database, tool(), table(),
        "SELECT version, description, type, CAST(installed_on AS TEXT), execution_time, CASE WHEN "
        "success THEN 1 ELSE 0 END FROM " +
            foreign::quoted_name(database, table()) + " ORDER BY installed_rank");
    if (!read) return std::move(read).error();
    const Rows& rows = *read;
    ForeignRecords out;
    for (size_t i = 0; i < rows.rows.size(); ++i) {
      const std::string version = foreign::text_of(rows, i, 0);
      const std::string type = rows.text(i, 2);
      if (rows.number(i, 5) == 0 && !is_superseded(rows, i)) {
        out.unfinished = failed(version.empty() ? rows.text(i, 1) : version);
        continue;
      }
      const bool versioned = !version.empty() && version != "null";
      const bool taken_back = type.starts_with("UNDO_") || type == "DELETE";
      if (!versioned || taken_back || is_superseded(rows, i)) continue;
      ForeignEntry& entry = out.applied.emplace_back();
      entry.version = version;
      entry.name = rows.text(i, 1);
      entry.applied_at = foreign::utc_time(foreign::text_of(rows, i, 3));
      entry.duration_ms = rows.number(i, 4);
      entry.sums_up = type == "BASELINE" || type == "SQL_BASELINE";
      entry.needs_file = !entry.sums_up;
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::compare_parts(migration.version, entry.version) == 0;
  }
  bool covers(const ForeignEntry& entry, const MigrationScript& migration) const override {
    const int order = foreign::compare_parts(migration.version, entry.version);
    return order == 0 || (entry.sums_up && order < 0);
  }

  Result<void> create(Connection& database) const override {
    Result<bool> there = is_there(database);
    if (!there || *there) return there ? Result<void>() : std::move(there).error();
    const std::string name = foreign::quoted_name(database, table());
    const bool sqlite = database.engine() == Engine::kSqlite;
    BELAY_TRY(database.execute(
        "CREATE TABLE " + name +
        " (installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50), description VARCHAR(200) "
        "NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, "
        "installed_by VARCHAR(100) NOT NULL, " +
        (sqlite ? "installed_on TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now'))"
                : "installed_on TIMESTAMP NOT NULL DEFAULT now()") +
        ", execution_time INT NOT NULL, success BOOLEAN NOT NULL)"));
    std::string index = table();
    std::replace(index.begin(), index.end(), '.', '_');
    return database.execute("CREATE INDEX " + foreign::quoted_name(database, index + "_s_idx") +
                            " ON " + name + " (success)");
  }

  Result<void> note_applied(Connection& database, const MigrationScript& migration,
                            int64_t duration_ms) const override {
    return add(database, migration, migration.up, "SQL", duration_ms);
  }

  Result<void> note_undone(Connection& database, const MigrationScript& migration,
                           const MigrationScript* /*last*/) const override {
    return add(database, migration, migration.down.value_or(migration.up), "UNDO_SQL", 0);
  }

 private:
  /// Whether a younger row of the same version decides.
  static bool is_superseded(const Rows& rows, size_t row) {
    const std::string version = foreign::text_of(rows, row, 0);
    for (size_t i = row + 1; i < rows.rows.size(); ++i) {
      if (foreign::text_of(rows, i, 0) != version) continue;
      if (!version.empty() || rows.text(i, 1) == rows.text(row, 1)) return true;
    }
    return false;
  }

  Error failed(const std::string& what) const {
    return {"Flyway has recorded " + what + " as failed", table(),
            "see what of it is in the database and finish or undo it by hand, then run `flyway "
            "repair`"};
  }

  Result<void> add(Connection& database, const MigrationScript& migration, const Script& script,
                   std::string_view type, int64_t duration_ms) const {
    std::string version = migration.version;
    std::replace(version.begin(), version.end(), '_', '.');
    std::string description = migration.name;
    std::replace(description.begin(), description.end(), '_', ' ');
    const std::array<Value, 6> values = {
        std::move(version),          std::move(description),
        std::string(type),           std::string(path::file_name(script.path)),
        flyway_checksum(script.sql), duration_ms};
    const std::string name = foreign::quoted_name(database, table());
    // SQLite knows no users; Flyway leaves the field empty there.
    const std::string user = database.engine() == Engine::kSqlite ? "''" : "current_user";
    return database.execute(
        "INSERT INTO " + name +
            " (installed_rank, version, description, type, script, checksum, installed_by, "
            "execution_time, success) VALUES ((SELECT coalesce(max(installed_rank), 0) + 1 FROM " +
            name + "), ?, ?, ?, ?, ?, " + user + ", ?, 1 = 1)",
        values);
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> flyway_history(const std::string& table) {
  return std::make_unique<FlywayHistory>(table);
}

}  // namespace belay::runtime
