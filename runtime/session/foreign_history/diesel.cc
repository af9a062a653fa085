// diesel keeps one row for each applied migration: what stands before the first underscore of its
// folder's name, without dashes.
#include <algorithm>

#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

class DieselHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "diesel"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "run_on");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(database, tool(), table(),
                                            "SELECT version, CAST(run_on AS TEXT) FROM " +
                                                foreign::quoted_name(database, table()) +
                                                " ORDER BY run_on, version");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      ForeignEntry& entry = out.applied.emplace_back();
      entry.version = foreign::text_of(*rows, i, 0);
      entry.applied_at = foreign::utc_time(foreign::text_of(*rows, i, 1));
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return entry.version == version_of(migration);
  }

  Result<void> create(Connection& database) const override {
    return database.execute("CREATE TABLE IF NOT EXISTS " +
                            foreign::quoted_name(database, table()) +
                            " (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL "
                            "DEFAULT CURRENT_TIMESTAMP)");
  }

  Result<void> set(Connection& database, const ForeignChange& change) const override {
    return foreign::set_row(database, table(), "version", version_of(*change.migration),
                            change.state);
  }

 private:
  static std::string version_of(const MigrationScript& migration) {
    std::string out = migration.version;
    out.erase(std::remove(out.begin(), out.end(), '-'), out.end());
    return out;
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> diesel_history(const std::string& table) {
  return std::make_unique<DieselHistory>(table);
}

}  // namespace belay::runtime
