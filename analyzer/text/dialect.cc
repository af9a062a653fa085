#include "analyzer/text/dialect.h"

#include <array>
#include <charconv>

#include "support/ascii.h"

namespace belay {

std::string_view engine_name(Engine engine) {
  switch (engine) {
    case Engine::kPostgres: return "postgresql";
    case Engine::kSqlite: return "sqlite";
    case Engine::kMysql: return "mysql";
    case Engine::kMariadb: return "mariadb";
  }
  return "";
}

std::string_view engine_display_name(Engine engine) {
  switch (engine) {
    case Engine::kPostgres: return "PostgreSQL";
    case Engine::kSqlite: return "SQLite";
    case Engine::kMysql: return "MySQL";
    case Engine::kMariadb: return "MariaDB";
  }
  return "";
}

std::optional<Engine> engine_from_name(std::string_view name) {
  struct Alias {
    std::string_view name;
    Engine engine;
  };
  static constexpr std::array kAliases = {
      Alias{"postgresql", Engine::kPostgres}, Alias{"postgres", Engine::kPostgres},
      Alias{"pg", Engine::kPostgres},         Alias{"psql", Engine::kPostgres},
      Alias{"pgsql", Engine::kPostgres},      Alias{"sqlite", Engine::kSqlite},
      Alias{"sqlite3", Engine::kSqlite},      Alias{"mysql", Engine::kMysql},
      Alias{"mariadb", Engine::kMariadb},
  };
  for (const Alias& alias : kAliases) {
    if (ascii::equal_ignoring_case(alias.name, name)) return alias.engine;
  }
  return std::nullopt;
}

EngineVersion default_version(Engine engine) {
  switch (engine) {
    // The oldest versions that their makers still support in late 2026. A check that depends on
    // the version is then never silently too kind.
    case Engine::kPostgres: return {15, 0, 0};
    case Engine::kMysql: return {8, 4, 0};
    case Engine::kMariadb: return {10, 11, 0};
    // SQLite has no end of support; this is the one in Debian 12.
    case Engine::kSqlite: return {3, 40, 1};
  }
  return {};
}

std::optional<EngineVersion> parse_version(std::string_view text) {
  std::array<int, 3> parts = {0, 0, 0};
  const char* at = text.data();
  const char* end = at + text.size();
  for (size_t i = 0;; ++i) {
    if (i == parts.size()) return std::nullopt;
    auto [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc{} || parts[i] < 0) return std::nullopt;
    if (next == end) return EngineVersion{parts[0], parts[1], parts[2]};
    if (*next != '.') return std::nullopt;
    at = next + 1;
  }
}

std::string to_string(EngineVersion version) {
  std::string out = std::to_string(version.major);
  if (version.minor != 0 || version.patch != 0) out += "." + std::to_string(version.minor);
  if (version.patch != 0) out += "." + std::to_string(version.patch);
  return out;
}

}  // namespace belay
