#include "runtime/session/ledger.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "runtime/io/clock.h"

namespace belay::runtime {
namespace {

// Sizes are those that MySQL can index; SQLite ignores them.
constexpr std::string_view kDefinition =
    " ("
    "history VARCHAR(190) NOT NULL, "
    "version VARCHAR(190) NOT NULL, "
    "name VARCHAR(255) NOT NULL, "
    "position BIGINT NOT NULL, "
    "checksum CHAR(64) NOT NULL, "
    "state VARCHAR(16) NOT NULL, "
    "mode VARCHAR(16) NOT NULL, "
    "statements INTEGER NOT NULL, "
    "statements_done INTEGER NOT NULL, "
    "statements_hash CHAR(64), "
    "started_at VARCHAR(32) NOT NULL, "
    "applied_at VARCHAR(32), "
    "rolled_back_at VARCHAR(32), "
    "duration_ms BIGINT, "
    "error TEXT, "
    "session VARCHAR(64), "
    "belay_version VARCHAR(32) NOT NULL, "
    "schema_before CHAR(64), "
    "schema_after CHAR(64), "
    "sql_checksum CHAR(64), "
    "batches TEXT, "
    "PRIMARY KEY (history, version))";

constexpr std::string_view kColumns =
    "history, version, name, position, checksum, state, mode, statements, statements_done, "
    "statements_hash, started_at, applied_at, rolled_back_at, duration_ms, error, session, "
    "belay_version, schema_before, schema_after";

/// What older versions' tables lack, in the order in which it came.
struct AddedColumn {
  std::string_view name;
  std::string_view type;
};
constexpr std::array kAddedColumns = {AddedColumn{"sql_checksum", "CHAR(64)"},
                                      AddedColumn{"batches", "TEXT"}};

constexpr std::string_view kInTransaction = "transaction";
constexpr std::string_view kByStatements = "statements";

/// The state of the row that names the table that is kept in sync. `name` has the tool, which has
/// no blank, and the table.
constexpr std::string_view kInSync = "in-sync";

constexpr std::array kStates = {MigrationState::kStarted, MigrationState::kDone,
                                MigrationState::kFailed, MigrationState::kRollingBack,
                                MigrationState::kRolledBack};

/// Empty text is NULL in the table.
Value optional_text(const std::string& text) { return text.empty() ? Value(nullptr) : Value(text); }

/// Empty where the state is one that this version does not know.
std::optional<LedgerEntry> entry_from(const Rows& rows, size_t row) {
  size_t column = 0;
  const auto text = [&] { return rows.text(row, column++); };
  const auto number = [&] { return rows.number(row, column++); };
  LedgerEntry entry;
  entry.history = text();
  entry.version = text();
  entry.name = text();
  entry.position = number();
  entry.checksum = text();
  const std::string state = text();
  const auto* known = std::find_if(kStates.begin(), kStates.end(),
                                   [&](MigrationState s) { return state == state_name(s); });
  if (known == kStates.end()) return std::nullopt;
  entry.state = *known;
  entry.in_transaction = text() != kByStatements;
  entry.statements = static_cast<uint32_t>(number());
  entry.statements_done = static_cast<uint32_t>(number());
  entry.statements_hash = text();
  entry.started_at = text();
  entry.applied_at = text();
  entry.rolled_back_at = text();
  entry.duration_ms = number();
  entry.error = text();
  entry.session = text();
  entry.belay_version = text();
  entry.schema_before = text();
  entry.schema_after = text();
  entry.sql_checksum = text();  // NULL where the table has no such column
  entry.batches = text();
  return entry;
}

std::string table_of(const Connection& connection) { return connection.own_table(Ledger::kTable); }

/// The names of a table's columns; no row where there is no such table.
const char* columns_query(Engine engine) {
  switch (engine) {
    case Engine::kSqlite: return "SELECT name FROM pragma_table_info(?, 'main')";
    case Engine::kPostgres:
      return "SELECT attname::text FROM pg_catalog.pg_attribute "
             "WHERE attrelid = pg_catalog.to_regclass(?) AND attnum > 0 AND NOT attisdropped";
    case Engine::kMysql:
    case Engine::kMariadb: break;
  }
  return "SELECT column_name FROM information_schema.columns WHERE table_name = ?";
}

using Columns = std::set<std::string, std::less<>>;

/// Of the ledger; empty where there is none.
Result<Columns> columns_of(Connection& connection) {
  const Value name = table_of(connection);
  Result<Rows> rows = connection.query(columns_query(connection.engine()), {&name, 1});
  if (!rows) return std::move(rows).error();
  Columns out;
  for (size_t i = 0; i < rows->rows.size(); ++i) out.insert(rows->text(i));
  return out;
}

}  // namespace

Result<std::vector<LedgerEntry>> Ledger::read(Connection& connection) {
  Result<Columns> there = columns_of(connection);
  if (!there) return std::move(there).error();
  std::vector<LedgerEntry> entries;
  if (there->empty()) return entries;
  std::string columns(kColumns);
  for (const AddedColumn& column : kAddedColumns) {
    columns += ", " + (there->contains(column.name) ? std::string(column.name) : "NULL");
  }
  Result<Rows> rows = connection.query("SELECT " + columns + " FROM " + table_of(connection) +
                                       " WHERE version <> '' OR state <> '" + std::string(kInSync) +
                                       "' ORDER BY position, version");
  if (!rows) {
    Error error = std::move(rows).error();
    if (!connection.last_error().busy) {
      error.message = "the table belay_migrations is not as this Belay makes it: " + error.message;
      error.hint = "it may come from a newer version, or be somebody else's";
    }
    return error;
  }
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    std::optional<LedgerEntry> entry = entry_from(*rows, i);
    if (!entry) {
      return Error{"the ledger has an entry for `" + rows->text(i, 1) + "` in the state `" +
                       rows->text(i, 5) + "`, which this Belay does not know",
                   "", "use the version that wrote it: " + rows->text(i, 16)};
    }
    entries.push_back(*std::move(entry));
  }
  return entries;
}

