#include "runtime/drivers/postgres/driver.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "runtime/drivers/postgres/objects.h"
#include "runtime/drivers/postgres/orphans.h"
#include "runtime/drivers/postgres/script.h"
#include "runtime/drivers/postgres/session_lock.h"
#include "runtime/io/sha256.h"
#include "runtime/session/state_directory.h"
#include "runtime/snapshot/postgres_dump.h"
#include "runtime/snapshot/postgres_tables.h"
#include "runtime/snapshot/postgres_template.h"
#include "support/ascii.h"
#include "support/file_system.h"

namespace belay::runtime::postgres {
namespace {

constexpr const char* kDatabaseOid = "db";
constexpr const char* kNextTransaction = "xid";
constexpr const char* kStatisticsSince = "stats";

/// What libpq would take where the URL is silent: from `PG*` variables, a service file, its own
/// defaults.
Result<void> fill_in_defaults(DatabaseUrl& url) {
  Result<const Library*> library = postgres::library();
  if (!library) return std::move(library).error();
  PQconninfoOption* options = (*library)->connection_defaults();
  const auto take = [&](const char* keyword, std::string& target) {
    for (const PQconninfoOption* o = options; o != nullptr && o->keyword != nullptr; ++o) {
      const bool found = std::strcmp(o->keyword, keyword) == 0 && o->val != nullptr;
      if (found && target.empty()) target = o->val;
    }
  };
  const bool has_service = url.options.contains("service");
  if (!has_service) {
    take("host", url.host);
    take("port", url.port);
    take("user", url.user);
    take("dbname", url.database);
    if (url.database.empty()) url.database = url.user;
  }
  (*library)->free_connection_defaults(options);
  if (!url.database.empty()) return {};
  return Error{"the name of the database is missing", url.to_string(),
               "write it behind the host: postgresql://host/database"};
}

/// `postgresql://host:port/database`: what one database has to be the same for all who use it.
std::string identity(const DatabaseUrl& url) {
  DatabaseUrl out;
  out.engine = url.engine;
  const auto address = url.options.find("hostaddr");
  out.host = !url.host.empty()              ? url.host
             : address != url.options.end() ? address->second
                                            : "localhost";
  out.port = url.port.empty() ? "5432" : url.port;
  out.database = url.database;
  return out.to_string();
}

/// `shop-1a2b3c4d`, so that a person finds it and no two databases share it.
std::string folder_name(const std::string& database, const std::string& identity) {
  constexpr size_t kHash = 8;
  constexpr size_t kLongest = 60;
  std::string out;
  for (const char c : database.substr(0, kLongest)) {
    const bool plain = ascii::is_word(c) || c == '-';
    out += plain ? c : '_';
  }
  return out + "-" + sha256_hex(identity).substr(0, kHash);
}

}  // namespace

Result<std::unique_ptr<PostgresDriver>> PostgresDriver::open(const DatabaseUrl& url,
                                                             const DriverOptions& options) {
  PostgresSettings settings;
  settings.url = url;
  BELAY_TRY(fill_in_defaults(settings.url));
  settings.connection.busy_timeout = options.busy_timeout;
  settings.connection.statement_timeout = options.statement_timeout;
  settings.connection.cancellation = options.cancellation;
  settings.progress = options.progress;
  settings.end_other_sessions = options.end_other_sessions;
  std::string name = identity(settings.url);
  const std::string base = options.base_directory.empty() ? "." : options.base_directory;
  std::string directory =
      path::absolute(path::join(base, std::string(StateDirectory::kSharedName))) + "/" +
      folder_name(settings.url.database, name);
  return std::unique_ptr<PostgresDriver>(
      new PostgresDriver(std::move(settings), std::move(name), std::move(directory)));
}

Result<std::unique_ptr<DatabaseLock>> PostgresDriver::lock(const LockRequest& request) const {
  auto lock = SessionLock::acquire(settings_, request);
  if (!lock) return std::move(lock).error();
  return std::unique_ptr<DatabaseLock>(*std::move(lock));
}

/// A database is made by its administrator, not by a migration.
Result<Driver::Presence> PostgresDriver::presence() const { return Presence::kPresent; }

Result<std::unique_ptr<Connection>> PostgresDriver::connect(Purpose purpose,
                                                            bool /*create*/) const {
  auto opened = PostgresConnection::open(settings_.url, settings_.connection);
  if (!opened) return std::move(opened).error();
  PostgresConnection& connection = **opened;
  BELAY_TRY(connection.remember_home());
  if (purpose != Purpose::kProgram) {
    // One turn of waiting; whoever comes behind us waits as long.
    constexpr std::chrono::milliseconds kTurn{1000};
    const std::chrono::milliseconds turn = std::min(settings_.connection.busy_timeout, kTurn);
    BELAY_TRY(connection.execute("SET lock_timeout = " + std::to_string(turn.count())));
  }
  if (purpose == Purpose::kLook) {
    BELAY_TRY(connection.execute("SET default_transaction_read_only = on"));
  }
  if (purpose == Purpose::kSession) {
    BELAY_TRY(mark_as_worker(connection, settings_.url.database));
    BELAY_TRY(connection.execute("SET idle_in_transaction_session_timeout = 0"));
    connection.publish_statistics();
  }
  return std::unique_ptr<Connection>(*std::move(opened));
}

Result<ScriptPlan> PostgresDriver::plan(const Script& script, bool transaction) const {
  return plan_script(script, transaction);
}

Result<std::string> PostgresDriver::schema_fingerprint(Connection& connection) const {
  return postgres::schema_fingerprint(connection);
}

Result<std::vector<TableLock>> PostgresDriver::table_locks(Connection& connection) const {
  return postgres::table_locks(as_postgres(connection));
}

Result<RowCounts> PostgresDriver::row_counts(Connection& connection) const {
  return postgres::row_counts(as_postgres(connection));
}

/// The savepoint brings back which constraints are deferred.
Result<void> PostgresDriver::check_deferred(Connection& connection) const {
  for (const char* statement :
       {"SAVEPOINT belay_deferred", "SET CONSTRAINTS ALL IMMEDIATE",
        "ROLLBACK TO SAVEPOINT belay_deferred", "RELEASE SAVEPOINT belay_deferred"}) {
    BELAY_TRY(connection.execute(statement));
  }
  return {};
}

/// Without a schema any table of that name may be meant.
bool PostgresDriver::is_left_alone(std::string_view table) const {
  const size_t dot = table.find('.');
  const std::string wanted(table);
  return std::any_of(ignored_.begin(), ignored_.end(), [&](std::string known) {
    std::erase(known, '"');
    return dot == std::string_view::npos ? known.ends_with("." + wanted) : known == wanted;
  });
}

Result<RowCounts> PostgresDriver::watched_rows(Connection& connection) const {
  return postgres::row_counts(as_postgres(connection), ignored_);
}

/// Rows as the server last estimated them: counting would read every table.
Result<TableSizes> PostgresDriver::table_sizes(Connection& connection) const {
  return postgres::table_sizes(as_postgres(connection));
}

Result<std::optional<uint64_t>> PostgresDriver::database_bytes(Connection& connection) const {
  Result<Rows> rows = connection.query("SELECT pg_database_size(current_database())");
  if (!rows) return std::move(rows).error();
  return std::optional<uint64_t>(static_cast<uint64_t>(rows->number()));
}

std::optional<uint64_t> PostgresDriver::size() const {
  Result<std::unique_ptr<Connection>> connection = connect(Purpose::kLook, /*create=*/false);
  if (!connection) return std::nullopt;
  Result<std::optional<uint64_t>> bytes = database_bytes(**connection);
  return bytes ? *bytes : std::nullopt;
}

Result<Integrity> PostgresDriver::integrity(Connection& connection) const {
  return postgres::integrity(as_postgres(connection));
}

Result<bool> PostgresDriver::was_done(Connection& connection, const Script& script,
                                      const PlannedStatement& statement) const {
  return postgres::was_done(connection, script, statement);
}

/// The next transaction id is the server's, for all of its databases: where it has not moved,
/// nobody has written; where it has, it may have been in another one.
Result<ChangeMark> PostgresDriver::mark(Connection& connection) const {
  Result<Rows> rows = connection.query(
      "SELECT oid, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, "
      "(SELECT stats_reset::text FROM pg_stat_wal) "
      "FROM pg_database WHERE datname = current_database()");
  if (!rows) return std::move(rows).error();
  return ChangeMark{{{kDatabaseOid, rows->number(0, 0)},
                     {kNextTransaction, rows->number(0, 1)},
                     {kStatisticsSince, rows->text(0, 2)}}};
}

std::optional<uint64_t> PostgresDriver::commits_between(const ChangeMark& earlier,
                                                        const ChangeMark& later) const {
  const bool same = !earlier.data.is_null() && earlier.data == later.data;
  return same ? std::optional<uint64_t>(0) : std::nullopt;
}

/// A server that has crashed counts from nothing; so does another database of the same name.
bool PostgresDriver::digests_compare(const ChangeMark& earlier, const ChangeMark& later) const {
  return number_at(earlier.data, kDatabaseOid) == number_at(later.data, kDatabaseOid) &&
         text_at(earlier.data, kStatisticsSince) == text_at(later.data, kStatisticsSince);
}

Result<std::string> PostgresDriver::digest() const {
  Result<std::unique_ptr<Connection>> connection = connect(Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->begin());
  Result<std::string> digest = activity_digest(**connection, ignored_);
  BELAY_TRY((*connection)->roll_back());
  return digest;
}

std::unique_ptr<SnapshotStrategy> PostgresDriver::strategy(std::string_view name) const {
  if (name == PostgresTemplate::kName) return std::make_unique<PostgresTemplate>(*this);
  if (name == PostgresDump::kName) return std::make_unique<PostgresDump>(*this);
  if (name == PostgresTables::kName) {
    return std::make_unique<PostgresTables>(*this, std::vector<std::string>{}, nullptr);
  }
  return nullptr;
}

std::unique_ptr<SnapshotStrategy> PostgresDriver::file_strategy() const {
  return std::make_unique<PostgresDump>(*this);
}

Result<void> PostgresDriver::clear(const Admit& admit) const {
  Result<std::unique_ptr<Connection>> connection = connect(Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  PostgresConnection& database = as_postgres(**connection);
  BELAY_TRY(database.begin());
  Result<ChangeMark> mark = this->mark(database);
  if (!mark) return std::move(mark).error();
  BELAY_TRY(admit(database, *mark));
  BELAY_TRY(database.execute("SET LOCAL search_path = ''"));
  Result<std::vector<Object>> objects = read_objects(database);
  if (!objects) return std::move(objects).error();
  std::erase_if(*objects,
                [](const Object& object) { return !session_of_schema(object.schema).empty(); });
  for (const std::string& statement : drop_statements(*objects, database.home_schema())) {
    BELAY_TRY(database.execute(statement));
  }
  return database.commit();
}

Result<ChosenGuard> PostgresDriver::dump_instead(ChosenGuard choice) const {
  auto dump = std::make_unique<PostgresDump>(*this);
  Result<std::string> obstacle = dump->obstacle();
  if (!obstacle) return std::move(obstacle).error();
  if (obstacle->empty()) {
    choice.strategy = std::move(dump);
    return choice;
  }
  std::string why;
  for (const std::string& reason : choice.reasons) why += reason + "; ";
  return Error{"the database cannot be guarded: " + why + *obstacle, name_,
               "end others' connections with --end-other-sessions, give the role the right to make "
               "databases, or install PostgreSQL's client programs"};
}

/// The tables where the advice says that nothing else is touched, else the whole database.
Result<ChosenGuard> PostgresDriver::choose_guard(const std::optional<GuardAdvice>& advice,
                                                 std::unique_ptr<Connection> look) const {
  ChosenGuard choice;
  if (advice && (advice->guard == Guard::kTables || advice->guard == Guard::kTransaction)) {
    const bool none = advice->guard == Guard::kTransaction;
    auto tables = std::make_unique<PostgresTables>(
        *this, none ? std::vector<std::string>() : advice->tables, std::move(look));
    Result<std::string> obstacle = tables->obstacle();
    if (!obstacle) return std::move(obstacle).error();
    if (obstacle->empty()) {
      choice.guard = advice->guard;
      choice.strategy = std::move(tables);
      return choice;
    }
    choice.reasons.push_back("the tables cannot be guarded alone: " + *obstacle);
  }
  look.reset();  // the server copies no database that somebody is connected to
  auto whole = std::make_unique<PostgresTemplate>(*this);
  Result<std::string> obstacle = whole->obstacle();
  if (!obstacle) return std::move(obstacle).error();
  if (!obstacle->empty()) {
    choice.reasons.push_back("the server cannot copy the database: " + *obstacle);
    return dump_instead(std::move(choice));
  }
  choice.strategy = std::move(whole);
  return choice;
}

}  // namespace belay::runtime::postgres
