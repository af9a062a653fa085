// Taking is one transaction: a schema for the snapshot, a copy of each table in it, and in the
// manifest the statements that make the tables again with all that belongs to them. Restoring is
// one transaction, too: what is new in the database goes, the tables are dropped and made again,
// filled, and the fingerprint of the whole schema must be what it was, or nothing is committed. So
// it does not have to be believed that the statements are complete. A mark in the snapshot's schema
// comes with that transaction and tells that it was done.
#include "runtime/snapshot/postgres_tables.h"

#include <map>
#include <set>
#include <utility>

#include "runtime/drivers/postgres/inspect.h"
#include "runtime/drivers/postgres/objects.h"
#include "runtime/drivers/postgres/quote.h"
#include "runtime/drivers/postgres/table_definition.h"
#include "runtime/io/durable_file.h"
#include "runtime/session/foreign_history/parts.h"
#include "runtime/session/ledger.h"
#include "runtime/snapshot/postgres_schema.h"

namespace belay::runtime::postgres {
namespace {

constexpr const char* kTables = "tables";
constexpr const char* kViews = "views";
constexpr const char* kFinish = "finish";
constexpr const char* kObjects = "objects";
constexpr const char* kLedger = "ledger";
constexpr const char* kKept = "kept";

/// Of the ledger, and of the table that is kept in sync with it: migrations do not touch them, so
/// that their rows are all that there is to bring back.
Result<void> put_rows_back(Connection& connection, const std::string& name,
                           const std::string& copy) {
  BELAY_TRY(connection.execute("DELETE FROM " + name));
  return connection.execute("INSERT INTO " + name + " OVERRIDING SYSTEM VALUE SELECT * FROM " +
                            copy);
}

Result<void> put_ledger_back(Connection& connection, const Json& ledger) {
  const std::string name = text_at(ledger, "name");
  const std::string copy = text_at(ledger, "copy");
  if (copy.empty()) return connection.execute("DROP TABLE IF EXISTS " + name);
  return put_rows_back(connection, name, copy);
}

/// Copies the table that is kept in sync; null where there is none.
Result<Json> copy_kept(Connection& connection, const KeptTable& kept, const std::string& schema) {
  const std::string name = foreign::quoted_name(connection, kept.table);
  const std::string copy = quote_name(schema) + ".kept";
  BELAY_TRY(connection.execute("CREATE TABLE " + copy + " AS SELECT * FROM " + name));
  Result<Rows> sequences = connection.query(
      "SELECT c.oid::regclass::text FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND "
      "c.relkind = 'S' WHERE d.classid = 'pg_class'::regclass AND d.refobjid = to_regclass(" +
      quote_text(name) + ") AND d.deptype IN ('a', 'i')");
  if (!sequences) return std::move(sequences).error();
  Json numbers = Json::array();
  for (size_t i = 0; i < sequences->rows.size(); ++i) {
    const std::string sequence = sequences->text(i);
    Result<Rows> last =
        connection.query("SELECT last_value, is_called::int::bigint FROM " + sequence);
    if (!last) return std::move(last).error();
    numbers.push_back(
        {{"name", sequence}, {"last", last->number()}, {"called", last->number(0, 1)}});
  }
  return Json{{"name", name}, {"copy", copy}, {"sequences", std::move(numbers)}};
}

Result<void> put_kept_back(Connection& connection, const Json& kept) {
  if (kept.is_null()) return {};
  BELAY_TRY(put_rows_back(connection, text_at(kept, "name"), text_at(kept, "copy")));
  for (const Json& sequence : at(kept, "sequences")) {
    BELAY_TRY(connection.execute("SELECT setval(" + quote_text(text_at(sequence, "name")) + ", " +
                                 std::to_string(number_at(sequence, "last")) + ", " +
                                 (number_at(sequence, "called") != 0 ? "true" : "false") + ")"));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> PostgresTables::connect() const {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kSession, /*create=*/false);
  if (!connection) return connection;
  BELAY_TRY((*connection)->execute("SET statement_timeout = 0"));
  return connection;
}

/// Those of the wanted tables that are there, and the tables whose rows go or change with theirs.
Result<std::vector<int64_t>> PostgresTables::find_tables(Connection& connection) const {
  std::string list = "ARRAY[";
  for (const std::string& name : wanted_) {
    // As it was written: what has no quotes is folded, as the analyzer has done.
    const size_t dot = name.find('.');
    const std::string quoted = dot == std::string::npos ? quote_name(name)
                                                        : quote_name(name.substr(0, dot)) + "." +
                                                              quote_name(name.substr(dot + 1));
    list += (list.back() == '[' ? "" : ", ") + quote_text(quoted);
  }
  Result<Rows> rows = connection.query(
      "WITH RECURSIVE touched(t) AS ("
      "SELECT coalesce(i.indrelid, to_regclass(name)::oid) FROM unnest(" +
      list +
      "]::text[]) AS name LEFT JOIN pg_index i ON i.indexrelid = to_regclass(name) "
      "WHERE to_regclass(name) IS NOT NULL "
      "UNION SELECT k.conrelid FROM touched JOIN pg_constraint k ON k.confrelid = t "
      "WHERE k.contype = 'f' "
      "AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))) "
      "SELECT t FROM touched ORDER BY t");
  if (!rows) return std::move(rows).error();
  std::vector<int64_t> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) out.push_back(rows->number(i));
  return out;
}

Result<std::string> PostgresTables::obstacle() {
  Result<PostgresConnection*> look = look_at_one_moment();
  if (!look) return std::move(look).error();
  Result<std::vector<int64_t>> tables = find_tables(**look);
  if (!tables) return std::move(tables).error();
  Result<std::string> found =
      tables->empty() ? std::string() : obstacle_to_rebuild(**look, *tables);
  if (found) BELAY_TRY((*look)->roll_back());
  return found;
}

/// In a transaction of its own, which others can see the same moment by.
Result<PostgresConnection*> PostgresTables::look_at_one_moment() {
  constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
  // It may have been idle while a hook ran, and be gone.
  if (look_ != nullptr && look_->execute(kBegin)) return &as_postgres(*look_);
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  look_ = *std::move(connection);
  BELAY_TRY(look_->execute(kBegin));
  return &as_postgres(*look_);
}

Result<TakenSnapshot> PostgresTables::take(const SnapshotPlace& place, const TakeRequest& request) {
  Result<PostgresConnection*> look = look_at_one_moment();
  if (!look) return std::move(look).error();
  PostgresConnection& view = **look;
  const std::string schema = session_schema(place.session);
  TakenSnapshot taken;
  Manifest& manifest = taken.manifest;
  manifest = request.header;
  manifest.database = driver_.name();
  manifest.strategy = kName;
  manifest.location = wanted_.empty() ? "nothing is copied: a rollback drops what is new"
                                      : "schema " + schema + " in the database";
  manifest.engine_version = view.engine_version();
  Result<ChangeMark> mark = driver_.mark(view);
  if (!mark) return std::move(mark).error();
  taken.mark = *std::move(mark);
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kCopying, driver_.name(), 0, 0});
  }
  // Before anything is copied: who writes from here on is seen.
  Result<std::vector<int64_t>> tables = find_tables(view);
  if (!tables) return std::move(tables).error();
  BELAY_TRY(note_left_alone(view, *tables, manifest));
  Result<std::string> activity =
      postgres::activity(view, {manifest.left_alone.begin(), manifest.left_alone.end()});
  if (!activity) return std::move(activity).error();
  Result<Rows> moment = view.query("SELECT pg_export_snapshot()");
  if (!moment) return std::move(moment).error();
  // The server reads the catalogs while it copies the tables, which may take longer than it lets
  // others be idle.
  BELAY_TRY(view.execute(
      "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"));
  BELAY_TRY(ask_for_fingerprint(view));
  Result<std::unique_ptr<Connection>> connection = connect();
  if (!connection) return std::move(connection).error();
  PostgresConnection& database = as_postgres(**connection);
  BELAY_TRY(database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ"));
  BELAY_TRY(database.execute("SET TRANSACTION SNAPSHOT " + quote_text(moment->text())));
  BELAY_TRY(copy(database, *tables, request.by, manifest));
  taken.announced = true;
  Result<Rows> fingerprint = view.answer();
  if (!fingerprint) return std::move(fingerprint).error();
  manifest.schema_fingerprint = fingerprint->text();
  manifest.digest = activity_digest(manifest.schema_fingerprint, *activity);
  look_.reset();
  BELAY_TRY(database.commit());
  BELAY_TRY(write_file(place.manifest(), dump_json(to_json(manifest)) + "\n"));
  return taken;
}

