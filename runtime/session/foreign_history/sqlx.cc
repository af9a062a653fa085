// sqlx keeps one row for each migration with the SHA-384 of its file, byte for byte. `success` is
// false while a migration runs on MySQL, and stays so where it failed there.
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

Blob sha384(const std::string& bytes) {
  Blob out;
  out.bytes.resize(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.bytes.data()), &size,
             EVP_sha384(), nullptr);
  out.bytes.resize(size);
  return out;
}

class SqlxHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "sqlx"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "installed_on");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT CAST(version AS TEXT), description, CAST(installed_on AS TEXT), CASE WHEN success "
        "THEN 1 ELSE 0 END, execution_time FROM " +
            foreign::quoted_name(database, table()) + " ORDER BY installed_on, version");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      ForeignEntry entry;
      entry.version = foreign::text_of(*rows, i, 0);
      entry.name = foreign::text_of(*rows, i, 1);
      entry.applied_at = foreign::utc_time(foreign::text_of(*rows, i, 2));
      constexpr int64_t kNanosecondsInMillisecond = 1'000'000;
      // -1 is what it writes before it knows.
      if (const int64_t took = rows->number(i, 4); took >= 0) {
        entry.duration_ms = took / kNanosecondsInMillisecond;
      }
      if (rows->number(i, 3) == 0) {
        out.unfinished = failed(entry.version);
        out.begun.push_back(std::move(entry));
      } else {
        out.applied.push_back(std::move(entry));
      }
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::is_same_number(migration.version, entry.version);
  }

  Result<void> create(Connection& database) const override {
    const std::string name = foreign::quoted_name(database, table());
    const bool sqlite = database.engine() == Engine::kSqlite;
    return database.execute(
        "CREATE TABLE IF NOT EXISTS " + name +
        (sqlite ? " (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP "
                  "NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT "
                  "NULL, execution_time BIGINT NOT NULL)"
                : " (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on "
                  "TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA "
                  "NOT NULL, execution_time BIGINT NOT NULL)"));
  }

  std::string cannot_note(const MigrationScript& migration) const override {
    return foreign::is_number(migration.version) ? "" : "its version is no number";
  }
  bool tells_of_begun() const override { return true; }
  Result<void> set(Connection& database, const ForeignChange& change) const override {
    const std::string name = foreign::quoted_name(database, table());
    const Value version = change.migration->version;
    const std::string about = name + " WHERE version = CAST(? AS bigint)";
    if (change.state == ForeignState::kPending) {
      return database.execute("DELETE FROM " + about, {&version, 1});
    }
    constexpr int64_t kNanosecondsInMillisecond = 1'000'000;
    const bool done = change.state == ForeignState::kApplied;
    const Value time = done ? change.duration_ms * kNanosecondsInMillisecond : int64_t{kNotKnown};
    Result<bool> there = foreign::has_row(database, about, {&version, 1});
    if (!there) return std::move(there).error();
    if (!*there) return add(database, *change.migration, done, time);
    // What was begun and is done now ran with the text of now.
    const std::array<Value, 3> values = {sha384(change.migration->up.sql), time, version};
    if (done) {
      BELAY_TRY(database.execute("UPDATE " + name +
                                     " SET checksum = CASE WHEN execution_time < 0 THEN ? ELSE "
                                     "checksum END, execution_time = CASE WHEN execution_time < 0 "
                                     "THEN CAST(? AS bigint) ELSE execution_time END WHERE version "
                                     "= CAST(? AS bigint)",
                                 values));
    }
    return database.execute("UPDATE " + name + " SET success = " + (done ? "(1 = 1)" : "(1 = 0)") +
                                " WHERE version = CAST(? AS bigint)",
                            {&version, 1});
  }
  Result<void> accept_text(Connection& database, const MigrationScript& migration) const override {
    const std::array<Value, 2> values = {sha384(migration.up.sql), migration.version};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET checksum = ? WHERE version = CAST(? AS bigint)",
                            values);
  }

 private:
  static constexpr int64_t kNotKnown = -1;

  Result<void> add(Connection& database, const MigrationScript& migration, bool success,
                   const Value& time) const {
    std::string description = migration.name;
    std::replace(description.begin(), description.end(), '_', ' ');
    const std::array<Value, 4> values = {migration.version, std::move(description),
                                         sha384(migration.up.sql), time};
    return database.execute("INSERT INTO " + foreign::quoted_name(database, table()) +
                                " (version, description, success, checksum, execution_time) "
                                "VALUES (CAST(? AS bigint), ?, " +
                                (success ? "1 = 1" : "1 = 0") + ", ?, ?)",
                            values);
  }

  Error failed(const std::string& version) const {
    return {
        "sqlx has begun version " + version + " and not ended it", table(),
        "see what of it is in the database and finish or undo it by hand, then set `success` of "
        "that row, or delete it"};
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> sqlx_history(const std::string& table) {
  return std::make_unique<SqlxHistory>(table);
}

}  // namespace belay::runtime
