// Taking: a connection of ours opens a snapshot, reads what is in it, and hands it on to pg_dump,
// so that the file and what the manifest says are one moment's. Restoring: psql runs in one
// transaction what we write to it: everything is locked and dropped, then what pg_restore prints,
// then a comparison that raises an error where schema or rows are not what they were. The
// comparison is written only once pg_restore has ended well, and without it psql is killed before
// it can commit: a dump that was cut off cannot become the database.
#include "runtime/snapshot/postgres_dump.h"

#include <utility>

#include "runtime/drivers/postgres/catalog_queries.h"
#include "runtime/drivers/postgres/inspect.h"
#include "runtime/drivers/postgres/objects.h"
#include "runtime/drivers/postgres/quote.h"
#include "runtime/drivers/postgres/server.h"
#include "runtime/io/checksum.h"
#include "runtime/io/child_process.h"
#include "runtime/io/durable_file.h"
#include "runtime/snapshot/free_space.h"
#include "runtime/snapshot/postgres_schema.h"

namespace belay::runtime::postgres {
namespace {

constexpr const char* kCounts = "counts";

std::string data_file(const SnapshotPlace& place) {
  return place.directory + "/" + place.session + ".dump";
}
std::string unverified_file(const SnapshotPlace& place) { return data_file(place) + ".partial"; }

/// Tables by their full names; `SELECT count(*) FROM ONLY name` says how many rows they have.
Result<Json> full_counts(PostgresConnection& connection) {
  Result<Rows> tables = connection.query(
      "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c "
      "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
      "AND c.relpersistence <> 't' AND " +
      std::string(kUsersSchema) +
      " AND NOT EXISTS (SELECT FROM pg_depend x "
      "WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e') ORDER BY 1");
  if (!tables) return std::move(tables).error();
  Json out = Json::object();
  for (size_t i = 0; i < tables->rows.size(); ++i) {
    Result<Rows> count = connection.query("SELECT count(*) FROM ONLY " + tables->text(i));
    if (!count) return std::move(count).error();
    out[tables->text(i)] = count->number();
  }
  return out;
}

}  // namespace

Result<std::string> PostgresDump::obstacle() {
  for (const char* program : {"pg_dump", "pg_restore", "psql"}) {
    if (find_program(program).empty()) return std::string(program) + " is not installed";
  }
  return std::string();
}

std::vector<std::string> PostgresDump::with_connection(std::vector<std::string> command) const {
  const DatabaseUrl& url = driver_.settings().url;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) command.push_back(std::string(option) + "=" + value);
  };
  add("--host", url.host);
  add("--port", url.port);
  add("--username", url.user);
  command.emplace_back("--no-password");
  add("--dbname", url.database);
  return command;
}

/// The password is for the program alone: arguments are seen by everybody on the machine.
std::vector<std::string> PostgresDump::environment() const {
  std::vector<std::string> out = {"PGCLIENTENCODING=UTF8", "LC_MESSAGES=C"};
  const DatabaseUrl& url = driver_.settings().url;
  if (!url.password.empty()) out.push_back("PGPASSWORD=" + url.password);
  for (const auto& [option, variable] :
       {std::pair{"sslmode", "PGSSLMODE"}, std::pair{"sslrootcert", "PGSSLROOTCERT"},
        std::pair{"sslcert", "PGSSLCERT"}, std::pair{"sslkey", "PGSSLKEY"},
        std::pair{"service", "PGSERVICE"}}) {
    const auto found = url.options.find(option);
    if (found != url.options.end()) out.push_back(std::string(variable) + "=" + found->second);
  }
  return out;
}

