#include "runtime/drivers/sqlite/driver.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "runtime/drivers/sqlite/change_mark.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "runtime/drivers/sqlite/page_digest.h"
#include "runtime/drivers/sqlite/script.h"
#include "runtime/io/durable_file.h"
#include "runtime/snapshot/absent.h"
#include "runtime/snapshot/sqlite_backup.h"
#include "runtime/snapshot/sqlite_objects.h"
#include "support/ascii.h"
#include "support/file_system.h"

namespace belay::runtime::sqlite {
namespace {

Error option_error(const std::string& name, const std::string& value, std::string hint) {
  return {"the option `" + name + "=" + value + "` is not understood", "database URL",
          std::move(hint)};
}

Result<bool> switch_value(const std::string& name, const std::string& value) {
  for (const std::string_view yes : {"on", "1", "true", "yes"}) {
    if (ascii::equal_ignoring_case(value, yes)) return true;
  }
  for (const std::string_view no : {"off", "0", "false", "no"}) {
    if (ascii::equal_ignoring_case(value, no)) return false;
  }
  return option_error(name, value, "write on or off");
}

Result<void> read_options(const DatabaseUrl& url, SqliteSettings& settings) {
  for (const auto& [name, value] : url.options) {
    if (name == "foreign_keys") {
      Result<bool> on = switch_value(name, value);
      if (!on) return std::move(on).error();
      settings.foreign_keys = *on;
    } else if (name == "mode") {
      if (value != "ro" && value != "rw") return option_error(name, value, "write ro or rw");
      settings.read_only = value == "ro";
    } else {
      return option_error(name, value, "known are foreign_keys=on and mode=ro");
    }
  }
  return {};
}

/// One name for one file, whatever links lead to it: sessions find each other by it.
std::string canonical(const std::string& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
  return error ? path : real.string();
}

/// Copies the log into the database, as far as that goes without waiting for anybody.
void checkpoint(SqliteConnection& connection, int mode) {
  connection.set_waiting(false);
  sqlite3_wal_checkpoint_v2(connection.handle(), "main", mode, nullptr, nullptr);
  connection.set_waiting(true);
}

}  // namespace

Result<std::unique_ptr<SqliteDriver>> SqliteDriver::open(const DatabaseUrl& url,
                                                         const DriverOptions& options) {
  SqliteSettings settings;
  BELAY_TRY(read_options(url, settings));
  const std::string base = options.base_directory.empty() ? "." : options.base_directory;
  settings.path = canonical(path::absolute(path::join(base, url.database)));
  settings.connection.busy_timeout = options.busy_timeout;
  settings.connection.statement_timeout = options.statement_timeout;
  settings.connection.cancellation = options.cancellation;
  settings.progress = options.progress;
  std::error_code ignored;
  if (std::filesystem::is_directory(settings.path, ignored)) {
    return Error{"it is a directory, not a database", settings.path, "name the file"};
  }
  return std::unique_ptr<SqliteDriver>(new SqliteDriver(url, std::move(settings)));
}

Result<Driver::Presence> SqliteDriver::presence() const {
  struct stat info {};
  if (::stat(settings_.path.c_str(), &info) == 0) {
    return info.st_size == 0 && !has_log() ? Presence::kEmpty : Presence::kPresent;
  }
  if (errno == ENOENT) return Presence::kAbsent;
  return file_error("cannot look at the database", settings_.path, errno);
}

Result<std::unique_ptr<SqliteConnection>> SqliteDriver::open_connection(
    int flags, std::unique_ptr<KeptJournal> way) const {
  if ((flags & SQLITE_OPEN_CREATE) == 0 && !file_exists(settings_.path)) {
    return Error{"there is no such database", settings_.path, "check the URL"};
  }
  if (settings_.read_only) flags = SQLITE_OPEN_READONLY;
  return SqliteConnection::open(settings_.path, flags, settings_.connection, std::move(way));
}

Result<std::unique_ptr<Connection>> SqliteDriver::connect(Purpose purpose, bool create) const {
  auto way = purpose == Purpose::kSession ? std::make_unique<KeptJournal>(settings_.path) : nullptr;
  auto connection =
      open_connection(SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), std::move(way));
  if (!connection) return std::move(connection).error();
  SqliteConnection& database = **connection;
  if (purpose == Purpose::kLook) {
    if (has_log()) database.keep_log(true);
    BELAY_TRY(database.execute("PRAGMA query_only=ON"));
    return std::unique_ptr<Connection>(*std::move(connection));
  }
  if (purpose == Purpose::kSession) {
    // Commits can be counted as long as the log is not copied back behind our back.
    database.keep_log(true);
    BELAY_TRY(database.execute("PRAGMA wal_autocheckpoint=0"));
    BELAY_TRY(database.keep_journal());
  }
  // EXTRA also syncs the directory after the journal is removed: without that a power cut can bring
  // the journal back, and with it the state before a commit that we have reported.
  BELAY_TRY(database.execute("PRAGMA synchronous=EXTRA"));
  BELAY_TRY(database.execute(settings_.foreign_keys ? "PRAGMA foreign_keys=ON"
                                                    : "PRAGMA foreign_keys=OFF"));
  return std::unique_ptr<Connection>(*std::move(connection));
}

