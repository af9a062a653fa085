// The migrations run as they do in production, through a session's apply and down, without a
// snapshot: the database is made for this, and is removed.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include <belay/migration_tester.h>
#include <belay/migrations.h>
#include <belay/session.h>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/quote.h"
#include "runtime/io/clock.h"
#include "support/ascii.h"
#include "support/counted.h"

namespace belay {

using runtime::Connection;
using runtime::Driver;
using runtime::MigrationScript;
using runtime::Rows;
using runtime::Session;
using runtime::SessionOptions;
using runtime::Value;

namespace {

template <class T>
T required(Result<T> result) {
  if (!result) throw MigrationError(std::move(result).error());
  return *std::move(result);
}

void required(const Result<void>& result) {
  if (!result) throw MigrationError(result.error());
}

/// A database that is there as long as the object.
class TrialDatabase {
 public:
  explicit TrialDatabase(const std::string& server) : server_(server) {
    std::string pattern = (std::filesystem::temp_directory_path() / "belay-trial-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw MigrationError("no directory for the trial can be made", pattern);
    }
    directory_ = pattern;
    options_.base_directory = directory_;
    if (server.empty()) {
      options_.database_url = "sqlite:" + directory_ + "/trial.db";
      return;
    }
    runtime::DatabaseUrl url =
        required(runtime::parse_database_url(server, runtime::process_environment));
    name_ = "belay_trial_" + ascii::lower(runtime::new_session_id().substr(9));
    std::replace(name_.begin(), name_.end(), '-', '_');
    on_server("CREATE DATABASE " + runtime::quote_name(name_));
    options_.environment = runtime::process_environment;
    options_.database_url = with_database(server, url.database, name_);
  }

  ~TrialDatabase() {
    if (!name_.empty()) {
      try {
        on_server("DROP DATABASE IF EXISTS " + runtime::quote_name(name_) + " WITH (FORCE)");
      } catch (const MigrationError&) {  // NOLINT: nothing is left to be done about it
      }
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TrialDatabase(const TrialDatabase&) = delete;
  TrialDatabase& operator=(const TrialDatabase&) = delete;

  const SessionOptions& options() const { return options_; }
  std::unique_ptr<Driver> driver() const {
    runtime::DriverOptions options;
    options.base_directory = directory_;
    return required(runtime::open_driver(
        required(runtime::parse_database_url(options_.database_url, options_.environment)),
        options));
  }

 private:
  /// The URL with another database in the place of its own.
  static std::string with_database(const std::string& url, const std::string& from,
                                   const std::string& to) {
    const size_t options = std::min(url.find('?'), url.size());
    const size_t at = url.rfind("/" + from, options);
    if (from.empty() || at == std::string::npos) {
      throw MigrationError("the URL names no database", "write postgresql://user@host/database");
    }
    return url.substr(0, at + 1) + to + url.substr(at + 1 + from.size());
  }
  void on_server(const std::string& sql) const {
    const auto connection = required(runtime::connect(
        required(runtime::parse_database_url(server_, runtime::process_environment)), {}));
    required(connection->execute(sql));
  }

  std::string server_;
  std::string directory_;
  std::string name_;
  SessionOptions options_;
};

using TableRows = std::vector<std::vector<Value>>;

/// All that is in a database, in an order that only depends on it.
struct Content {
  std::string schema;
  std::map<std::string, TableRows> tables;
};

bool is_ledger(std::string_view table) {
  const size_t dot = table.rfind('.');
  return table.substr(dot == std::string_view::npos ? 0 : dot + 1) == "belay_migrations";
}

std::string quoted_table(const std::string& name, runtime::Engine engine) {
  const size_t dot = name.find('.');
  if (engine == runtime::Engine::kSqlite || dot == std::string::npos) {
    return runtime::quote_name(name);
  }
  return runtime::quote_name(name.substr(0, dot)) + "." + runtime::quote_name(name.substr(dot + 1));
}

class Trial {
 public:
  Trial(const TrialDatabase& database, const std::vector<MigrationScript>& migrations)
      : driver_(database.driver()), session_(database.options()), migrations_(migrations) {}

  Content look() const {
    const auto connection = required(driver_->connect(Driver::Purpose::kProgram, /*create=*/true));
    required(connection->begin());
    Content out;
    out.schema = required(driver_->schema_fingerprint(*connection));
    for (const auto& [table, count] : required(driver_->row_counts(*connection))) {
      if (is_ledger(table)) continue;
      Rows rows =
          required(connection->query("SELECT * FROM " + quoted_table(table, connection->engine())));
      std::sort(rows.rows.begin(), rows.rows.end(), comes_before);
      out.tables[table] = std::move(rows.rows);
    }
    required(connection->roll_back());
    return out;
  }

  void work(const MigrationTester::Work& work) const {
    const auto connection = required(driver_->connect(Driver::Purpose::kProgram, /*create=*/true));
    required(connection->begin());
    Database db(*connection);
    work(db);
    required(connection->commit());
  }

  std::string up(const MigrationScript& migration) const {
    runtime::ApplyOptions options;
    options.allow_unguarded = true;
    options.to = migration.version;
    return outcome(session_.apply(migrations_, options));
  }

  std::string down(const MigrationScript& migration) const {
    runtime::DownOptions options;
    options.allow_unguarded = true;
    options.confirmed = {migration.version};
    return outcome(session_.down(migrations_, options));
  }

 private:
  static bool comes_before(const std::vector<Value>& a, const std::vector<Value>& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](const Value& x, const Value& y) {
                                          if (x.index() != y.index()) return x.index() < y.index();
                                          if (const auto* number = std::get_if<int64_t>(&x))
                                            return *number < std::get<int64_t>(y);
                                          if (const auto* real = std::get_if<double>(&x))
                                            return *real < std::get<double>(y);
                                          if (const auto* text = std::get_if<std::string>(&x))
                                            return *text < std::get<std::string>(y);
                                          if (const auto* blob = std::get_if<runtime::Blob>(&x)) {
                                            return blob->bytes < std::get<runtime::Blob>(y).bytes;
                                          }
                                          return false;
                                        });
  }
  template <class T>
  static std::string outcome(const Result<T>& report) {
    if (!report) return report.error().to_string();
    return report->failed ? report->migrations.back().error->to_error().to_string() : "";
  }

