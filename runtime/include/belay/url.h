#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <belay/result.h>

namespace belay::runtime {

/// The database engines that a URL can name.
enum class Engine : uint8_t { kSqlite, kPostgres, kMysql, kMariadb };

/// `SQLite`, `PostgreSQL`, `MySQL`, `MariaDB`.
std::string_view engine_display_name(Engine engine);

/// Where a database is. Parsing looks at the text alone: no file, no environment, no network.
///
/// Understood are `sqlite:app.db` and `sqlite://app.db` (relative), `sqlite:/srv/app.db` and
/// `sqlite:///srv/app.db` (absolute), and `ENGINE://user:password@host:port/database`; options
/// follow a `?`. Percent escapes are decoded. The options `host`, `port`, `user`, `password` and
/// `dbname` of a server's URL are put in their places.
struct DatabaseUrl {
  Engine engine = Engine::kSqlite;
  /// SQLite: the file as written. The others: the name of the database.
  std::string database;
  std::string user;
  std::string password;
  std::string host;
  std::string port;
  std::map<std::string, std::string> options;

  /// The URL again, with `***` for a password: fit for logs, messages and journals.
  std::string to_string() const;
};

/// The engine that the scheme of a URL names, however the rest of it is written; empty for none
/// that Belay knows.
std::optional<Engine> engine_of(std::string_view url);

/// How `${NAME}` in a URL is looked up. Belay never reads the environment by itself; a program
/// hands in `process_environment` where it wants that.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Looks into the environment of this process.
std::optional<std::string> process_environment(const std::string& name);

/// Reads `text` and puts in the values of `${NAME}`. A value is taken as it is, so that a password
/// needs no escapes; only where the whole text is one `${NAME}` is its value read as a URL.
/// Errors: an unknown engine, a missing part, an unset variable; each says what to write.
Result<DatabaseUrl> parse_database_url(std::string_view text, const EnvironmentLookup& lookup);

}  // namespace belay::runtime
