// node-pg-migrate keeps one row for each applied migration: its file's name without the extension.
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

class NodePgMigrateHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "node-pg-migrate"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "run_on");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows =
        foreign::read_table(database, tool(), table(),
                            "SELECT name, CAST(run_on AS TEXT) FROM " +
                                foreign::quoted_name(database, table()) + " ORDER BY run_on, id");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      ForeignEntry& entry = out.applied.emplace_back();
      entry.version = foreign::text_of(*rows, i, 0);
      entry.applied_at = foreign::utc_time(foreign::text_of(*rows, i, 1));
    }
    return out;
  }

  /// With a file for each direction, the name may have kept the direction.
  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    const std::string name = migration.display_name();
    return entry.version == name || entry.version == name + ".up";
  }

  Result<void> create(Connection& database) const override {
    const bool sqlite = database.engine() == Engine::kSqlite;
    return database.execute("CREATE TABLE IF NOT EXISTS " +
                            foreign::quoted_name(database, table()) +
                            (sqlite ? " (id INTEGER PRIMARY KEY" : " (id SERIAL PRIMARY KEY") +
                            ", name varchar(255) NOT NULL, run_on timestamp NOT NULL)");
  }

  Result<void> set(Connection& database, const ForeignChange& change) const override {
    if (change.state != ForeignState::kApplied && change.state != ForeignState::kPending) return {};
    const std::string table_name = foreign::quoted_name(database, table());
    const std::string name = change.migration->display_name();
    const Value names[] = {name, name + ".up"};
    const std::string about = table_name + " WHERE name = ? OR name = ?";
    if (change.state == ForeignState::kPending) {
      return database.execute("DELETE FROM " + about, names);
    }
    Result<bool> there = foreign::has_row(database, about, names);
    if (!there || *there) return there ? Result<void>() : std::move(there).error();
    return database.execute(
        "INSERT INTO " + table_name + " (name, run_on) VALUES (?, CURRENT_TIMESTAMP)", {names, 1});
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> node_pg_migrate_history(const std::string& table) {
  return std::make_unique<NodePgMigrateHistory>(table);
}

}  // namespace belay::runtime