Result<void> PostgresTables::note_left_alone(PostgresConnection& database,
                                             const std::vector<int64_t>& tables,
                                             Manifest& manifest) const {
  Result<Rows> others = database.query(
      "SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables "
      "WHERE relid <> ALL (" +
      oid_array(tables) + ")");
  if (!others) return std::move(others).error();
  for (size_t i = 0; i < others->rows.size(); ++i) manifest.left_alone.push_back(others->text(i));
  return {};
}

/// Copies the tables and the ledger, and reads what makes them again. The schema that the copies
/// are in tells others of the session and of who has opened it.
Result<void> PostgresTables::copy(PostgresConnection& database, const std::vector<int64_t>& tables,
                                  const std::string& by, Manifest& manifest) {
  const std::string schema = session_schema(manifest.session);
  const std::string home = quote_name(database.home_schema()) + ".";
  const std::string ledger = home + std::string(Ledger::kTable);
  Result<std::optional<KeptTable>> kept = Ledger::kept_table(database);
  if (!kept) return std::move(kept).error();
  BELAY_TRY(database.execute("SET LOCAL search_path = ''"));
  Result<TableDefinitions> definitions = read_definitions(database, tables);
  if (!definitions) return std::move(definitions).error();
  Result<std::vector<Object>> objects = read_objects(database);
  if (!objects) return std::move(objects).error();
  BELAY_TRY(database.execute("CREATE SCHEMA " + quote_name(schema)));
  BELAY_TRY(database.execute(mark_statement(manifest.session, by)));
  Json copies = Json::array();
  for (size_t i = 0; i < definitions->tables.size(); ++i) {
    const TableDefinition& table = definitions->tables[i];
    const std::string copy = quote_name(schema) + ".table_" + std::to_string(i + 1);
    BELAY_TRY(database.execute("CREATE TABLE " + copy + " AS SELECT " + table.columns + " FROM " +
                               table.name));
    const auto rows = static_cast<uint64_t>(database.affected_rows());
    Result<Rows> there = database.query("SELECT count(*), pg_total_relation_size(" +
                                        quote_text(copy) + ") FROM " + copy);
    if (!there) return std::move(there).error();
    if (static_cast<uint64_t>(there->number()) != rows) {
      return Error{"the copy of " + table.name + " does not hold its rows", driver_.name(),
                   "try again; if it stays so, check the server's disk"};
    }
    const bool at_home = table.name.starts_with(database.home_schema() + ".");
    manifest.rows[at_home ? table.name.substr(database.home_schema().size() + 1) : table.name] =
        rows;
    manifest.bytes += static_cast<uint64_t>(there->number(0, 1));
    copies.push_back({{"name", table.name},
                      {"copy", copy},
                      {"columns", table.columns},
                      {"rows", rows},
                      {"create", table.create}});
  }
  Result<bool> has_ledger = relation_exists(database, ledger);
  if (!has_ledger) return std::move(has_ledger).error();
  const std::string ledger_copy = quote_name(schema) + ".ledger";
  if (*has_ledger) {
    BELAY_TRY(database.execute("CREATE TABLE " + ledger_copy + " AS SELECT * FROM " + ledger));
  }
  Json kept_rows;
  if (*kept) {
    Result<Json> copied = copy_kept(database, **kept, schema);
    if (!copied) return std::move(copied).error();
    kept_rows = *std::move(copied);
  }
  Json known = Json::array();
  for (const Object& object : *objects) known.push_back(object.kind + " " + object.name);
  manifest.details = {
      {kTables, std::move(copies)},
      {kViews, definitions->views},
      {kFinish, definitions->finish},
      {kLedger, {{"name", ledger}, {"copy", *has_ledger ? Json(ledger_copy) : Json()}}},
      {kKept, std::move(kept_rows)},
      {kObjects, std::move(known)}};
  return {};
}

