// Taking: the server copies the database under a temporary name, the copy is compared with the
// original, gets its name, and is closed to everybody. Nobody may be connected meanwhile; who comes
// is kept waiting by the server. Restoring: the database and the copy change names in one
// transaction, so that there is no moment without a database and none with half of it; the old one
// is dropped when all is recorded. Where a person agreed to end others' connections the database is
// closed before, so that nobody slips in again; `settle` opens it should we die.
#include "runtime/snapshot/postgres_template.h"

#include <utility>

#include "runtime/drivers/postgres/inspect.h"
#include "runtime/drivers/postgres/quote.h"
#include "runtime/io/durable_file.h"
#include "runtime/snapshot/free_space.h"

namespace belay::runtime::postgres {
namespace {

constexpr const char* kOid = "oid";
constexpr int kAttempts = 5;

std::string snapshot_name(const SnapshotPlace& place) { return "belay_" + place.session; }
std::string unverified_name(const SnapshotPlace& place) {
  return snapshot_name(place) + "_partial";
}
std::string replaced_name(const SnapshotPlace& place) { return snapshot_name(place) + "_old"; }

bool is_local(const std::string& host) {
  return host.empty() || host.starts_with("/") || host == "localhost" || host == "127.0.0.1" ||
         host == "::1";
}

}  // namespace

Result<Server*> PostgresTemplate::server() {
  if (server_ == nullptr) {
    Result<std::unique_ptr<Server>> opened = Server::connect(driver_.settings());
    if (!opened) return std::move(opened).error();
    server_ = *std::move(opened);
  }
  return server_.get();
}

Error PostgresTemplate::in_use(const std::vector<OtherSession>& sessions) const {
  constexpr size_t kShown = 3;
  std::string who;
  for (size_t i = 0; i < sessions.size() && i < kShown; ++i) {
    who += (i == 0 ? "" : ", ") + sessions[i].description;
  }
  if (sessions.size() > kShown) who += " and others";
  return {"others are connected to the database, " + std::to_string(sessions.size()) + ": " + who,
          driver_.name(), "end them and try again, or have them ended: --end-other-sessions"};
}

Result<std::string> PostgresTemplate::obstacle() {
  Result<Server*> server = this->server();
  if (!server) {
    return "the maintenance database `" + driver_.settings().maintenance_database() +
           "` cannot be reached: " + server.error().message;
  }
  Result<bool> may_create = (*server)->may_create_databases();
  if (!may_create) return std::move(may_create).error();
  if (!*may_create) return std::string("the role may not make databases (CREATEDB)");
  Result<std::optional<DatabaseInfo>> info = (*server)->find(database());
  if (!info) return std::move(info).error();
  if (!*info) return std::string("the database is not on this server");
  if (!(*info)->is_owned) return std::string("the database belongs to another role");
  // A logical slot belongs to the database's number, not to its name.
  Result<Rows> slots = (*server)->query(
      "SELECT count(*) FROM pg_replication_slots WHERE database = ?", {database()});
  if (!slots) return std::move(slots).error();
  if (slots->number() > 0) return std::string("logical replication reads from the database");
  if (driver_.settings().end_other_sessions) return std::string();
  Result<std::vector<OtherSession>> others = (*server)->lasting_sessions(database());
  if (!others) return std::move(others).error();
  return others->empty() ? std::string() : in_use(*others).message;
}

Result<std::unique_ptr<Connection>> PostgresTemplate::connect_to(
    const std::string& database) const {
  DatabaseUrl url = driver_.settings().url;
  url.database = database;
  auto connection = PostgresConnection::open(url, driver_.settings().connection);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->remember_home());
  BELAY_TRY((*connection)->execute("SET default_transaction_read_only = on"));
  BELAY_TRY((*connection)->execute("SET statement_timeout = 0"));
  return std::unique_ptr<Connection>(*std::move(connection));
}

/// In the transaction that `connection` is in.
Result<PostgresTemplate::Facts> PostgresTemplate::facts_of(Connection& connection) const {
  Facts facts;
  Result<ChangeMark> mark = driver_.mark(connection);
  if (!mark) return std::move(mark).error();
  facts.mark = *std::move(mark);
  Result<std::string> fingerprint = schema_fingerprint(connection);
  if (!fingerprint) return std::move(fingerprint).error();
  facts.fingerprint = *std::move(fingerprint);
  Result<Rows> sizes = connection.query(
      "SELECT string_agg(oid || ' ' || pg_relation_size(oid), ',' ORDER BY oid) FROM pg_class "
      "WHERE relkind IN ('r', 'm', 't', 'i', 'S') AND NOT relisshared AND relpersistence <> 't'");
  if (!sizes) return std::move(sizes).error();
  facts.sizes = sizes->text();
  return facts;
}