Result<TakenSnapshot> PostgresDump::take(const SnapshotPlace& place, const TakeRequest& request) {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  PostgresConnection& database = as_postgres(**connection);
  TakenSnapshot taken;
  Manifest& manifest = taken.manifest;
  manifest = request.header;
  manifest.database = driver_.name();
  manifest.strategy = kName;
  manifest.location = data_file(place);
  manifest.engine_version = database.engine_version();
  BELAY_TRY(database.execute("SET statement_timeout = 0"));
  BELAY_TRY(database.execute("SET idle_in_transaction_session_timeout = 0"));
  BELAY_TRY(database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  Result<ChangeMark> mark = driver_.mark(database);
  if (!mark) return std::move(mark).error();
  taken.mark = *std::move(mark);
  Result<std::string> fingerprint = schema_fingerprint(database);
  if (!fingerprint) return std::move(fingerprint).error();
  manifest.schema_fingerprint = *std::move(fingerprint);
  Result<std::string> digest = activity_digest(database, {}, manifest.schema_fingerprint);
  if (!digest) return std::move(digest).error();
  manifest.digest = *std::move(digest);
  Result<RowCounts> rows = row_counts(database);
  if (!rows) return std::move(rows).error();
  manifest.rows = *std::move(rows);
  Result<Json> counts = full_counts(database);
  if (!counts) return std::move(counts).error();
  manifest.details[kCounts] = *std::move(counts);
  Result<Rows> size =
      database.query("SELECT pg_database_size(current_database()), pg_export_snapshot()");
  if (!size) return std::move(size).error();
  BELAY_TRY(check_free_space(place.directory, static_cast<uint64_t>(size->number()),
                             request.free_space_margin));
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kCopying, driver_.name(), 0, 0});
  }
  const std::string file = unverified_file(place);
  BELAY_TRY(remove_file(file));
  BELAY_TRY(dump(file, size->text(0, 1)));
  BELAY_TRY(database.roll_back());
  BELAY_TRY(publish(place, manifest));
  return taken;
}

/// A file gets its name once it was read to its end.
Result<void> PostgresDump::publish(const SnapshotPlace& place, Manifest& manifest) const {
  const std::string file = unverified_file(place);
  BELAY_TRY(read_whole(file));
  BELAY_TRY(sync_file(file));
  manifest.bytes = file_size(file);
  Result<std::string> checksum = file_checksum(file);
  if (!checksum) return std::move(checksum).error();
  manifest.checksum = *std::move(checksum);
  BELAY_TRY(write_file(place.manifest(), dump_json(to_json(manifest)) + "\n"));
  return rename_file(file, data_file(place));
}

/// Of what others have dumped it is not known what the database was: that pg_restore reads it to
/// its end and every statement of it runs has to do.
Result<Manifest> PostgresDump::stage(const std::string& file, const SnapshotPlace& place,
                                     const TakeRequest& request) {
  Result<std::string> obstacle = this->obstacle();
  if (!obstacle) return std::move(obstacle).error();
  if (!obstacle->empty()) {
    return Error{*obstacle, driver_.name(), "install PostgreSQL's client programs"};
  }
  Manifest manifest = request.header;
  manifest.database = driver_.name();
  manifest.strategy = kName;
  manifest.location = data_file(place);
  BELAY_TRY(check_free_space(place.directory, file_size(file), request.free_space_margin));
  BELAY_TRY(copy_file(file, unverified_file(place)));
  Result<void> published = publish(place, manifest);
  if (published) return manifest;
  Error error = std::move(published).error();
  error.where = file;
  if (error.hint.empty()) error.hint = "name an archive of `pg_dump --format=custom`";
  return error;
}

Result<void> PostgresDump::dump(const std::string& file, const std::string& snapshot) const {
  Result<ChildProcess> dumping = ChildProcess::start(
      {with_connection({find_program("pg_dump"), "--format=custom", "--compress=0",
                        "--snapshot=" + snapshot, "--file=" + file}),
       environment(), false, false});
  if (!dumping) return std::move(dumping).error();
  return dumping->wait();
}

Result<void> PostgresDump::read_whole(const std::string& file) const {
  Result<ChildProcess> listing = ChildProcess::start(
      {{find_program("pg_restore"), "--file=/dev/null", file}, environment(), false, false});
  if (!listing) return std::move(listing).error();
  return listing->wait();
}

Result<void> PostgresDump::check(const SnapshotPlace& place, const Manifest& manifest,
                                 bool thorough) {
  const std::string file = data_file(place);
  if (!file_exists(file)) return Error{"the snapshot is not there", file, ""};
  if (file_size(file) != manifest.bytes) {
    return Error{"the snapshot is not as long as when it was taken", file, ""};
  }
  if (!thorough) return {};
  Result<std::string> checksum = file_checksum(file);
  if (!checksum) return std::move(checksum).error();
  if (*checksum == manifest.checksum) return {};
  return Error{"the snapshot is not what it was when it was taken", file, "check the disk"};
}

Result<bool> PostgresDump::is_in_place(const Manifest& manifest) {
  return is_restored(driver_, manifest.session);
}

