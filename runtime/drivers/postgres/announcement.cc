// Two hosts share a database and no state directory. Between `begin` and `commit` no connection of
// Belay's is open, so no lock tells the other host of the session; a schema with its name does, and
// the comment on it. The schema belongs to no snapshot: what comes back with a restore never holds
// the mark of the session that is rolled back.
#include <array>
#include <utility>

#include "runtime/drivers/postgres/driver.h"
#include "runtime/drivers/postgres/objects.h"
#include "runtime/drivers/postgres/quote.h"

namespace belay::runtime::postgres {
namespace {

constexpr std::string_view kComment = "an open session of Belay, begun by ";

}  // namespace

std::string mark_statement(std::string_view session, std::string_view by) {
  return "COMMENT ON SCHEMA " + quote_name(session_schema(session)) + " IS " +
         quote_text(std::string(kComment) + std::string(by));
}

/// A role that may make no schema has its session without a mark: nothing is lost by that but the
/// warning that somebody else would have had.
Result<void> PostgresDriver::announce_session(const AnnouncedSession& session) const {
  Result<std::unique_ptr<Connection>> connection = connect(Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  Result<Rows> allowed =
      (*connection)->query("SELECT has_database_privilege(current_database(), 'CREATE')");
  if (!allowed) return std::move(allowed).error();
  if (allowed->number() == 0) return {};
  const std::string schema = quote_name(session_schema(session.id));
  BELAY_TRY((*connection)->begin());
  BELAY_TRY((*connection)->execute("CREATE SCHEMA IF NOT EXISTS " + schema));
  BELAY_TRY((*connection)->execute(mark_statement(session.id, session.by)));
  return (*connection)->commit();
}

/// A kept snapshot of tables stays in the schema.
Result<void> PostgresDriver::withdraw_session(const std::string& session) const {
  Result<std::unique_ptr<Connection>> connection = connect(Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  const Value name = session_schema(session);
  Result<Rows> rows =
      (*connection)
          ->query(
              "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = n.oid) "
              "FROM pg_catalog.pg_namespace n WHERE nspname = ?",
              {&name, 1});
  if (!rows) return std::move(rows).error();
  if (rows->rows.empty()) return {};
  const std::string schema = quote_name(session_schema(session));
  return (*connection)
      ->execute(rows->number() == 0 ? "DROP SCHEMA " + schema
                                    : "COMMENT ON SCHEMA " + schema + " IS NULL");
}

Result<std::vector<AnnouncedSession>> PostgresDriver::announced_sessions(
    Connection& connection) const {
  const Value pattern = std::string(kComment) + "%";
  Result<Rows> rows = connection.query(
      "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace "
      "WHERE nspname LIKE 'belay\\_%' AND obj_description(oid, 'pg_namespace') LIKE ? ORDER BY 1",
      {&pattern, 1});
  if (!rows) return std::move(rows).error();
  std::vector<AnnouncedSession> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    const std::string session = session_of_schema(rows->text(i));
    if (session.empty()) continue;
    out.push_back({session, rows->text(i, 1).substr(kComment.size()), "schema " + rows->text(i)});
  }
  return out;
}

}  // namespace belay::runtime::postgres
