// dbmate keeps one row for each applied migration: the digits at the front of its file's name, as
// text, and nothing else.
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

class DbmateHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "dbmate"; }

  /// golang-migrate calls its table the same.
  Result<bool> is_there(Connection& database) const override {
    Result<bool> dirty = foreign::has_column(database, table(), "dirty");
    if (!dirty || *dirty) return dirty ? Result<bool>(false) : std::move(dirty);
    return foreign::has_column(database, table(), "version");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT version FROM " + foreign::quoted_name(database, table()) + " ORDER BY version");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      out.applied.emplace_back().version = foreign::text_of(*rows, i, 0);
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return entry.version == migration.version;
  }

  Result<void> create(Connection& database) const override {
    return database.execute("CREATE TABLE IF NOT EXISTS " +
                            foreign::quoted_name(database, table()) +
                            " (version varchar(128) PRIMARY KEY)");
  }

  Result<void> set(Connection& database, const ForeignChange& change) const override {
    return foreign::set_row(database, table(), "version", change.migration->version, change.state);
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> dbmate_history(const std::string& table) {
  return std::make_unique<DbmateHistory>(table);
}

}  // namespace belay::runtime
