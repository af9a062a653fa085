#include "tests/runtime/test_database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace belay::testing {
namespace {

class Database {
 public:
  explicit Database(const std::string& path, int flags = SQLITE_OPEN_READWRITE) {
    if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
      ADD_FAILURE() << path << ": " << sqlite3_errmsg(db_);
    }
    sqlite3_busy_timeout(db_, 5000);
  }
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  using Row = std::vector<std::string>;

  std::vector<Row> rows(const std::string& sql) {
    std::vector<Row> out;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      ADD_FAILURE() << sql << ": " << sqlite3_errmsg(db_);
      return out;
    }
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      Row& row = out.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "" : text);
      }
    }
    if (code != SQLITE_DONE) ADD_FAILURE() << sql << ": " << sqlite3_errmsg(db_);
    sqlite3_finalize(statement);
    return out;
  }

  void run(const std::string& sql) {
    char* message = nullptr;
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
      ADD_FAILURE() << sql << ": " << (message == nullptr ? "" : message);
    }
    sqlite3_free(message);
  }

 private:
  sqlite3* db_ = nullptr;
};

std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// One table's rows with the kinds of their values, in the order of the key.
std::string dump_table(Database& database, const std::string& table, bool without_rowid) {
  std::string list;
  for (const auto& column : database.rows("SELECT name FROM pragma_table_xinfo(" + quoted(table) +
                                          ") WHERE hidden <> 1")) {
    list += ", quote(" + quoted(column[0]) + ")";
  }
  std::string out = "table " + table + "\n";
  const std::string rowid = without_rowid ? "''" : "rowid";
  for (const auto& row :
       database.rows("SELECT " + rowid + list + " FROM " + quoted(table) + " ORDER BY 1, 2")) {
    for (const std::string& value : row) out += value + "|";
    out += "\n";
  }
  return out;
}

std::string dump_all(const std::string& path, bool with_ledger) {
  if (!std::filesystem::exists(path)) return "absent";
  Database database(path);
  std::string out = "user_version " + database.rows("PRAGMA user_version")[0][0] + "\n";
  const std::string filter = with_ledger ? "" : " WHERE tbl_name <> 'belay_migrations'";
  for (const auto& row : database.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema" +
                                       filter + " ORDER BY type, name")) {
    out += row[0] + " " + row[1] + " on " + row[2] + ": " + row[3] + "\n";
  }
  for (const auto& row :
       database.rows("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' "
                     "AND type IN ('table', 'shadow') ORDER BY name")) {
    if (row[0] == "sqlite_schema" || (!with_ledger && row[0] == "belay_migrations")) continue;
    out += dump_table(database, row[0], row[1] == "1");
  }
  return out;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  const char* base = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::getenv("TMPDIR");
  std::string name = std::string(base == nullptr ? "/tmp" : base) + "/belay-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void run_sql(const std::string& path, const std::string& sql) {
  Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).run(sql);
}

std::string query_text(const std::string& path, const std::string& sql) {
  const auto rows = Database(path).rows(sql);
  return rows.empty() || rows[0].empty() ? "" : rows[0][0];
}

std::string dump(const std::string& path) { return dump_all(path, true); }
std::string dump_without_ledger(const std::string& path) { return dump_all(path, false); }

::testing::AssertionResult same_content(const std::string& found, const std::string& expected) {
  if (found == expected) return ::testing::AssertionSuccess();
  std::istringstream left(found);
  std::istringstream right(expected);
  std::string a;
  std::string b;
  while (a == b && (std::getline(left, a), left)) {
    if (!std::getline(right, b)) b = "(the end)";
  }
  if (a == b) {
    a = "(the end)";
    std::getline(right, b);
  }
  return ::testing::AssertionFailure() << "found    " << a << "\nexpected " << b;
}

std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return in ? out.str() : std::string();
}

void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void copy_directory(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  fs::copy(from, to, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    fs::last_write_time(fs::path(to) / fs::relative(entry.path(), from),
                        fs::last_write_time(entry.path()));
  }
}

void make_shop(const std::string& path, const std::string& journal_mode) {
  run_sql(path, "PRAGMA journal_mode=" + journal_mode + R"(;
    PRAGMA user_version = 7;
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      email TEXT NOT NULL UNIQUE COLLATE NOCASE,
      name TEXT,
      shout TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL);
    CREATE TABLE orders (
      id INTEGER PRIMARY KEY,
      customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      total REAL CHECK (total >= 0),
      receipt BLOB);
    CREATE INDEX orders_by_customer ON orders (customer_id, total DESC);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE log (message TEXT);
    CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 100;
    CREATE TRIGGER order_added AFTER INSERT ON orders BEGIN
      INSERT INTO log VALUES ('order ' || new.id);
    END;
    INSERT INTO customers (email, name) VALUES
      ('ada@example.org', 'Ada'), ('béla@example.org', 'Béla'), ('no-name@example.org', NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
      INSERT INTO orders SELECT i, 1 + i % 3, i * 3.5, CAST(printf('%040d', i * 7919) AS BLOB) FROM n;
    DELETE FROM log WHERE rowid BETWEEN 10 AND 20;
    INSERT INTO settings VALUES ('currency', 'EUR'), ('limit', 12), ('raw', x'00ff'), ('none', NULL);)");
}

runtime::SessionOptions session_options(const std::string& database) {
  runtime::SessionOptions options;
  options.database_url = "sqlite:" + database;
  options.lock_timeout = std::chrono::milliseconds(5000);
  options.busy_timeout = std::chrono::milliseconds(200);
  options.free_space_margin = 0;
  return options;
}

runtime::MigrationScript migration(std::string version, std::string name, std::string up) {
  runtime::MigrationScript script;
  script.up.path = "migrations/" + version + "_" + name + ".sql";
  script.version = std::move(version);
  script.name = std::move(name);
  script.up.sql = std::move(up);
  return script;
}

}  // namespace belay::testing
