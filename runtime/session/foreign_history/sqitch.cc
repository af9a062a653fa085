// sqitch keeps a registry of its own: on PostgreSQL the schema `sqitch`, on SQLite the file
// `sqitch` with the ending of the database beside it. `changes` has a row for each change that is
// deployed. A change that was reworked is there twice under one name; the time at which it was
// planned tells them apart. Rows are tied to the plan by hashes over the plan's own lines, so it is
// only read.
#include <memory>

#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

class SqitchHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "sqitch"; }

  Result<bool> is_there(Connection& database) const override {
    if (database.engine() != Engine::kSqlite) {
      return foreign::has_column(database, "sqitch." + table(), "change_id");
    }
    Result<std::unique_ptr<Connection>> registry = open_registry(database);
    if (!registry) return std::move(registry).error();
    if (*registry == nullptr) return false;
    return foreign::has_column(**registry, table(), "change_id");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    if (database.engine() != Engine::kSqlite) return read_from(database, "sqitch." + table());
    Result<std::unique_ptr<Connection>> registry = open_registry(database);
    if (!registry) return std::move(registry).error();
    if (*registry == nullptr) return ForeignRecords{};
    return read_from(**registry, table());
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return entry.name == migration.name &&
           foreign::utc_time(entry.version) == foreign::utc_time(migration.version);
  }

  std::string read_only_because() const override {
    return "sqitch ties each row of its registry to its plan; let it deploy by itself, or stop "
           "using it";
  }
  Result<void> create(Connection& /*database*/) const override { return refuse(); }
  Result<void> set(Connection& /*database*/, const ForeignChange& /*change*/) const override {
    return refuse();
  }

 private:
  Error refuse() const {
    return {"sqitch's registry cannot be kept up to date", table(), read_only_because()};
  }

  Result<ForeignRecords> read_from(Connection& registry, const std::string& name) const {
    const bool sqlite = registry.engine() == Engine::kSqlite;
    const std::string quoted_change = foreign::quoted_name(registry, "change");
    Result<Rows> rows = foreign::read_table(
        registry, tool(), name,
        "SELECT " + quoted_change + ", CAST(" +
            (sqlite ? "planned_at AS TEXT), CAST(committed_at AS TEXT) FROM "
                    : "planned_at AT TIME ZONE 'UTC' AS TEXT), CAST(committed_at AT TIME ZONE "
                      "'UTC' AS TEXT) FROM ") +
            foreign::quoted_name(registry, name) + " ORDER BY committed_at");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      ForeignEntry& entry = out.applied.emplace_back();
      entry.name = foreign::text_of(*rows, i, 0);
      entry.version = foreign::text_of(*rows, i, 1);
      entry.applied_at = foreign::utc_time(foreign::text_of(*rows, i, 2));
    }
    return out;
  }

  /// nullptr where there is none.
  static Result<std::unique_ptr<Connection>> open_registry(Connection& database) {
    Result<Rows> file = database.query("SELECT file FROM pragma_database_list WHERE name = 'main'");
    if (!file) return std::move(file).error();
    const std::string main = file->text();
    const std::string_view base = path::file_name(main);
    const size_t dot = base.find('.');
    const std::string ending = dot == std::string_view::npos ? "" : std::string(base.substr(dot));
    const std::string registry = path::join(path::parent(main), "sqitch" + ending);
    if (registry == main || !DiskFileSystem().exists(registry)) {
      return std::unique_ptr<Connection>();
    }
    DatabaseUrl url;
    url.engine = Engine::kSqlite;
    url.database = registry;
    return connect(url, ConnectionOptions{});
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> sqitch_history(const std::string& table) {
  return std::make_unique<SqitchHistory>(table);
}

}  // namespace belay::runtime
