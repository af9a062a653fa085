// golang-migrate keeps one row: the last version, and whether it is `dirty`, which it is from
// before a script runs until after it. The row is replaced as a whole.
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

class GolangMigrateHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "golang-migrate"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "dirty");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT CAST(version AS TEXT), CASE WHEN dirty THEN 1 ELSE 0 END FROM " +
            foreign::quoted_name(database, table()));
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    if (rows->rows.empty()) return out;
    const std::string version = foreign::text_of(*rows, 0, 0);
    if (rows->number(0, 1) != 0) out.unfinished = dirty(version);
    if (!foreign::is_number(version)) return out;  // -1: a failed down of the first one
    ForeignEntry& entry = out.applied.emplace_back();
    entry.version = version;
    entry.sums_up = true;
    out.notes.emplace_back(
        "golang-migrate notes the last version alone: all files up to it count as applied, those "
        "that it passed over in silence included");
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::is_same_number(migration.version, entry.version);
  }
  bool covers(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::is_number(migration.version) &&
           foreign::compare_digits(migration.version, entry.version) <= 0;
  }

  Result<void> create(Connection& database) const override {
    const std::string name = foreign::quoted_name(database, table());
    if (database.engine() != Engine::kSqlite) {
      return database.execute("CREATE TABLE IF NOT EXISTS " + name +
                              " (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)");
    }
    BELAY_TRY(
        database.execute("CREATE TABLE IF NOT EXISTS " + name + " (version uint64,dirty bool)"));
    return database.execute("CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON " + name +
                            " (version)");
  }

  Result<void> note_applied(Connection& database, const MigrationScript& migration,
                            int64_t /*duration_ms*/) const override {
    Result<Rows> last = database.query("SELECT CAST(version AS TEXT) FROM " +
                                       foreign::quoted_name(database, table()));
    if (!last) return std::move(last).error();
    // One that runs late stays below the last version.
    const std::string now = last->rows.empty() ? "" : foreign::text_of(*last, 0, 0);
    if (foreign::is_number(now) && foreign::compare_digits(migration.version, now) < 0) return {};
    return set(database, &migration);
  }

  Result<void> note_undone(Connection& database, const MigrationScript& /*migration*/,
                           const MigrationScript* last) const override {
    return set(database, last);
  }

 private:
  Error dirty(const std::string& version) const {
    return {
        "golang-migrate has marked version " + version +
            " as dirty: its script was begun and did not come to its end",
        table(),
        "see what of it is in the database and finish or undo it by hand, then `migrate force " +
            version + "` where it is applied, or `migrate force` with the version before it"};
  }

  Result<void> set(Connection& database, const MigrationScript* last) const {
    const std::string name = foreign::quoted_name(database, table());
    BELAY_TRY(database.execute("DELETE FROM " + name));
    if (last == nullptr) return {};
    const Value version = last->version;
    return database.execute(
        "INSERT INTO " + name + " (version, dirty) VALUES (CAST(? AS bigint), 1 = 0)",
        {&version, 1});
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> golang_migrate_history(const std::string& table) {
  return std::make_unique<GolangMigrateHistory>(table);
}

}  // namespace belay::runtime