  std::unique_ptr<Driver> driver_;
  Session session_;
  const std::vector<MigrationScript>& migrations_;
};

std::vector<std::string> differences(const Content& wanted, const Content& found) {
  std::vector<std::string> out;
  if (wanted.schema != found.schema) out.emplace_back("the schema is another one");
  for (const auto& [table, rows] : wanted.tables) {
    const auto other = found.tables.find(table);
    if (other == found.tables.end()) {
      out.push_back("the table " + table + " is gone");
    } else if (rows.size() != other->second.size()) {
      out.push_back(table + " has " + counted(other->second.size(), "row") + ", and had " +
                    std::to_string(rows.size()));
    } else if (rows != other->second) {
      const auto changed = std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
        return std::find(other->second.begin(), other->second.end(), row) == other->second.end();
      });
      out.push_back(counted(static_cast<uint64_t>(changed), "row") + " of " + table +
                    " hold other values");
    }
  }
  for (const auto& [table, rows] : found.tables) {
    if (!wanted.tables.contains(table))
      out.push_back("the table " + table + " is there, and was not");
  }
  return out;
}

const MigrationTester::Work* find(
    const std::vector<std::pair<std::string, MigrationTester::Work>>& works,
    const MigrationScript& migration) {
  for (const auto& [version, work] : works) {
    if (migration.is_called(version)) return &work;
  }
  return nullptr;
}

}  // namespace

std::string MigrationTrial::to_string() const {
  std::string out = display_name;
  if (passed()) return out + (has_down ? ": up, down and up again" : ": up");
  if (!error.empty()) {
    out += (!up     ? ": its up failed: "
            : !down ? ": its down failed: "
                    : ": its second up failed: ") +
           error;
  }
  for (const std::string& difference : differences) out += "\n  behind the down: " + difference;
  for (const std::string& difference : differences_again) {
    out += "\n  behind the second up: " + difference;
  }
  return out;
}

MigrationTester::MigrationTester() : MigrationTester(Options{}) {}

MigrationTester::MigrationTester(Options options)
    : options_(std::move(options)), migrations_(MigrationRegistry::instance().scripts()) {}

MigrationTester::MigrationTester(std::vector<MigrationScript> migrations, Options options)
    : options_(std::move(options)), migrations_(std::move(migrations)) {}

void MigrationTester::before(std::string version, Work work) {
  before_.emplace_back(std::move(version), std::move(work));
}

void MigrationTester::after(std::string version, Work work) {
  after_.emplace_back(std::move(version), std::move(work));
}

std::vector<MigrationTrial> MigrationTester::try_all() {
  if (!migrations_) throw MigrationError(migrations_.error());
  const std::vector<MigrationScript>& migrations = *migrations_;
  for (const auto* works : {&before_, &after_}) {
    for (const auto& [version, work] : *works) {
      const bool known = std::any_of(migrations.begin(), migrations.end(),
                                     [&](const auto& m) { return m.is_called(version); });
      if (!known) throw MigrationError("there is no migration " + version);
    }
  }
  const TrialDatabase database(options_.database_url);
  const Trial trial(database, migrations);
  std::vector<MigrationTrial> out;
  for (const MigrationScript& migration : migrations) {
    MigrationTrial& one = out.emplace_back();
    one.version = migration.version;
    one.display_name = migration.display_name();
    one.has_down = migration.down.has_value();
    if (const Work* work = find(before_, migration)) trial.work(*work);
    const Content before = trial.look();
    one.error = trial.up(migration);
    one.up = one.error.empty();
    if (!one.up) break;
    const Content behind = trial.look();
    if (const Work* work = find(after_, migration)) trial.work(*work);
    if (!one.has_down) continue;
    one.error = trial.down(migration);
    one.down = one.error.empty();
    if (!one.down) continue;
    one.differences = differences(before, trial.look());
    one.error = trial.up(migration);
    one.up_again = one.error.empty();
    if (!one.up_again) break;
    one.differences_again = differences(behind, trial.look());
  }
  return out;
}

}  // namespace belay