Result<void> Ledger::create(Connection& connection) {
  Result<Columns> there = columns_of(connection);
  if (!there) return std::move(there).error();
  if (there->empty()) {
    return connection.execute("CREATE TABLE IF NOT EXISTS " + table_of(connection) +
                              std::string(kDefinition));
  }
  for (const AddedColumn& column : kAddedColumns) {
    if (there->contains(column.name)) continue;
    BELAY_TRY(connection.execute("ALTER TABLE " + table_of(connection) + " ADD COLUMN " +
                                 std::string(column.name) + " " + std::string(column.type)));
  }
  return {};
}

Result<void> keep_writers_out(Connection& connection, const std::string& table) {
  if (connection.engine() != Engine::kPostgres) return {};
  return connection.execute("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
}

Result<void> Ledger::wait_for_writers(Connection& connection) {
  Result<Columns> there = columns_of(connection);
  if (!there) return std::move(there).error();
  return there->empty() ? Result<void>() : keep_writers_out(connection, table_of(connection));
}

Result<void> Ledger::remove(Connection& connection, const LedgerEntry& entry) {
  const std::array<Value, 2> key = {entry.history, entry.version};
  return connection.execute(
      "DELETE FROM " + table_of(connection) + " WHERE history = ? AND version = ?", key);
}

Result<void> Ledger::put(Connection& connection, const LedgerEntry& entry) {
  const std::array<Value, 2> key = {entry.history, entry.version};
  const std::string table = table_of(connection);
  int64_t position = entry.position;
  if (position == 0) {
    // An entry that is written again keeps its place.
    Result<Rows> found = connection.query("SELECT coalesce((SELECT position FROM " + table +
                                              " WHERE history = ? AND version = "
                                              "?), "
                                              "(SELECT max(position) + 1 FROM " +
                                              table + "), 1)",
                                          key);
    if (!found) return std::move(found).error();
    position = found->number();
  }
  BELAY_TRY(remove(connection, entry));
  if (position == kLast) {
    Result<Rows> last =
        connection.query("SELECT coalesce((SELECT max(position) + 1 FROM " + table + "), 1)");
    if (!last) return std::move(last).error();
    position = last->number();
  }
  const std::array<Value, 21> values = {
      entry.history,
      entry.version,
      entry.name,
      position,
      entry.checksum,
      std::string(state_name(entry.state)),
      std::string(entry.in_transaction ? kInTransaction : kByStatements),
      int64_t{entry.statements},
      int64_t{entry.statements_done},
      optional_text(entry.statements_hash),
      entry.started_at,
      optional_text(entry.applied_at),
      optional_text(entry.rolled_back_at),
      entry.duration_ms,
      optional_text(entry.error),
      optional_text(entry.session),
      entry.belay_version,
      optional_text(entry.schema_before),
      optional_text(entry.schema_after),
      optional_text(entry.sql_checksum),
      optional_text(entry.batches)};
  return connection.execute("INSERT INTO " + table_of(connection) + " (" + std::string(kColumns) +
                                ", sql_checksum, batches) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                "?, ?, ?, ?, ?, ?, ?, ?, "
                                "?, ?)",
                            values);
}

Result<std::optional<KeptTable>> Ledger::kept_table(Connection& connection) {
  Result<Columns> there = columns_of(connection);
  if (!there) return std::move(there).error();
  if (there->empty()) return std::optional<KeptTable>();
  const Value state = std::string(kInSync);
  Result<Rows> rows = connection.query(
      "SELECT name FROM " + table_of(connection) + " WHERE version = '' AND state = ?",
      {&state, 1});
  if (!rows) return std::move(rows).error();
  if (rows->rows.empty()) return std::optional<KeptTable>();
  const std::string name = rows->text();
  const size_t blank = std::min(name.find(' '), name.size());
  return std::optional(
      KeptTable{name.substr(0, blank), name.substr(std::min(blank + 1, name.size()))});
}

Result<void> Ledger::keep(Connection& connection, const KeptTable& kept) {
  BELAY_TRY(stop_keeping(connection));
  const std::array<Value, 4> values = {kept.tool + " " + kept.table, std::string(kInSync),
                                       utc_now(), std::string(BELAY_VERSION)};
  return connection.execute(
      "INSERT INTO " + table_of(connection) +
          " (history, version, name, position, checksum, state, mode, statements, "
          "statements_done, started_at, belay_version) VALUES ('', '', ?, 0, '', ?, '', 0, 0, ?, "
          "?)",
      values);
}

Result<void> Ledger::stop_keeping(Connection& connection) {
  const Value state = std::string(kInSync);
  return connection.execute(
      "DELETE FROM " + table_of(connection) + " WHERE version = '' AND state = ?", {&state, 1});
}

Result<void> Ledger::note_progress(Connection& connection, const LedgerEntry& entry) {
  const std::array<Value, 5> values = {int64_t{entry.statements_done},
                                       optional_text(entry.statements_hash),
                                       optional_text(entry.batches), entry.history, entry.version};
  return connection.execute("UPDATE " + table_of(connection) +
                                " SET statements_done = ?, statements_hash = ?, batches = ? "
                                "WHERE history = ? AND version = ?",
                            values);
}

const MigrationScript* find_migration(std::span<const MigrationScript> migrations,
                                      const LedgerEntry& entry) {
  const auto found =
      std::find_if(migrations.begin(), migrations.end(), [&](const MigrationScript& migration) {
        return migration.history == entry.history && migration.version == entry.version;
      });
  return found == migrations.end() ? nullptr : &*found;
}

bool is_applied(const LedgerEntry* entry) {
  if (entry == nullptr) return false;
  // A down that was begun and has done nothing has taken nothing back.
  return entry->state == MigrationState::kDone ||
         (entry->state == MigrationState::kRollingBack && entry->statements_done == 0 &&
          entry->batches.empty());
}

bool is_half(const LedgerEntry& entry) {
  return (entry.statements_done > 0 || !entry.batches.empty()) &&
         (entry.state == MigrationState::kStarted || entry.state == MigrationState::kFailed ||
          entry.state == MigrationState::kRollingBack);
}

Direction direction_of(const LedgerEntry& entry) {
  const bool down =
      entry.state == MigrationState::kRollingBack || entry.state == MigrationState::kRolledBack;
  return down ? Direction::kDown : Direction::kUp;
}

const LedgerEntry* find_entry(std::span<const LedgerEntry> entries, std::string_view history,
                              std::string_view version) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const LedgerEntry& entry) {
    return entry.history == history && entry.version == version;
  });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace belay::runtime