Result<void> PostgresTemplate::check_space(const TakeRequest& request) {
  if (!is_local(driver_.settings().url.host)) return {};  // the server itself will refuse
  Result<Rows> directory = server_->query("SELECT current_setting('data_directory', true)", {});
  if (!directory || !file_exists(directory->text())) return {};
  Result<uint64_t> bytes = server_->bytes(database());
  if (!bytes) return std::move(bytes).error();
  return check_free_space(directory->text(), *bytes, request.free_space_margin);
}

Result<TakenSnapshot> PostgresTemplate::take(const SnapshotPlace& place,
                                             const TakeRequest& request) {
  Result<Server*> server = this->server();
  if (!server) return std::move(server).error();
  BELAY_TRY(check_space(request));
  const std::string unverified = unverified_name(place);
  TakenSnapshot taken;
  Manifest& manifest = taken.manifest;
  manifest = request.header;
  manifest.database = driver_.name();
  manifest.strategy = kName;
  manifest.location = "database " + snapshot_name(place) + " on the same server";
  for (int attempt = 0;; ++attempt) {
    Result<Facts> facts = Facts{};
    {
      Result<std::unique_ptr<Connection>> source = connect_to(database());
      if (!source) return std::move(source).error();
      BELAY_TRY((*source)->begin());
      facts = facts_of(**source);
      if (!facts) return std::move(facts).error();
      Result<std::string> digest = activity_digest(**source, {}, facts->fingerprint);
      if (!digest) return std::move(digest).error();
      manifest.digest = *std::move(digest);
      manifest.engine_version = (*source)->engine_version();
    }
    taken.mark = facts->mark;
    BELAY_TRY(copy(unverified));
    Result<bool> same = fill_in(unverified, *facts, manifest);
    if (!same) return std::move(same).error();
    if (*same) break;
    BELAY_TRY((*server)->drop(unverified));
    if (attempt + 1 == kAttempts) {
      return Error{"others keep writing to the database", driver_.name(),
                   "stop them and try again"};
    }
  }
  BELAY_TRY(copy_properties(unverified));
  Server& s = **server;
  Result<std::optional<DatabaseInfo>> info = s.find(unverified);
  if (!info) return std::move(info).error();
  if (!*info) return Error{"the copy is gone", unverified, "try again"};
  manifest.details[kOid] = (*info)->oid;
  BELAY_TRY(s.connection().begin());
  BELAY_TRY(s.allow_connections(unverified, false));
  BELAY_TRY(s.execute("ALTER DATABASE " + quote_name(unverified) + " RENAME TO " +
                      quote_name(snapshot_name(place))));
  BELAY_TRY(s.connection().commit());
  BELAY_TRY(write_file(place.manifest(), dump_json(to_json(manifest)) + "\n"));
  return taken;
}

Result<void> PostgresTemplate::copy(const std::string& to) {
  Server& server = *server_;
  BELAY_TRY(server.drop(to));
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kCopying, driver_.name(), 0, 0});
  }
  const bool alone = driver_.settings().end_other_sessions;
  if (alone) {
    BELAY_TRY(server.allow_connections(database(), false));
    Result<void> ended = server.end_sessions(database());
    if (!ended) {
      (void)server.allow_connections(database(), true);
      return ended;
    }
  } else {
    Result<std::vector<OtherSession>> others = server.lasting_sessions(database());
    if (!others) return std::move(others).error();
    if (!others->empty()) return in_use(*others);
  }
  Result<void> copied = server.copy(database(), to);
  if (alone) {
    Result<void> opened = server.allow_connections(database(), true);
    if (copied && !opened) return opened;
  }
  return copied;
}

/// Whether the copy is what the source was; fills in what only the copy tells without disturbing
/// others.
Result<bool> PostgresTemplate::fill_in(const std::string& copy, const Facts& source,
                                       Manifest& manifest) const {
  if (driver_.settings().progress) driver_.settings().progress({Stage::kVerifying, copy, 0, 0});
  Result<std::unique_ptr<Connection>> connection = connect_to(copy);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->begin());
  Result<Facts> facts = facts_of(**connection);
  if (!facts) return std::move(facts).error();
  if (facts->fingerprint != source.fingerprint || facts->sizes != source.sizes) return false;
  manifest.schema_fingerprint = facts->fingerprint;
  // The rows themselves, not their entries in an index: all that was copied is read once.
  BELAY_TRY((*connection)->execute("SET enable_indexonlyscan = off"));
  Result<RowCounts> rows = driver_.row_counts(**connection);
  if (!rows) return std::move(rows).error();
  manifest.rows = *std::move(rows);
  Result<Rows> bytes = (*connection)->query("SELECT pg_database_size(current_database())");
  if (!bytes) return std::move(bytes).error();
  manifest.bytes = static_cast<uint64_t>(bytes->number());
  return true;
}

