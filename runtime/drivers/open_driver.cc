#include "runtime/drivers/driver.h"
#include "runtime/drivers/postgres/connection.h"
#include "runtime/drivers/postgres/driver.h"
#include "runtime/drivers/sqlite/driver.h"

namespace belay::runtime {

Result<std::unique_ptr<Driver>> open_driver(const DatabaseUrl& url, const DriverOptions& options) {
  if (url.engine == Engine::kSqlite) {
    auto driver = sqlite::SqliteDriver::open(url, options);
    if (!driver) return std::move(driver).error();
    return std::unique_ptr<Driver>(*std::move(driver));
  }
  if (url.engine == Engine::kPostgres) {
    auto driver = postgres::PostgresDriver::open(url, options);
    if (!driver) return std::move(driver).error();
    return std::unique_ptr<Driver>(*std::move(driver));
  }
  return Error{"this Belay has no driver for " + std::string(engine_display_name(url.engine)),
               "database URL", "it runs migrations on SQLite and PostgreSQL"};
}

Result<std::unique_ptr<Connection>> connect(const DatabaseUrl& url,
                                            const ConnectionOptions& options) {
  if (url.engine == Engine::kPostgres) {
    auto connection = postgres::PostgresConnection::open(url, options);
    if (!connection) return std::move(connection).error();
    return std::unique_ptr<Connection>(*std::move(connection));
  }
  DriverOptions driver_options;
  driver_options.base_directory = options.base_directory;
  driver_options.busy_timeout = options.busy_timeout;
  driver_options.statement_timeout = options.statement_timeout;
  driver_options.cancellation = options.cancellation;
  Result<std::unique_ptr<Driver>> driver = open_driver(url, driver_options);
  if (!driver) return std::move(driver).error();
  return (*driver)->connect(Driver::Purpose::kProgram, options.create);
}

}  // namespace belay::runtime
