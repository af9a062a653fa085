#include "runtime/snapshot/sqlite_objects.h"

#include <array>
#include <set>
#include <utility>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "runtime/io/durable_file.h"
#include "runtime/session/ledger.h"
#include "support/ascii.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kObjects = "objects";
constexpr const char* kLedger = "ledger";
constexpr const char* kKept = "kept";
/// Numbers in the header that belong to applications.
constexpr std::array<const char*, 2> kOwnNumbers = {"user_version", "application_id"};

constexpr const char* kBytes = "bytes";

Json to_json(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return {{kBytes, std::vector<uint8_t>(blob->bytes.begin(), blob->bytes.end())}};
  }
  return nullptr;
}

Value value_of(const Json& json) {
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_object()) return nullptr;
  const auto bytes = at(json, kBytes).get<std::vector<uint8_t>>();
  return Blob{{bytes.begin(), bytes.end()}};
}

/// The last number that `AUTOINCREMENT` has given; null where the table has none.
Result<Json> read_sequence(Connection& database, const std::string& table) {
  Result<Rows> any = database.query(
      "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'sqlite_sequence'");
  if (!any) return std::move(any).error();
  if (any->number() == 0) return Json();
  const Value name = table;
  Result<Rows> rows =
      database.query("SELECT seq FROM main.sqlite_sequence WHERE name = ?", {&name, 1});
  if (!rows) return std::move(rows).error();
  return rows->rows.empty() ? Json() : to_json(rows->rows[0][0]);
}

/// A table's columns and rows; null where there is none.
Result<Json> read_table(Connection& database, const std::string& table) {
  const Value name = table;
  Result<Rows> there = database.query(
      "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?", {&name, 1});
  if (!there) return std::move(there).error();
  if (there->number() == 0) return Json();
  Result<Rows> rows =
      database.query("SELECT rowid AS rowid, * FROM main." + quote_name(table) + " ORDER BY 1");
  if (!rows) return std::move(rows).error();
  Result<Json> sequence = read_sequence(database, table);
  if (!sequence) return sequence;
  Json out = {{"columns", rows->columns}, {"rows", Json::array()}};
  if (!sequence->is_null()) out["sequence"] = *std::move(sequence);
  for (const std::vector<Value>& row : rows->rows) {
    Json values = Json::array();
    for (const Value& value : row) values.push_back(to_json(value));
    out["rows"].push_back(std::move(values));
  }
  return out;
}

Result<void> write_table(Connection& database, const std::string& name, const Json& content) {
  if (content.is_null()) return {};  // a new one was dropped with all that is new
  const std::string table = "main." + quote_name(name);
  BELAY_TRY(database.execute("DELETE FROM " + table));
  std::string columns;
  std::string marks;
  for (const std::string& column : texts_at(content, "columns")) {
    columns += (columns.empty() ? "" : ", ") + quote_name(column);
    marks += marks.empty() ? "?" : ", ?";
  }
  for (const Json& row : at(content, "rows")) {
    std::vector<Value> values;
    for (const Json& value : row) values.push_back(value_of(value));
    BELAY_TRY(database.execute("INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ")",
                               values));
  }
  const Json& sequence = at(content, "sequence");
  if (sequence.is_null()) return {};
  const std::array<Value, 2> values = {value_of(sequence), name};
  return database.execute("UPDATE main.sqlite_sequence SET seq = ? WHERE name = ?", values);
}

Result<Json> read_ledger(Connection& database) {
  return read_table(database, std::string(Ledger::kTable));
}

/// The table that is kept in sync with the ledger: its name, and what is in it; null where there is
/// none. A rollback that takes back rows of the ledger takes back its rows, too.
Result<Json> read_kept(Connection& database) {
  Result<std::optional<KeptTable>> kept = Ledger::kept_table(database);
  if (!kept) return std::move(kept).error();
  if (!*kept) return Json();
  Result<Json> content = read_table(database, (*kept)->table);
  if (!content) return content;
  return Json{{"name", (*kept)->table}, {"content", *std::move(content)}};
}

Result<void> write_kept(Connection& database, const Json& kept) {
  if (kept.is_null()) return {};
  return write_table(database, text_at(kept, "name"), at(kept, "content"));
}

/// Whether it holds what it held.
Result<bool> is_kept_in_place(Connection& database, const Json& kept) {
  if (kept.is_null()) return true;
  Result<Json> content = read_table(database, text_at(kept, "name"));
  if (!content) return std::move(content).error();
  return *content == at(kept, "content");
}

}  // namespace

Result<bool> SqliteObjects::suffices(const std::vector<std::string>& touched) const {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  Result<std::vector<Object>> objects = read_objects(**connection);
  if (!objects) return std::move(objects).error();
  bool has_table = false;
  for (const Object& object : *objects) {
    has_table = has_table || (object.type == "table" && object.name != Ledger::kTable);
    for (const std::string& name : touched) {
      // `main.orders` is `orders`.
      const std::string_view bare = std::string_view(name).substr(name.rfind('.') + 1);
      if (ascii::equal_ignoring_case(bare, object.name)) return false;
    }
  }
  return has_table;
}

