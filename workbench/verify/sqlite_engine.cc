#include <utility>

#include "runtime/drivers/sqlite/memory.h"
#include "workbench/verify/engine.h"
#include "workbench/verify/sqlite_catalog.h"
#include "workbench/verify/sqlite_tables.h"

namespace belay::workbench {
namespace {

using runtime::Connection;
using runtime::sqlite::MemoryDatabase;

class SqliteDatabase : public ScratchDatabase {
 public:
  explicit SqliteDatabase(std::unique_ptr<MemoryDatabase> database)
      : database_(std::move(database)) {}

  Result<std::unique_ptr<Connection>> connect() const override { return database_->connect(); }
  const MemoryDatabase& memory() const { return *database_; }

 private:
  std::unique_ptr<MemoryDatabase> database_;
};

Result<std::unique_ptr<ScratchDatabase>> wrapped(Result<std::unique_ptr<MemoryDatabase>> database) {
  if (!database) return std::move(database).error();
  return std::unique_ptr<ScratchDatabase>(std::make_unique<SqliteDatabase>(*std::move(database)));
}

class SqliteEngine : public ScratchEngine {
 public:
  explicit SqliteEngine(const runtime::CancellationToken& cancellation) {
    options_.cancellation = cancellation;
  }

  Engine engine() const override { return Engine::kSqlite; }
  std::string version() const override {
    const Result<std::unique_ptr<MemoryDatabase>> database = MemoryDatabase::create({});
    if (!database) return "SQLite";
    const Result<std::unique_ptr<Connection>> connection = (*database)->connect();
    return connection ? "SQLite " + (*connection)->engine_version() : "SQLite";
  }
  Result<std::unique_ptr<ScratchDatabase>> create() override {
    return wrapped(MemoryDatabase::create(options_));
  }
  Result<std::unique_ptr<ScratchDatabase>> copy(const ScratchDatabase& original) override {
    return wrapped(static_cast<const SqliteDatabase&>(original).memory().copy());
  }
  Result<Catalog> read_catalog(Connection& connection) const override {
    return read_sqlite_catalog(connection);
  }
  Result<std::vector<TableShape>> read_tables(Connection& connection) const override {
    return read_sqlite_tables(connection);
  }
  Result<void> prepare_filling(Connection& connection) const override {
    return connection.execute("PRAGMA foreign_keys=ON");
  }
  Result<void> finish_filling(Connection& /*connection*/, uint32_t /*rows*/) const override {
    return {};  // SQLite numbers on from the greatest that is there
  }
  Result<std::vector<std::string>> read_shared() override { return std::vector<std::string>(); }
  void drop_shared_besides(const std::vector<std::string>& /*known*/) override {}

 private:
  runtime::ConnectionOptions options_;
};

}  // namespace

std::unique_ptr<ScratchEngine> sqlite_engine(const runtime::CancellationToken& cancellation) {
  return std::make_unique<SqliteEngine>(cancellation);
}

}  // namespace belay::workbench
