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

  Result<void> note_applied(Connection& database, const MigrationScript& migration,
                            int64_t duration_ms) const override {
    constexpr int64_t kNanosecondsInMillisecond = 1'000'000;
    std::string description = migration.name;
    std::replace(description.begin(), description.end(), '_', ' ');
    const std::array<Value, 4> values = {migration.version, std::move(description),
                                         sha384(migration.up.sql),
                                         duration_ms * kNanosecondsInMillisecond};
    return database.execute("INSERT INTO " + foreign::quoted_name(database, table()) +
                                " (version, description, success, checksum, execution_time) "
                                "VALUES (CAST(? AS bigint), ?, 1 = 1, ?, ?)",
                            values);
  }

  Result<void> note_undone(Connection& database, const MigrationScript& migration,
                           const MigrationScript* /*last*/) const override {
    const Value version = migration.version;
    return database.execute("DELETE FROM " + foreign::quoted_name(database, table()) +
                                " WHERE version = CAST(? AS bigint)",
                            {&version, 1});
  }

 private:
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