Result<TakenSnapshot> SqliteObjects::take(const SnapshotPlace& place, const TakeRequest& request) {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  SqliteConnection& database = as_sqlite(**connection);
  driver_.tidy(database, /*at_end=*/true);
  BELAY_TRY(database.begin());
  TakenSnapshot taken;
  Manifest& manifest = taken.manifest;
  manifest = request.header;
  manifest.database = driver_.name();
  manifest.strategy = kName;
  manifest.location = "nothing is copied: a rollback drops what is new";
  manifest.engine_version = database.engine_version();
  for (const char* number : kOwnNumbers) {
    Result<int64_t> value = pragma_number(database, number);
    if (!value) return std::move(value).error();
    manifest.details[number] = *value;
  }
  Result<std::vector<Object>> objects = read_objects(database);
  if (!objects) return std::move(objects).error();
  Json known = Json::array();
  for (const Object& object : *objects) {
    known.push_back(object.key());
    if (object.type == "table" && object.name != Ledger::kTable) {
      manifest.left_alone.push_back(object.name);
    }
  }
  manifest.details[kObjects] = std::move(known);
  Result<Json> ledger = read_ledger(database);
  if (!ledger) return std::move(ledger).error();
  manifest.details[kLedger] = *std::move(ledger);
  Result<Json> kept = read_kept(database);
  if (!kept) return std::move(kept).error();
  manifest.details[kKept] = *std::move(kept);
  Result<std::string> fingerprint = schema_fingerprint(database);
  if (!fingerprint) return std::move(fingerprint).error();
  manifest.schema_fingerprint = *std::move(fingerprint);
  Result<std::string> digest =
      digest_without(database, {manifest.left_alone.begin(), manifest.left_alone.end()});
  if (!digest) return std::move(digest).error();
  manifest.digest = *std::move(digest);
  Result<ChangeMark> mark = take_mark(database);
  if (!mark) return std::move(mark).error();
  taken.mark = *std::move(mark);
  BELAY_TRY(database.roll_back());
  BELAY_TRY(write_file(place.manifest(), dump_json(belay::runtime::to_json(manifest)) + "\n"));
  return taken;
}

Result<void> SqliteObjects::check(const SnapshotPlace&, const Manifest& manifest, bool) {
  if (at(manifest.details, kObjects).is_array()) return {};
  return Error{"the manifest does not tell what was there", driver_.name(), ""};
}

Result<bool> SqliteObjects::is_in_place(const Manifest& manifest) {
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->execute("BEGIN"));
  Result<std::string> fingerprint = schema_fingerprint(**connection);
  if (!fingerprint) return std::move(fingerprint).error();
  Result<Json> ledger = read_ledger(**connection);
  if (!ledger) return std::move(ledger).error();
  Result<bool> kept = is_kept_in_place(**connection, at(manifest.details, kKept));
  if (!kept) return kept;
  return *kept && *fingerprint == manifest.schema_fingerprint &&
         *ledger == at(manifest.details, kLedger);
}

Result<RestoreOutcome> SqliteObjects::restore(const SnapshotPlace&, const Manifest& manifest,
                                              const Admit& admit) {
  auto opened = driver_.open_connection(SQLITE_OPEN_READWRITE);
  if (!opened) return std::move(opened).error();
  SqliteConnection& database = **opened;
  database.keep_log(true);
  BELAY_TRY(database.execute("PRAGMA synchronous=EXTRA"));
  // Else dropping a table would first take the rows that refer to it.
  BELAY_TRY(database.execute("PRAGMA foreign_keys=OFF"));
  Result<void> begun = database.begin();
  if (!begun) return nothing_changed(std::move(begun).error());
  Result<ChangeMark> mark = take_mark(database);
  if (!mark) return std::move(mark).error();
  BELAY_TRY(admit(database, *mark));
  if (driver_.settings().progress) {
    driver_.settings().progress({Stage::kRestoring, driver_.name(), 0, 0});
  }
  Result<void> done = drop_new(database, manifest);
  if (done) {
    done = write_table(database, std::string(Ledger::kTable), at(manifest.details, kLedger));
  }
  if (done) done = write_kept(database, at(manifest.details, kKept));
  if (done) done = compare(database, manifest);
  if (done) done = database.commit();
  if (!done) return nothing_changed(std::move(done).error());
  driver_.tidy(database, /*at_end=*/true);
  return RestoreOutcome{};
}

Result<void> SqliteObjects::drop_new(SqliteConnection& database, const Manifest& manifest) const {
  std::set<std::string> known;
  for (const std::string& object : texts_at(manifest.details, kObjects)) known.insert(object);
  Result<std::vector<Object>> now = read_objects(database);
  if (!now) return std::move(now).error();
  for (const Object& object : *now) {
    if (known.contains(object.key())) continue;
    BELAY_TRY(drop_object(database, object));
  }
  for (const char* number : kOwnNumbers) {
    BELAY_TRY(database.execute(std::string("PRAGMA main.") + number + "=" +
                               std::to_string(number_at(manifest.details, number))));
  }
  return {};
}

/// Before anything is committed.
Result<void> SqliteObjects::compare(SqliteConnection& database, const Manifest& manifest) const {
  Result<std::string> fingerprint = schema_fingerprint(database);
  if (!fingerprint) return std::move(fingerprint).error();
  if (*fingerprint == manifest.schema_fingerprint) return {};
  return Error{
      "without what is new the schema would not be what it was: something that was there was "
      "changed, too",
      driver_.name(), "undo that by hand, or keep what was done"};
}

}  // namespace belay::runtime::sqlite