Result<void> PostgresTables::check(const SnapshotPlace& place, const Manifest& manifest,
                                   bool thorough) {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  for (const Json& table : at(manifest.details, kTables)) {
    const std::string copy = text_at(table, "copy");
    Result<Rows> rows =
        (*connection)
            ->query(thorough ? "SELECT count(*) FROM " + copy
                             : "SELECT 1 WHERE to_regclass(" + quote_text(copy) + ") IS NOT NULL");
    const bool there = rows && !rows->rows.empty();
    if (there && (!thorough || rows->number() == number_at(table, "rows"))) continue;
    return Error{"the snapshot is not what it was when it was taken: the copy of " +
                     text_at(table, "name") + (there ? " has other rows" : " is not there"),
                 "schema " + session_schema(place.session), "somebody has changed it"};
  }
  return {};
}

Result<bool> PostgresTables::is_in_place(const Manifest& manifest) {
  return is_restored(driver_, manifest.session);
}

Result<RestoreOutcome> PostgresTables::restore(const SnapshotPlace& /*place*/,
                                               const Manifest& manifest, const Admit& admit) {
  Result<std::unique_ptr<Connection>> connection = connect();
  if (!connection) return std::move(connection).error();
  PostgresConnection& database = as_postgres(**connection);
  BELAY_TRY(database.begin());
  // Nobody writes to the tables from here on; who reads, as `admit` does, is let be.
  for (const Json& table : at(manifest.details, kTables)) {
    Result<bool> there = relation_exists(database, text_at(table, "name"));
    if (!there) return nothing_changed(std::move(there).error());
    if (!*there) continue;
    Result<void> locked =
        database.execute("LOCK TABLE " + text_at(table, "name") + " IN EXCLUSIVE MODE");
    if (!locked) return nothing_changed(std::move(locked).error());
  }
  Result<ChangeMark> mark = driver_.mark(database);
  if (!mark) return std::move(mark).error();
  BELAY_TRY(admit(database, *mark));
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kRestoring, driver_.name(), 0, 0});
  }
  Result<void> done = put_back(database, manifest);
  if (done) done = compare(database, manifest);
  if (done) done = database.commit();
  if (!done) return nothing_changed(std::move(done).error());
  return RestoreOutcome{};
}

