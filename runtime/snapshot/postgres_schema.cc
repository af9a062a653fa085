#include "runtime/snapshot/postgres_schema.h"

#include <memory>
#include <utility>

#include "runtime/drivers/postgres/inspect.h"
#include "runtime/drivers/postgres/objects.h"
#include "runtime/drivers/postgres/quote.h"

namespace belay::runtime::postgres {

std::string restored_mark(const std::string& session) {
  return quote_name(session_schema(session)) + ".restored";
}

Result<bool> is_restored(const PostgresDriver& driver, const std::string& session) {
  Result<std::unique_ptr<Connection>> connection =
      driver.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  return relation_exists(**connection, restored_mark(session));
}

Result<void> drop_schema(const PostgresDriver& driver, const std::string& session) {
  Result<std::unique_ptr<Connection>> connection =
      driver.connect(Driver::Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->execute("SET statement_timeout = 0"));
  return (*connection)
      ->execute("DROP SCHEMA IF EXISTS " + quote_name(session_schema(session)) + " CASCADE");
}

}  // namespace belay::runtime::postgres