bool SqliteDriver::has_log() const { return file_size(settings_.path + "-wal") > 0; }

Result<ScriptPlan> SqliteDriver::plan(const Script& script, bool transaction) const {
  return plan_script(script, transaction);
}

Result<std::string> SqliteDriver::schema_fingerprint(Connection& connection) const {
  return sqlite::schema_fingerprint(connection);
}

std::vector<TableLock> SqliteDriver::locks_of_begin() const { return {{"", "RESERVED"}}; }

Result<std::vector<TableLock>> SqliteDriver::table_locks(Connection& connection) const {
  const bool writes = sqlite3_txn_state(as_sqlite(connection).handle(), "main") == SQLITE_TXN_WRITE;
  return writes ? locks_of_begin() : std::vector<TableLock>();
}

Result<RowCounts> SqliteDriver::row_counts(Connection& connection) const {
  return sqlite::row_counts(connection);
}

Result<Content> SqliteDriver::content(Connection& connection) const {
  return read_content(as_sqlite(connection), nullptr);
}

void SqliteDriver::watch(Connection& connection) const { as_sqlite(connection).watch(); }

Result<Content> SqliteDriver::content_since(Connection& connection, const Content& before) const {
  return read_content(as_sqlite(connection), &before);
}

Result<ForeignKeyViolations> SqliteDriver::foreign_key_violations(Connection& connection) const {
  return sqlite::foreign_key_violations(connection);
}

Result<void> SqliteDriver::check_deferred(Connection& connection) const {
  int unresolved = 0;
  int highest = 0;
  sqlite3_db_status(as_sqlite(connection).handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved,
                    &highest, /*resetFlg=*/0);
  if (unresolved == 0) return {};
  return Error{"the commit would fail: rows point to others that do not exist", "",
               "`PRAGMA foreign_key_check` lists them"};
}

/// By the words of the script: what sets something up for its connection has one of these.
bool SqliteDriver::leaves_nothing(Connection& connection, const Script& script) const {
  const std::string text = ascii::lower(script.sql);
  for (const char* word : {"pragma", "attach", "detach", "temp", "load_extension"}) {
    if (text.find(word) != std::string::npos) return false;
  }
  Result<Rows> temporary = connection.query("SELECT count(*) FROM temp.sqlite_schema");
  return temporary && temporary->number() == 0;
}

Result<ChangeMark> SqliteDriver::mark(Connection& connection) const {
  return take_mark(as_sqlite(connection));
}

/// Where some tables do not matter, the digest of the others tells, and no counter does.
Result<std::optional<int64_t>> SqliteDriver::others_version(Connection& connection) const {
  if (!ignored_.empty()) return std::optional<int64_t>();
  Result<Rows> rows = connection.query("PRAGMA data_version");
  if (!rows) return std::move(rows).error();
  return std::optional<int64_t>(rows->number());
}