Result<RestoreOutcome> PostgresDump::restore(const SnapshotPlace& place, const Manifest& manifest,
                                             const Admit& admit) {
  std::string before;
  {
    Result<std::unique_ptr<Connection>> connection =
        driver_.connect(Driver::Purpose::kLook, /*create=*/false);
    if (!connection) return std::move(connection).error();
    BELAY_TRY((*connection)->begin());
    Result<ChangeMark> mark = driver_.mark(**connection);
    if (!mark) return std::move(mark).error();
    Result<std::string> drops = prologue(**connection, manifest);
    if (!drops) return std::move(drops).error();
    before = *std::move(drops);
    BELAY_TRY(admit(**connection, *mark));
  }
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kRestoring, driver_.name(), 0, 0});
  }
  Result<void> poured = pour(place, before, epilogue(manifest));
  if (!poured) return nothing_changed(std::move(poured).error());
  return RestoreOutcome{};
}

/// Takes everything out. Whoever writes between our look and the locks is noticed by what the
/// server has counted.
Result<std::string> PostgresDump::prologue(Connection& connection, const Manifest& manifest) const {
  BELAY_TRY(connection.execute("SET LOCAL search_path = ''"));
  Result<std::vector<Object>> objects = read_objects(as_postgres(connection));
  if (!objects) return std::move(objects).error();
  Result<Rows> written = connection.query(
      "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM "
      "pg_stat_user_tables");
  if (!written) return std::move(written).error();
  std::string out = "SET search_path = '';\nSET lock_timeout = " +
                    std::to_string(driver_.settings().connection.busy_timeout.count()) +
                    ";\nSET statement_timeout = 0;\nSET client_min_messages = warning;\n";
  for (const Object& object : *objects) {
    if (object.kind == "TABLE") out += "LOCK TABLE " + object.name + ";\n";
  }
  out +=
      "DO $$BEGIN IF (SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM "
      "pg_stat_user_tables) <> " +
      std::to_string(written->number()) +
      " THEN RAISE 'others have written to the database just now'; END IF; END$$;\n";
  const std::string& home = as_postgres(connection).home_schema();
  for (const std::string& statement : drop_statements(*objects, home)) out += statement + ";\n";
  return out + "CREATE SCHEMA IF NOT EXISTS " + quote_name(session_schema(manifest.session)) +
         ";\nCREATE TABLE " + restored_mark(manifest.session) + " ();\n";
}

/// Raises an error where the database is not what it was.
std::string PostgresDump::epilogue(const Manifest& manifest) {
  if (manifest.schema_fingerprint.empty()) return "\n";
  std::string out = "\nSET search_path = '';\nDO $belay$BEGIN\nIF (" + fingerprint_query() +
                    ") <> " + quote_text(manifest.schema_fingerprint) +
                    " THEN RAISE 'the schema would not be what it was'; END IF;\n";
  for (const auto& [table, rows] : at(manifest.details, kCounts).items()) {
    out += "IF (SELECT count(*) FROM ONLY " + table + ") <> " +
           std::to_string(rows.get<int64_t>()) + " THEN RAISE 'rows are missing in %', " +
           quote_text(table) + "; END IF;\n";
  }
  return out + "END$belay$;\n";
}

Result<void> PostgresDump::pour(const SnapshotPlace& place, const std::string& before,
                                const std::string& after) const {
  Result<ChildProcess> target = ChildProcess::start(
      {with_connection({find_program("psql"), "--no-psqlrc", "--quiet", "--single-transaction",
                        "--set=ON_ERROR_STOP=1", "--file=-"}),
       environment(), true, false});
  if (!target) return std::move(target).error();
  Result<ChildProcess> source = ChildProcess::start(
      {{find_program("pg_restore"), "--file=-", data_file(place)}, environment(), false, true});
  if (!source) return std::move(source).error();
  Result<void> written = target->write(before);
  while (written) {
    Result<std::string> piece = source->read();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) break;
    written = target->write(*piece);
  }
  // Where psql has stopped, it tells why; else it must not be let end before pg_restore has.
  if (written) BELAY_TRY(source->wait());
  if (written) written = target->write(after);
  target->close_input();
  Result<void> done = target->wait();
  return done ? written : done;
}

Result<void> PostgresDump::discard(const SnapshotPlace& place) {
  BELAY_TRY(drop_schema(driver_, place.session));
  BELAY_TRY(remove_file(unverified_file(place)));
  BELAY_TRY(remove_file(data_file(place)));
  return discard_files(place);
}

}  // namespace belay::runtime::postgres
