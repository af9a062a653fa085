#include "runtime/drivers/postgres/server.h"

#include <chrono>
#include <thread>
#include <utility>

#include "runtime/drivers/postgres/orphans.h"
#include "runtime/drivers/postgres/quote.h"

namespace belay::runtime::postgres {

Result<std::unique_ptr<Server>> Server::connect(const PostgresSettings& settings) {
  DatabaseUrl url = settings.url;
  url.database = settings.maintenance_database();
  auto connection = PostgresConnection::open(url, settings.connection);
  if (!connection) return std::move(connection).error();
  BELAY_TRY(mark_as_worker(**connection, settings.url.database));
  BELAY_TRY((*connection)->execute("SET statement_timeout = 0"));
  return std::unique_ptr<Server>(new Server(*std::move(connection)));
}

Result<Rows> Server::query(const std::string& sql, const std::vector<Value>& parameters) {
  return connection_->query(sql, parameters);
}

Result<std::optional<DatabaseInfo>> Server::find(const std::string& database) {
  // A drop that was cut off leaves the limit -2 behind (minor releases of 2023 and later).
  Result<Rows> rows = query(
      "SELECT oid, datallowconn, datconnlimit = -2, pg_has_role(datdba, 'MEMBER') "
      "FROM pg_database WHERE datname = ?",
      {database});
  if (!rows) return std::move(rows).error();
  if (rows->rows.empty()) return std::optional<DatabaseInfo>();
  return std::optional<DatabaseInfo>({rows->number(0, 0), rows->number(0, 1) != 0,
                                      rows->number(0, 2) != 0, rows->number(0, 3) != 0});
}

Result<uint64_t> Server::bytes(const std::string& database) {
  Result<Rows> rows = query("SELECT pg_database_size(?::name)", {database});
  if (!rows) return std::move(rows).error();
  return static_cast<uint64_t>(rows->number());
}

Result<bool> Server::may_create_databases() {
  Result<Rows> rows =
      query("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user", {});
  if (!rows) return std::move(rows).error();
  return rows->number() != 0;
}

Result<std::vector<OtherSession>> Server::other_sessions(const std::string& database) {
  // Workers of autovacuum give way by themselves.
  Result<Rows> rows = query(
      "SELECT pid, format('%s (role %s%s)', coalesce(nullif(application_name, ''), 'a program'), "
      "usename, ', from ' || host(client_addr)) FROM pg_stat_activity "
      "WHERE datname = ? AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker' "
      "ORDER BY backend_start",
      {database});
  if (!rows) return std::move(rows).error();
  std::vector<OtherSession> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) out.push_back({rows->number(i), rows->text(i, 1)});
  return out;
}

Result<std::vector<OtherSession>> Server::lasting_sessions(const std::string& database) {
  constexpr int kLooks = 25;
  constexpr auto kPause = std::chrono::milliseconds(20);
  for (int look = 0;; ++look) {
    Result<std::vector<OtherSession>> sessions = other_sessions(database);
    if (!sessions || sessions->empty() || look == kLooks) return sessions;
    std::this_thread::sleep_for(kPause);
  }
}

Result<void> Server::end_sessions(const std::string& database) {
  constexpr int kAttempts = 200;
  constexpr auto kPause = std::chrono::milliseconds(25);
  std::vector<OtherSession> left;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<std::vector<OtherSession>> sessions = other_sessions(database);
    if (!sessions) return std::move(sessions).error();
    left = *std::move(sessions);
    if (left.empty()) return {};
    Result<Rows> ended = query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = ? AND pid <> pg_backend_pid()",
        {database});
    if (!ended) return std::move(ended).error();
    std::this_thread::sleep_for(kPause);
  }
  return Error{"the connection of " + left.front().description + " does not end", database,
               "end it by hand and try again"};
}

Result<void> Server::allow_connections(const std::string& database, bool allowed) {
  return execute("ALTER DATABASE " + quote_name(database) + " ALLOW_CONNECTIONS " +
                 (allowed ? "true" : "false"));
}

Result<int64_t> Server::rows_written(const std::string& database) {
  Result<Rows> rows = query(
      "SELECT tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = ?",
      {database});
  if (!rows) return std::move(rows).error();
  return rows->number();
}

/// While the server is being backed up its log must tell of the pages: in a backup the files may be
/// later ones (manual, 26.3.6). Servers before 15 know of no choice.
Result<void> Server::copy(const std::string& from, const std::string& to, int64_t files_from) {
  Result<Rows> by_files = query(
      "SELECT current_setting('server_version_num')::int >= 150000 "
      "AND pg_database_size(?::name) >= ? AND NOT EXISTS (SELECT FROM pg_stat_progress_basebackup)",
      {from, files_from});
  if (!by_files) return std::move(by_files).error();
  return execute("CREATE DATABASE " + quote_name(to) + " TEMPLATE " + quote_name(from) +
                 (by_files->number() != 0 ? " STRATEGY FILE_COPY" : ""));
}

Result<void> Server::drop(const std::string& database) {
  return execute("DROP DATABASE IF EXISTS " + quote_name(database) + " WITH (FORCE)");
}

}  // namespace belay::runtime::postgres
