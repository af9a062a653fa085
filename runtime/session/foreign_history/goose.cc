// goose adds a row for each application, with a row for version 0 from the start. A down deletes
// the version's rows; goose before 3 added one with `is_applied` false instead. So the youngest row
// of a version counts.
#include <map>

#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

class GooseHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "goose"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "version_id");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT CAST(version_id AS TEXT), CASE WHEN is_applied THEN 1 ELSE 0 END, CAST(tstamp AS "
        "TEXT) FROM " +
            foreign::quoted_name(database, table()) + " ORDER BY id");
    if (!rows) return std::move(rows).error();
    std::map<std::string, size_t> youngest;
    for (size_t i = 0; i < rows->rows.size(); ++i) youngest[foreign::text_of(*rows, i, 0)] = i;
    ForeignRecords out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      const std::string version = foreign::text_of(*rows, i, 0);
      if (youngest[version] != i || rows->number(i, 1) == 0 || version == "0") continue;
      ForeignEntry& entry = out.applied.emplace_back();
      entry.version = version;
      entry.applied_at = foreign::utc_time(foreign::text_of(*rows, i, 2));
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::is_same_number(migration.version, entry.version);
  }

  Result<void> create(Connection& database) const override {
    const std::string name = foreign::quoted_name(database, table());
    const bool sqlite = database.engine() == Engine::kSqlite;
    Result<bool> there = is_there(database);
    if (!there || *there) return there ? Result<void>() : std::move(there).error();
    BELAY_TRY(database.execute(
        "CREATE TABLE " + name +
        (sqlite ? " (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied "
                  "INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))"
                : " (id serial NOT NULL, version_id bigint NOT NULL, is_applied boolean NOT NULL, "
                  "tstamp timestamp NULL default now(), PRIMARY KEY(id))")));
    return add(database, "0");
  }

  std::string cannot_note(const MigrationScript& migration) const override {
    return foreign::is_number(migration.version) ? "" : "its version is no number";
  }
  Result<void> set(Connection& database, const ForeignChange& change) const override {
    if (change.state != ForeignState::kApplied && change.state != ForeignState::kPending) return {};
    const std::string name = foreign::quoted_name(database, table());
    const Value version = change.migration->version;
    if (change.state == ForeignState::kPending) {
      return database.execute("DELETE FROM " + name + " WHERE version_id = CAST(? AS bigint)",
                              {&version, 1});
    }
    Result<Rows> youngest =
        database.query("SELECT CASE WHEN is_applied THEN 1 ELSE 0 END FROM " + name +
                           " WHERE version_id = CAST(? AS bigint) ORDER BY id DESC LIMIT 1",
                       {&version, 1});
    if (!youngest) return std::move(youngest).error();
    if (youngest->number() != 0) return {};
    return add(database, change.migration->version);
  }

 private:
  Result<void> add(Connection& database, const std::string& version) const {
    const Value value = version;
    return database.execute("INSERT INTO " + foreign::quoted_name(database, table()) +
                                " (version_id, is_applied) VALUES (CAST(? AS bigint), 1 = 1)",
                            {&value, 1});
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> goose_history(const std::string& table) {
  return std::make_unique<GooseHistory>(table);
}

}  // namespace belay::runtime