Result<void> PostgresTables::put_back(PostgresConnection& database, const Manifest& manifest) {
  const std::string schema = session_schema(manifest.session);
  BELAY_TRY(database.execute("SET LOCAL search_path = ''"));
  // What was not there before: first all that hangs on other things.
  std::set<std::string> known;
  for (const std::string& object : texts_at(manifest.details, kObjects)) known.insert(object);
  Result<std::vector<Object>> now = read_objects(database);
  if (!now) return std::move(now).error();
  for (const Object& object : *now) {
    if (known.contains(object.kind + " " + object.name) || object.schema == schema) continue;
    BELAY_TRY(database.execute("DROP " + object.kind + " IF EXISTS " + object.name + " CASCADE"));
  }
  for (const std::string& view : texts_at(manifest.details, kViews)) {
    BELAY_TRY(database.execute("DROP VIEW IF EXISTS " + view + " CASCADE"));
  }
  const Json& tables = at(manifest.details, kTables);
  for (const Json& table : tables) {
    BELAY_TRY(database.execute("DROP TABLE IF EXISTS " + text_at(table, "name") + " CASCADE"));
  }
  for (const Json& table : tables) {
    BELAY_TRY(database.execute(text_at(table, "create")));
    const std::string columns = text_at(table, "columns");
    if (columns.empty()) continue;
    BELAY_TRY(database.execute("INSERT INTO " + text_at(table, "name") + " (" + columns +
                               ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM " +
                               text_at(table, "copy")));
    if (database.affected_rows() == number_at(table, "rows")) continue;
    return Error{"not all rows of " + text_at(table, "name") + " came back", driver_.name(), ""};
  }
  for (const std::string& statement : texts_at(manifest.details, kFinish)) {
    BELAY_TRY(database.execute(statement));
  }
  BELAY_TRY(put_ledger_back(database, at(manifest.details, kLedger)));
  BELAY_TRY(put_kept_back(database, at(manifest.details, kKept)));
  return database.execute("CREATE TABLE " + restored_mark(manifest.session) + " ()");
}

/// Before anything is committed.
Result<void> PostgresTables::compare(PostgresConnection& database, const Manifest& manifest) const {
  Result<std::string> fingerprint = schema_fingerprint(database);
  if (!fingerprint) return std::move(fingerprint).error();
  if (*fingerprint == manifest.schema_fingerprint) return {};
  return Error{
      "with the tables put back the schema would not be what it was: something else was "
      "changed, too",
      driver_.name(),
      "the copies of the tables are in the schema " + session_schema(manifest.session) +
          "; undo the rest by hand, or keep what was done"};
}

Result<void> PostgresTables::discard(const SnapshotPlace& place) {
  BELAY_TRY(drop_schema(driver_, place.session));
  return discard_files(place);
}

}  // namespace belay::runtime::postgres