std::optional<uint64_t> SqliteDriver::size() const {
  if (!file_exists(settings_.path)) return std::nullopt;
  return file_size(settings_.path) + file_size(settings_.path + "-wal");
}

ChangeMark SqliteDriver::absent_mark() const { return empty_mark(); }

std::optional<uint64_t> SqliteDriver::commits_between(const ChangeMark& earlier,
                                                      const ChangeMark& later) const {
  return sqlite::commits_between(earlier, later);
}

bool SqliteDriver::counts_alike(const ChangeMark& earlier, const ChangeMark& later) const {
  return sqlite::counts_alike(earlier, later);
}

bool SqliteDriver::marks_suffice(const ChangeMark& mark) const {
  return ignored_.empty() && counts_for_ever(mark);
}

/// SQLite does not tell the cases of a name apart.
bool SqliteDriver::is_left_alone(std::string_view table) const {
  return std::any_of(ignored_.begin(), ignored_.end(), [&](const std::string& known) {
    return ascii::equal_ignoring_case(known, table);
  });
}

Result<RowCounts> SqliteDriver::watched_rows(Connection& connection) const {
  return sqlite::row_counts(connection, ignored_);
}

Result<std::string> SqliteDriver::digest() const {
  auto connection = open_connection(SQLITE_OPEN_READWRITE);
  if (!connection) return std::move(connection).error();
  if (has_log()) (*connection)->keep_log(true);
  if (!ignored_.empty()) {
    BELAY_TRY((*connection)->execute("BEGIN"));
    return digest_without(**connection, ignored_);
  }
  return page_digest((*connection)->handle(), settings_.connection.cancellation);
}

void SqliteDriver::tidy(Connection& connection, bool at_end) const {
  // Readers, or a full disk, leave the log as it is, which is as good for everybody; nobody waits.
  constexpr uint64_t kLargeLog = uint64_t{64} << 20U;
  if (!at_end && file_size(settings_.path + "-wal") < kLargeLog) return;
  checkpoint(as_sqlite(connection),
             at_end ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE);
  if (at_end) as_sqlite(connection).keep_log(false);
}

std::unique_ptr<SnapshotStrategy> SqliteDriver::strategy(std::string_view name) const {
  if (name == SqliteBackup::kName) return std::make_unique<SqliteBackup>(*this);
  if (name == SqliteObjects::kName) return std::make_unique<SqliteObjects>(*this);
  if (name == AbsentDatabase::kName) return std::make_unique<AbsentDatabase>(*this);
  return nullptr;
}

std::unique_ptr<SnapshotStrategy> SqliteDriver::file_strategy() const {
  return std::make_unique<SqliteBackup>(*this);
}

Result<ChosenGuard> SqliteDriver::choose_guard(const std::optional<GuardAdvice>& advice,
                                               std::unique_ptr<Connection> look) const {
  look.reset();  // strategies have connections of their own kinds
  Result<Presence> presence = this->presence();
  if (!presence) return std::move(presence).error();
  ChosenGuard choice;
  if (*presence == Presence::kAbsent) {
    choice.strategy = strategy(AbsentDatabase::kName);
    return choice;
  }
  const bool partial = advice && (advice->guard == Guard::kTransaction ||
                                  (advice->guard == Guard::kTables && !advice->tables.empty()));
  if (partial && *presence == Presence::kPresent) {
    const bool adds = advice->guard == Guard::kTransaction;
    auto objects = std::make_unique<SqliteObjects>(*this);
    Result<bool> possible = objects->suffices(adds ? std::vector<std::string>() : advice->tables);
    if (!possible) return std::move(possible).error();
    if (*possible) {
      choice.guard = Guard::kTransaction;
      choice.strategy = std::move(objects);
      return choice;
    }
  }
  choice.strategy = strategy(SqliteBackup::kName);
  if (advice && advice->guard == Guard::kTables) {
    choice.reasons.emplace_back(
        "some tables would do; the whole database is guarded, which is more");
  }
  return choice;
}

}  // namespace belay::runtime::sqlite