/// What belongs to a database and not to its content is not copied by the server: owner, settings,
/// privileges, limit, comment.
Result<void> PostgresTemplate::copy_properties(const std::string& to) {
  Server& server = *server_;
  const std::string target = "DATABASE " + quote_name(to);
  Result<Rows> own = server.query(
      "SELECT datdba::regrole::text, datconnlimit, shobj_description(oid, 'pg_database'), "
      "datacl IS NOT NULL FROM pg_database WHERE datname = ?",
      {database()});
  if (!own) return std::move(own).error();
  BELAY_TRY(server.execute("ALTER " + target + " OWNER TO " + own->text(0, 0)));
  BELAY_TRY(
      server.execute("ALTER " + target + " CONNECTION LIMIT " + std::to_string(own->number(0, 1))));
  if (const std::string comment = own->text(0, 2); !comment.empty()) {
    BELAY_TRY(server.execute("COMMENT ON " + target + " IS " + quote_text(comment)));
  }
  if (own->number(0, 3) != 0) {
    BELAY_TRY(server.execute("REVOKE ALL ON " + target + " FROM PUBLIC"));
    Result<Rows> grants = server.query(
        "SELECT privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, "
        "is_grantable FROM pg_database, aclexplode(datacl) WHERE datname = ?",
        {database()});
    if (!grants) return std::move(grants).error();
    for (size_t i = 0; i < grants->rows.size(); ++i) {
      BELAY_TRY(server.execute("GRANT " + grants->text(i, 0) + " ON " + target + " TO " +
                               grants->text(i, 1) +
                               (grants->number(i, 2) != 0 ? " WITH GRANT OPTION" : "")));
    }
  }
  // The value is set in our own session and taken from there, so that nothing has to be quoted the
  // way that this one setting wants it.
  Result<Rows> settings = server.query(
      "SELECT CASE setrole WHEN 0 THEN NULL ELSE setrole::regrole::text END, "
      "split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1) "
      "FROM pg_db_role_setting, unnest(setconfig) entry "
      "WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = ?)",
      {database()});
  if (!settings) return std::move(settings).error();
  for (size_t i = 0; i < settings->rows.size(); ++i) {
    const std::string role = settings->text(i, 0);
    const std::string name = quote_name(settings->text(i, 1));
    BELAY_TRY(server.connection().begin());
    BELAY_TRY(
        server.query("SELECT set_config(?, ?, true)", {settings->text(i, 1), settings->text(i, 2)})
                .ok()
            ? Result<void>()
            : Result<void>(server.connection().last_error().to_error()));
    BELAY_TRY(
        server.execute((role.empty() ? "ALTER " + target : "ALTER ROLE " + role + " IN " + target) +
                       " SET " + name + " FROM CURRENT"));
    BELAY_TRY(server.connection().commit());
  }
  return {};
}

Result<void> PostgresTemplate::check(const SnapshotPlace& place, const Manifest& manifest,
                                     bool thorough) {
  Result<Server*> server = this->server();
  if (!server) return std::move(server).error();
  const std::string name = snapshot_name(place);
  Result<std::optional<DatabaseInfo>> info = (*server)->find(name);
  if (!info) return std::move(info).error();
  if (!*info || (*info)->is_invalid) {
    return Error{"the snapshot is not there", "database " + name, "somebody has dropped it"};
  }
  if ((*info)->oid != number_at(manifest.details, kOid)) {
    return Error{"it is another database than the one that was copied", "database " + name,
                 "somebody has put it in the snapshot's place"};
  }
  if (!thorough) return {};
  BELAY_TRY((*server)->allow_connections(name, true));
  Result<void> whole = look_whole(name, manifest);
  BELAY_TRY((*server)->allow_connections(name, false));
  return whole;
}

Result<void> PostgresTemplate::look_whole(const std::string& snapshot, const Manifest& manifest) {
  Result<std::unique_ptr<Connection>> connection = connect_to(snapshot);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->begin());
  Result<std::string> fingerprint = schema_fingerprint(**connection);
  if (!fingerprint) return std::move(fingerprint).error();
  Result<RowCounts> rows = driver_.row_counts(**connection);
  if (!rows) return std::move(rows).error();
  if (*fingerprint == manifest.schema_fingerprint && *rows == manifest.rows) return {};
  return Error{"the snapshot is not what it was when it was taken", "database " + snapshot,
               "somebody has changed it"};
}

