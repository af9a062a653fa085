#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belay {

enum class Engine : uint8_t { kPostgres, kSqlite, kMysql, kMariadb };

/// A server version, as far as migrations care: PostgreSQL 15.4 is {15, 4, 0}, SQLite 3.40.1 {3,
/// 40, 1}.
struct EngineVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;

  friend auto operator<=>(const EngineVersion&, const EngineVersion&) = default;
};

/// A SQL dialect: an engine and the version that migrations will run on.
struct Dialect {
  Engine engine = Engine::kPostgres;
  EngineVersion version;

  bool is(Engine other) const { return engine == other; }
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

/// The name that configuration, command line and reports use: `postgresql`, `sqlite`, `mysql`,
/// `mariadb`.
std::string_view engine_name(Engine engine);

/// The name as people write it: `PostgreSQL`, `SQLite`, `MySQL`, `MariaDB`.
std::string_view engine_display_name(Engine engine);

/// Understands `engine_name` and the usual short forms (`postgres`, `pg`, `sqlite3`), in any case.
std::optional<Engine> engine_from_name(std::string_view name);

/// The version that is assumed where nothing says otherwise. The reason stands at the definition.
EngineVersion default_version(Engine engine);

/// Reads `15`, `15.4`, `3.40.1`; nothing else.
std::optional<EngineVersion> parse_version(std::string_view text);
std::string to_string(EngineVersion version);

}  // namespace belay
