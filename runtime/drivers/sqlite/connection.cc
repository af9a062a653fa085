#include "runtime/drivers/sqlite/connection.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "runtime/drivers/places.h"
#include "runtime/io/clock.h"
#include "runtime/io/fault.h"
#include "support/ascii.h"
#include "support/counted.h"

namespace belay::runtime::sqlite {
namespace {

struct CodeName {
  int code;
  const char* name;
};

// The codes that people look up; others show as the name of their primary code.
constexpr std::array kCodeNames = {
    CodeName{SQLITE_ERROR, "SQLITE_ERROR"},
    CodeName{SQLITE_PERM, "SQLITE_PERM"},
    CodeName{SQLITE_ABORT, "SQLITE_ABORT"},
    CodeName{SQLITE_BUSY, "SQLITE_BUSY"},
    CodeName{SQLITE_LOCKED, "SQLITE_LOCKED"},
    CodeName{SQLITE_NOMEM, "SQLITE_NOMEM"},
    CodeName{SQLITE_READONLY, "SQLITE_READONLY"},
    CodeName{SQLITE_INTERRUPT, "SQLITE_INTERRUPT"},
    CodeName{SQLITE_IOERR, "SQLITE_IOERR"},
    CodeName{SQLITE_CORRUPT, "SQLITE_CORRUPT"},
    CodeName{SQLITE_FULL, "SQLITE_FULL"},
    CodeName{SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
    CodeName{SQLITE_SCHEMA, "SQLITE_SCHEMA"},
    CodeName{SQLITE_TOOBIG, "SQLITE_TOOBIG"},
    CodeName{SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    CodeName{SQLITE_MISMATCH, "SQLITE_MISMATCH"},
    CodeName{SQLITE_MISUSE, "SQLITE_MISUSE"},
    CodeName{SQLITE_AUTH, "SQLITE_AUTH"},
    CodeName{SQLITE_RANGE, "SQLITE_RANGE"},
    CodeName{SQLITE_NOTADB, "SQLITE_NOTADB"},
    CodeName{SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"},
    CodeName{SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"},
    CodeName{SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"},
    CodeName{SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"},
    CodeName{SQLITE_CONSTRAINT_ROWID, "SQLITE_CONSTRAINT_ROWID"},
    CodeName{SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"},
    CodeName{SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"},
    CodeName{SQLITE_CONSTRAINT_DATATYPE, "SQLITE_CONSTRAINT_DATATYPE"},
    CodeName{SQLITE_READONLY_ROLLBACK, "SQLITE_READONLY_ROLLBACK"},
    CodeName{SQLITE_READONLY_DIRECTORY, "SQLITE_READONLY_DIRECTORY"},
    CodeName{SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"},
};

constexpr int primary(int code) { return code & 0xFF; }

std::string code_name(int code) {
  for (const int wanted : {code, primary(code)}) {
    const auto* found =
        std::find_if(kCodeNames.begin(), kCodeNames.end(),
                     [wanted](const CodeName& entry) { return entry.code == wanted; });
    if (found != kCodeNames.end()) return found->name;
  }
  return "SQLITE_" + std::to_string(code);
}

/// Where the first token from `begin` on stands.
size_t skip_space(std::string_view text, size_t begin, size_t end) {
  while (begin < end && ascii::is_space(text[begin])) ++begin;
  return begin;
}

void bind(sqlite3_stmt* statement, int index, const Value& value) {
  const auto bytes = [](const std::string& text) { return static_cast<int>(text.size()); };
  if (const auto* number = std::get_if<int64_t>(&value)) {
    sqlite3_bind_int64(statement, index, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, index, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    sqlite3_bind_text(statement, index, text->data(), bytes(*text), SQLITE_TRANSIENT);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    sqlite3_bind_blob(statement, index, blob->bytes.data(), bytes(blob->bytes), SQLITE_TRANSIENT);
  } else {
    sqlite3_bind_null(statement, index);
  }
}

/// Binds `$1` and so on; returns the first parameter that there is no value for.
std::optional<std::string> bind_named(sqlite3_stmt* statement, std::span<const Value> values) {
  const int count = sqlite3_bind_parameter_count(statement);
  for (int index = 1; index <= count; ++index) {
    const char* name = sqlite3_bind_parameter_name(statement, index);
    if (name == nullptr) return "?";
    size_t value = 0;
    while (value < values.size() && name != "$" + std::to_string(value + 1)) ++value;
    if (value == values.size()) return name;
    bind(statement, index, values[value]);
  }
  return std::nullopt;
}

/// `data` is the column as text or as a blob; asking for it first fixes what the size counts.
std::string column_bytes(sqlite3_stmt* statement, int column, const void* data) {
  const int size = sqlite3_column_bytes(statement, column);
  return data == nullptr ? std::string()
                         : std::string(static_cast<const char*>(data), static_cast<size_t>(size));
}

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT:
      return column_bytes(statement, column, sqlite3_column_text(statement, column));
    case SQLITE_BLOB:
      return Blob{column_bytes(statement, column, sqlite3_column_blob(statement, column))};
    default: return nullptr;
  }
}

void add_row(sqlite3_stmt* statement, Rows& rows) {
  const int columns = sqlite3_column_count(statement);
  if (rows.columns.empty()) {
    for (int i = 0; i < columns; ++i) rows.columns.emplace_back(sqlite3_column_name(statement, i));
  }
  std::vector<Value>& row = rows.rows.emplace_back();
  for (int i = 0; i < columns; ++i) row.push_back(column_value(statement, i));
}

}  // namespace

std::string file_uri(std::string_view path, std::string_view query) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (ascii::is_word(c) || c == '/' || c == '-' || c == '.') {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out + "?" + std::string(query);
}

Result<Handle> open_handle(const std::string& name, const OpenOptions& options) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &raw, options.flags, options.vfs);
  Handle handle(raw);
  if (code != SQLITE_OK) {
    std::string shown = options.shown_as.empty() ? name : options.shown_as;
    DatabaseError error = describe_error(raw, code);
    error.place.path = std::move(shown);
    return error.to_error();
  }
  sqlite3_extended_result_codes(raw, 1);
  return handle;
}

DatabaseError describe_error(sqlite3* db, int code) {
  DatabaseError error;
  const bool current = db != nullptr && primary(sqlite3_errcode(db)) == primary(code);
  error.code = current ? sqlite3_extended_errcode(db) : code;
  error.message = current ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  error.code_name = code_name(error.code);
  error.busy = primary(code) == SQLITE_BUSY || primary(code) == SQLITE_LOCKED;
  error.no_space = primary(code) == SQLITE_FULL;
  error.cancelled = primary(code) == SQLITE_INTERRUPT;
  return error;
}

SqliteConnection::SqliteConnection(std::string path, Handle db, const ConnectionOptions& options,
                                   std::unique_ptr<KeptJournal> way)
    : path_(std::move(path)),
      options_(options),
      deadline_(options.statement_timeout),
      way_(std::move(way)),
      db_(std::move(db)) {
  constexpr int kStepsBetweenLooks = 4096;
  sqlite3_busy_handler(db_.get(), on_busy, this);
  sqlite3_progress_handler(db_.get(), kStepsBetweenLooks, on_progress, this);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, int flags,
                                                                 const ConnectionOptions& options,
                                                                 std::unique_ptr<KeptJournal> way) {
  const char* vfs = way == nullptr ? nullptr : way->vfs();
  // ATTACH takes our flags over and may make a file, as in other programs; but never this one.
  const bool must_exist = (flags & SQLITE_OPEN_READWRITE) != 0 && (flags & SQLITE_OPEN_CREATE) == 0;
  Result<Handle> handle =
      must_exist ? open_handle(file_uri(path, "mode=rw"),
                               {flags | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, vfs, path})
                 : open_handle(path, {flags, vfs});
  if (!handle) return std::move(handle).error();
  std::unique_ptr<SqliteConnection> connection(
      new SqliteConnection(path, *std::move(handle), options, std::move(way)));
  // The first look at the file: here it turns out whether it is a database at all.
  Result<Rows> header = connection->query("PRAGMA schema_version");
  if (!header) {
    Error error = std::move(header).error();
    error.where = path;
    return error;
  }
  return connection;
}

int SqliteConnection::on_busy(void* self, int tries) {
  auto& connection = *static_cast<SqliteConnection*>(self);
  const int64_t now = milliseconds_since_start();
  if (tries == 0) connection.busy_since_ = now;
  if (connection.options_.cancellation.cancelled()) return 0;
  if (now - connection.busy_since_ >= connection.options_.busy_timeout.count()) return 0;
  if (connection.deadline_.passed()) return 0;
  constexpr int kLongestPause = 50;
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::min(1 << std::min(tries, 8), kLongestPause)));
  return 1;
}

int SqliteConnection::on_progress(void* self) {
  const auto& connection = *static_cast<SqliteConnection*>(self);
  return connection.options_.cancellation.cancelled() || connection.deadline_.passed() ? 1 : 0;
}

void SqliteConnection::set_waiting(bool wait) {
  sqlite3_busy_handler(db_.get(), wait ? on_busy : nullptr, this);
}

void SqliteConnection::watch() {
  watches_ = true;
  written_ = {};
  sqlite3_set_authorizer(db_.get(), on_authorize, this);
}

WrittenTables SqliteConnection::written() const {
  int writable_schema = 0;
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, -1, &writable_schema);
  if (!watches_ || writable_schema != 0) return kAnything;
  return written_;
}

/// Allows everything. Tables come with the name that the schema has.
int SqliteConnection::on_authorize(void* self, int action, const char* first, const char*,
                                   const char*, const char*) {
  WrittenTables& written = static_cast<SqliteConnection*>(self)->written_;
  switch (action) {
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
      if (!std::string_view(first).starts_with("sqlite_")) written.names.emplace(first);
      // A DROP of any kind ends here; what is made is inserted and then updated.
      if (action == SQLITE_DELETE && std::string_view(first) == "sqlite_master") {
        written.schema_changed = true;
      }
      break;
    case SQLITE_ATTACH: written.schema_changed = true; break;  // VACUUM numbers the rows anew
    case SQLITE_ALTER_TABLE:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_VTABLE:
    case SQLITE_CREATE_VTABLE: written.all = true; break;
    case SQLITE_PRAGMA:
      if (ascii::equal_ignoring_case(first, "writable_schema")) written.all = true;
      break;
    default: break;
  }
  return SQLITE_OK;
}

Result<void> SqliteConnection::keep_journal() {
  Result<Rows> mode = query("PRAGMA journal_mode");
  if (!mode) return std::move(mode).error();
  if (mode->text() != "delete") return {};
  journal_kept_ = true;
  return execute("PRAGMA journal_mode=PERSIST");
}

SqliteConnection::~SqliteConnection() {
  if (!journal_kept_) return;
  set_waiting(false);
  (void)roll_back();
  Result<Rows> mode = query("PRAGMA journal_mode");
  if (mode && mode->text() == "persist") (void)execute("PRAGMA journal_mode=DELETE");
}

void SqliteConnection::keep_log(bool keep) {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

Result<void> SqliteConnection::roll_back() {
  // SQLite may have rolled back by itself, after a full disk for one.
  if (!in_transaction()) return {};
  const DatabaseError kept = error_;
  BELAY_TRY(execute("ROLLBACK", {}));
  error_ = kept;
  return {};
}

Error SqliteConnection::fail(int code, std::string_view statement) {
  error_ = describe_error(db_.get(), code);
  error_.statement = shortened(statement);
  Error error = error_.to_error();
  error.where = path_;
  return error;
}

Error SqliteConnection::fail_at(int code, const Script& script, size_t begin, size_t end,
                                int offset) {
  error_ = describe_error(db_.get(), code);
  begin = skip_space(script.sql, begin, end);
  error_.statement = shortened(std::string_view(script.sql).substr(begin, end - begin));
  if (deadline_.passed() && (error_.cancelled || error_.busy) &&
      !options_.cancellation.cancelled()) {
    deadline_.explain(error_);
  }
  error_.place = place_of(script, std::min(offset >= 0 ? static_cast<size_t>(offset) : begin, end));
  return error_.to_error();
}

Error SqliteConnection::refuse(const Script& script, size_t begin, size_t end,
                               std::string message) {
  Error error = fail_at(SQLITE_ERROR, script, begin, end, -1);
  error_.message = error.message = std::move(message);
  return error;
}

/// Steps to the end; returns SQLITE_DONE or the error.
int SqliteConnection::step_all(sqlite3_stmt* statement, std::string_view sql, Rows* rows) {
  if (fault::before(fault::Operation::kStatement, sql) != 0) return SQLITE_FULL;
  const int64_t changes = sqlite3_total_changes64(db_.get());
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (rows != nullptr) add_row(statement, *rows);
  }
  if (code == SQLITE_DONE) fault::after(fault::Operation::kStatement, sql);
  // SQLite's own count stays as it is behind a statement that changes no rows.
  const bool none = sqlite3_total_changes64(db_.get()) == changes;
  affected_rows_ = none ? 0 : sqlite3_changes64(db_.get());
  return code;
}

Result<void> SqliteConnection::run(const Script& script, uint32_t begin, uint32_t end,
                                   std::span<const Value> parameters) {
  const std::string_view sql = script.sql;
  size_t at = begin;
  while (at < end) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int prepared =
        sqlite3_prepare_v2(db_.get(), sql.data() + at, static_cast<int>(end - at), &raw, &tail);
    const StatementHandle statement(raw);
    const size_t next = tail == nullptr ? end : static_cast<size_t>(tail - sql.data());
    if (prepared != SQLITE_OK) {
      const int offset = sqlite3_error_offset(db_.get());
      return fail_at(prepared, script, at, next > at ? next : end,
                     offset < 0 ? -1 : static_cast<int>(at) + offset);
    }
    if (statement == nullptr && next <= at) break;
    if (statement != nullptr) {
      // SQLite would bind NULL, which nobody means who writes a parameter.
      if (const std::optional<std::string> left = bind_named(raw, parameters)) {
        return refuse(script, at, next,
                      "a script has nothing to give to the parameter `" + *left + "`");
      }
      const StatementDeadline::Running running(deadline_);
      const int code = step_all(raw, sql.substr(at, next - at), nullptr);
      if (code != SQLITE_DONE) return fail_at(code, script, at, next, -1);
    }
    at = next;
  }
  return {};
}

Result<void> SqliteConnection::execute(std::string_view sql, std::span<const Value> parameters) {
  Result<Rows> rows = query(sql, parameters);
  if (!rows) return std::move(rows).error();
  return {};
}

Result<Rows> SqliteConnection::query(std::string_view sql, std::span<const Value> parameters) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  int code = sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &raw, &tail);
  const StatementHandle statement(raw);
  if (code != SQLITE_OK) return fail(code, sql);
  if (const auto left = static_cast<size_t>(sql.data() + sql.size() - tail); left > 0) {
    // SQLite would leave it out without a word.
    sqlite3_stmt* more = nullptr;
    code = sqlite3_prepare_v2(db_.get(), tail, static_cast<int>(left), &more, nullptr);
    const StatementHandle another(more);
    if (code != SQLITE_OK) return fail(code, sql);
    if (more != nullptr) {
      Error error = fail(SQLITE_ERROR, sql);
      error_.message = error.message = "there are several statements where one is wanted";
      return error;
    }
  }
  if (raw == nullptr) return Rows();
  if (const auto wanted = static_cast<size_t>(sqlite3_bind_parameter_count(raw));
      wanted != parameters.size()) {
    Error error = fail(SQLITE_ERROR, sql);
    error_.message = error.message = "the statement has " + counted(wanted, "parameter") +
                                     ", and " + counted(parameters.size(), "value") +
                                     " came with it";
    return error;
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    bind(raw, static_cast<int>(i) + 1, parameters[i]);
  }
  Rows rows;
  code = step_all(raw, sql, &rows);
  if (code != SQLITE_DONE) return fail(code, sql);
  return rows;
}

}  // namespace belay::runtime::sqlite