Result<bool> PostgresTemplate::is_in_place(const Manifest& manifest) {
  Result<Server*> server = this->server();
  if (!server) return std::move(server).error();
  Result<std::optional<DatabaseInfo>> info = (*server)->find(database());
  if (!info) return std::move(info).error();
  return *info && (*info)->oid == number_at(manifest.details, kOid);
}

Result<void> PostgresTemplate::settle(const SnapshotPlace& place) {
  BELAY_TRY(set_open(database(), true));
  return shut(place);
}

Result<void> PostgresTemplate::shut(const SnapshotPlace& place) {
  return set_open(snapshot_name(place), false);
}

/// Of a database that may not be there.
Result<void> PostgresTemplate::set_open(const std::string& name, bool open) {
  Result<Server*> server = this->server();
  if (!server) return std::move(server).error();
  Result<std::optional<DatabaseInfo>> info = (*server)->find(name);
  if (!info) return std::move(info).error();
  if (!*info || (*info)->allows_connections == open) return {};
  return (*server)->allow_connections(name, open);
}

Result<void> PostgresTemplate::discard(const SnapshotPlace& place) {
  Result<Server*> server = this->server();
  if (!server) return std::move(server).error();
  for (const std::string& name :
       {unverified_name(place), snapshot_name(place), replaced_name(place)}) {
    Result<std::optional<DatabaseInfo>> info = (*server)->find(name);
    if (!info) return std::move(info).error();
    if (*info) BELAY_TRY((*server)->drop(name));
  }
  return discard_files(place);
}

Result<RestoreOutcome> PostgresTemplate::restore(const SnapshotPlace& place, const Manifest&,
                                                 const Admit& admit) {
  Result<Server*> opened = this->server();
  if (!opened) return std::move(opened).error();
  Server& server = **opened;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    // Ended sessions have told the statistics all that they wrote.
    if (driver_.settings().end_other_sessions) BELAY_TRY(server.end_sessions(database()));
    Result<std::vector<OtherSession>> others = server.lasting_sessions(database());
    if (!others) return std::move(others).error();
    if (!others->empty() && !driver_.settings().end_other_sessions) {
      return nothing_changed(in_use(*others));
    }
    Result<int64_t> before = server.rows_written(database());
    if (!before) return std::move(before).error();
    BELAY_TRY(ask(admit));
    Result<bool> alone = shut_out_others(*before);
    if (!alone) return nothing_changed(std::move(alone).error());
    if (!*alone) continue;
    Result<void> swapped = swap(place);
    if (swapped) return RestoreOutcome{};
    (void)server.connection().roll_back();
    (void)set_open(database(), true);
    return nothing_changed(std::move(swapped).error());
  }
  return nothing_changed(
      {"others keep writing to the database", driver_.name(), "stop them and try again"});
}

Result<void> PostgresTemplate::ask(const Admit& admit) const {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->begin());
  Result<ChangeMark> mark = driver_.mark(**connection);
  if (!mark) return std::move(mark).error();
  return admit(**connection, *mark);
}

/// From here on nobody comes in. False, and the door open again, where somebody has written since
/// `rows_written` was read.
Result<bool> PostgresTemplate::shut_out_others(int64_t rows_written) {
  Server& server = *server_;
  BELAY_TRY(server.allow_connections(database(), false));
  Result<void> gone;
  if (driver_.settings().end_other_sessions) {
    gone = server.end_sessions(database());
  } else {
    Result<std::vector<OtherSession>> others = server.lasting_sessions(database());
    if (!others) gone = std::move(others).error();
    if (others && !others->empty()) gone = in_use(*others);
  }
  Result<int64_t> now = gone ? server.rows_written(database()) : Result<int64_t>(gone.error());
  if (now && *now == rows_written) return true;
  BELAY_TRY(server.allow_connections(database(), true));
  if (!now) return std::move(now).error();
  return false;
}

Result<void> PostgresTemplate::swap(const SnapshotPlace& place) {
  Server& server = *server_;
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kRestoring, driver_.name(), 0, 0});
  }
  BELAY_TRY(server.connection().begin());
  BELAY_TRY(server.execute("ALTER DATABASE " + quote_name(database()) + " RENAME TO " +
                           quote_name(replaced_name(place))));
  BELAY_TRY(server.execute("ALTER DATABASE " + quote_name(snapshot_name(place)) + " RENAME TO " +
                           quote_name(database())));
  BELAY_TRY(server.allow_connections(database(), true));
  return server.connection().commit();
}

}  // namespace belay::runtime::postgres
