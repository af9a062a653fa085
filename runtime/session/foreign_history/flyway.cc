// Flyway only adds rows, numbered by `installed_rank`. A version's youngest row tells: applied,
// undone (`UNDO_SQL`), taken out by `repair` (`DELETE`), or failed. A `BASELINE` stands for all up
// to its version. Rows without a version are repeatable scripts, and the one that says that a
// schema was made.
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
        out.begun.emplace_back().version = version;
        continue;
      }
      const bool versioned = !version.empty() && version != "null";
      const bool taken_back = type.starts_with("UNDO_") || type == "DELETE";
      if (!versioned || taken_back || is_superseded(rows, i, /*by_success=*/true)) continue;
      ForeignEntry& entry = out.applied.emplace_back();
      entry.version = version;
      entry.name = rows.text(i, 1);
      entry.applied_at = foreign::utc_time(foreign::text_of(rows, i, 3));
      entry.duration_ms = rows.number(i, 4);
      entry.sums_up = is_baseline(type);
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

  std::string cannot_note(const MigrationScript& migration) const override {
    const std::string& version = migration.version;
    const bool plain =
        !version.empty() && version.find_first_not_of("0123456789._") == std::string::npos;
    return plain ? "" : "its version is none of Flyway's";
  }
  bool tells_of_begun() const override { return true; }
  Result<void> set(Connection& database, const ForeignChange& change) const override {
    Result<Version> found = look_up(database, *change.migration);
    if (!found) return std::move(found).error();
    const bool up_failed = found->there && !found->success && !found->undo;
    const bool down_failed = found->there && !found->success && found->undo;
    const bool applied = found->there && found->success && !found->undo && !found->deleted;
    switch (change.state) {
      case ForeignState::kApplied:
        if (applied || (!found->there && found->below_baseline)) return {};
        if (up_failed) return end(database, *found, change);
        // What is there by half is back where the undo began.
        if (down_failed) return remove(database, *found);
        return add(database, change, kUp, true);
      case ForeignState::kPending:
        if (up_failed) return remove(database, *found);
        if (down_failed) return end(database, *found, change);
        if (applied || (!found->there && found->below_baseline)) {
          BELAY_TRY(check_undo(*found, *change.migration));
          return add(database, change, kUndo, true);
        }
        return {};
      case ForeignState::kApplying:
        return up_failed ? Result<void>() : add(database, change, kUp, false);
      case ForeignState::kTakingBack:
        if (down_failed) return {};
        BELAY_TRY(check_undo(*found, *change.migration));
        return add(database, change, kUndo, false);
    }
    return {};
  }
  /// As its `repair` does.
  Result<void> accept_text(Connection& database, const MigrationScript& migration) const override {
    Result<Version> found = look_up(database, migration);
    if (!found) return std::move(found).error();
    const std::array<Value, 2> values = {flyway_checksum(migration.up.sql), found->rank};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET checksum = ? WHERE installed_rank = ? AND type = 'SQL'",
                            values);
  }

 private:
  static constexpr const char* kUp = "SQL";
  static constexpr const char* kUndo = "UNDO_SQL";

  /// What a version's youngest row says.
  struct Version {
    bool there = false;
    int64_t rank = 0;
    bool undo = false;
    bool deleted = false;
    bool success = false;
    bool baseline = false;
    bool below_baseline = false;  ///< a baseline stands for it
  };

  Result<Version> look_up(Connection& database, const MigrationScript& migration) const {
    Result<Rows> rows = database.query(
        "SELECT installed_rank, version, type, CASE WHEN success THEN 1 ELSE 0 END FROM " +
        foreign::quoted_name(database, table()) +
        " WHERE version IS NOT NULL "
        "ORDER BY installed_rank");
    if (!rows) return std::move(rows).error();
    Version out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      const std::string type = rows->text(i, 2);
      const int order = foreign::compare_parts(migration.version, foreign::text_of(*rows, i, 1));
      const bool baseline = is_baseline(type);
      if (baseline && order <= 0) out.below_baseline = true;
      if (order != 0) continue;
      out.there = true;
      out.rank = rows->number(i, 0);
      out.undo = type.starts_with("UNDO_");
      out.deleted = type == "DELETE";
      out.success = rows->number(i, 3) != 0;
      out.baseline = baseline;
    }
    return out;
  }

  static bool is_baseline(std::string_view type) {
    return type == "BASELINE" || type == "SQL_BASELINE";
  }

  Result<void> check_undo(const Version& found, const MigrationScript& migration) const {
    if (!found.below_baseline && !found.baseline) return {};
    return Error{"Flyway's baseline stands for " + migration.display_name() +
                     ", and Flyway cannot say that it was taken back",
                 table(), "go forward with a new migration, or run `adopt --stop-sync` first"};
  }

  /// What was begun is done: with the text of now.
  Result<void> end(Connection& database, const Version& found, const ForeignChange& change) const {
    const MigrationScript& migration = *change.migration;
    const Script& script = found.undo && migration.down ? *migration.down : migration.up;
    const std::array<Value, 3> values = {flyway_checksum(script.sql), change.duration_ms,
                                         found.rank};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET success = (1 = 1), checksum = ?, execution_time = ? WHERE "
                                "installed_rank = ?",
                            values);
  }
  Result<void> remove(Connection& database, const Version& found) const {
    const Value rank = found.rank;
    return database.execute(
        "DELETE FROM " + foreign::quoted_name(database, table()) + " WHERE installed_rank = ?",
        {&rank, 1});
  }

  /// Whether a younger row of the same version decides; an undo that failed leaves it applied.
  static bool is_superseded(const Rows& rows, size_t row, bool by_success = false) {
    const std::string version = foreign::text_of(rows, row, 0);
    for (size_t i = row + 1; i < rows.rows.size(); ++i) {
      if (foreign::text_of(rows, i, 0) != version) continue;
      if (by_success && rows.number(i, 5) == 0) continue;
      if (!version.empty() || rows.text(i, 1) == rows.text(row, 1)) return true;
    }
    return false;
  }

  Error failed(const std::string& what) const {
    return {"Flyway has recorded " + what + " as failed", table(),
            "see what of it is in the database and finish or undo it by hand, then run `flyway "
            "repair`"};
  }

  Result<void> add(Connection& database, const ForeignChange& change, const std::string& type,
                   bool success) const {
    const MigrationScript& migration = *change.migration;
    const bool down = type == kUndo && migration.down.has_value();
    const Script& script = down ? *migration.down : migration.up;
    std::string version = migration.version;
    std::replace(version.begin(), version.end(), '_', '.');
    std::string description = migration.name;
    std::replace(description.begin(), description.end(), '_', ' ');
    const std::array<Value, 6> values = {std::move(version),
                                         std::move(description),
                                         type,
                                         std::string(path::file_name(script.path)),
                                         flyway_checksum(script.sql),
                                         change.duration_ms};
    const std::string name = foreign::quoted_name(database, table());
    // SQLite knows no users; Flyway leaves the field empty there.
    const std::string user = database.engine() == Engine::kSqlite ? "''" : "current_user";
    return database.execute(
        "INSERT INTO " + name +
            " (installed_rank, version, description, type, script, checksum, installed_by, "
            "execution_time, success) VALUES ((SELECT coalesce(max(installed_rank), 0) + 1 FROM " +
            name + "), ?, ?, ?, ?, ?, " + user + ", ?, " + (success ? "1 = 1" : "1 = 0") + ")",
        values);
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> flyway_history(const std::string& table) {
  return std::make_unique<FlywayHistory>(table);
}

}  // namespace belay::runtime
