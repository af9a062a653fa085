#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <belay/url.h>

#include "support/ascii.h"

namespace belay::runtime {
namespace {

struct Scheme {
  std::string_view name;
  Engine engine;
};

constexpr std::array<Scheme, 7> kSchemes = {{{"sqlite", Engine::kSqlite},
                                             {"sqlite3", Engine::kSqlite},
                                             {"postgresql", Engine::kPostgres},
                                             {"postgres", Engine::kPostgres},
                                             {"pgsql", Engine::kPostgres},
                                             {"mysql", Engine::kMysql},
                                             {"mariadb", Engine::kMariadb}}};

constexpr std::string_view kForms =
    "write sqlite:FILE, or ENGINE://user:password@host:port/database with postgresql, mysql or "
    "mariadb";

Error url_error(std::string message, std::string hint) {
  return {std::move(message), "database URL", std::move(hint)};
}

bool is_name(std::string_view text) {
  return !text.empty() && !ascii::is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(), ascii::is_word);
}

int hex_value(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char lower = ascii::to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Result<std::string> variable(std::string_view name, const EnvironmentLookup& lookup) {
  const std::string text = "${" + std::string(name) + "}";
  if (!is_name(name)) {
    return url_error("`" + text + "` is no variable", "write ${NAME}");
  }
  std::optional<std::string> value;
  if (lookup) value = lookup(std::string(name));
  if (!value) {
    return url_error("`" + text + "` is not set",
                     "set the environment variable " + std::string(name));
  }
  return *std::move(value);
}

/// Decodes percent escapes and puts in variables, whose values are taken as they are.
Result<std::string> component(std::string_view text, const EnvironmentLookup& lookup) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) {
      const size_t close = text.find('}', i);
      if (close == std::string_view::npos) {
        return url_error("`${` without `}`", "write ${NAME}, or %24 for a dollar sign");
      }
      Result<std::string> value = variable(text.substr(i + 2, close - i - 2), lookup);
      if (!value) return value;
      out += *value;
      i = close;
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0) {
        return url_error("`%` is not followed by the two digits of a character",
                         "write %25 for a percent sign");
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Result<void> read_options(std::string_view text, const EnvironmentLookup& lookup,
                          DatabaseUrl& url) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view option = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (option.empty()) continue;
    const size_t equals = option.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return url_error("the option `" + std::string(option) + "` has no value",
                       "options are written ?name=value&name=value");
    }
    Result<std::string> value = component(option.substr(equals + 1), lookup);
    if (!value) return std::move(value).error();
    url.options[std::string(option.substr(0, equals))] = *std::move(value);
  }
  return {};
}

/// What libpq lets an option say, too; it counts before what stands in its own place. A directory
/// of sockets can hardly be written otherwise: `postgresql:///shop?host=/run/postgresql`.
void take_from_options(DatabaseUrl& url) {
  for (const auto& [name, target] :
       {std::pair{"host", &url.host}, std::pair{"port", &url.port}, std::pair{"user", &url.user},
        std::pair{"password", &url.password}, std::pair{"dbname", &url.database}}) {
    auto option = url.options.extract(name);
    if (!option.empty()) *target = std::move(option.mapped());
  }
}

/// `user:password@host:port/database`.
Result<void> read_server(std::string_view text, const EnvironmentLookup& lookup, DatabaseUrl& url) {
  const size_t slash = text.find('/');
  std::string_view authority = text.substr(0, slash);
  const std::string_view database =
      slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  std::string_view credentials;
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    credentials = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const size_t credentials_colon = credentials.find(':');
  const size_t bracket = authority.find(']');  // [::1]:5432
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto behind = [](std::string_view whole, size_t at) {
    return at == std::string_view::npos ? std::string_view() : whole.substr(at + 1);
  };
  const std::array<std::pair<std::string*, std::string_view>, 5> parts = {
      {{&url.user, credentials.substr(0, credentials_colon)},
       {&url.password, behind(credentials, credentials_colon)},
       {&url.host, authority.substr(0, colon)},
       {&url.port, behind(authority, colon)},
       {&url.database, database}}};
  for (const auto& [target, part] : parts) {
    Result<std::string> value = component(part, lookup);
    if (!value) return std::move(value).error();
    *target = *std::move(value);
  }
  if (url.host.starts_with('[') && url.host.ends_with(']')) {
    url.host = url.host.substr(1, url.host.size() - 2);
  }
  take_from_options(url);
  if (url.database.empty()) {
    return url_error("the name of the database is missing", std::string(kForms));
  }
  if (!std::all_of(url.port.begin(), url.port.end(), ascii::is_digit)) {
    // It is not shown: it may be the half of a password.
    return url_error("the port is no number", "write @, : and / in a password as %40, %3A and %2F");
  }
  return {};
}

Result<void> read_file(std::string_view text, const EnvironmentLookup& lookup, DatabaseUrl& url) {
  if (text.starts_with("//")) text.remove_prefix(2);
  Result<std::string> file = component(text, lookup);
  if (!file) return std::move(file).error();
  if (file->empty()) return url_error("the file is missing", "write sqlite:FILE");
  if (*file == ":memory:") {
    return url_error("a database in memory ends with its connection", "name a file: sqlite:FILE");
  }
  url.database = *std::move(file);
  return {};
}

const Scheme* find_scheme(std::string_view text) {
  const auto found = std::find_if(kSchemes.begin(), kSchemes.end(), [text](const Scheme& scheme) {
    return ascii::equal_ignoring_case(scheme.name, text);
  });
  return found == kSchemes.end() ? nullptr : found;
}

Result<DatabaseUrl> parse(std::string_view text, const EnvironmentLookup& lookup) {
  if (text.find('\0') != std::string_view::npos) {
    return url_error("it holds a NUL byte", std::string(kForms));
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return url_error("`" + std::string(text) + "` names no engine",
                     "for a SQLite file write sqlite:" + std::string(text.empty() ? "FILE" : text));
  }
  const Scheme* scheme = find_scheme(text.substr(0, colon));
  if (scheme == nullptr) {
    return url_error("`" + std::string(text.substr(0, colon)) + "` is no engine that Belay knows",
                     std::string(kForms));
  }
  DatabaseUrl url;
  url.engine = scheme->engine;
  std::string_view rest = text.substr(colon + 1);
  const size_t question = rest.find('?');
  if (question != std::string_view::npos) {
    BELAY_TRY(read_options(rest.substr(question + 1), lookup, url));
    rest = rest.substr(0, question);
  }
  if (url.engine == Engine::kSqlite) {
    BELAY_TRY(read_file(rest, lookup, url));
  } else {
    if (!rest.starts_with("//")) {
      return url_error("`//` is missing behind `" + std::string(scheme->name) + ":`",
                       std::string(kForms));
    }
    BELAY_TRY(read_server(rest.substr(2), lookup, url));
  }
  return url;
}

}  // namespace

std::string_view engine_display_name(Engine engine) {
  switch (engine) {
    case Engine::kSqlite: return "SQLite";
    case Engine::kPostgres: return "PostgreSQL";
    case Engine::kMysql: return "MySQL";
    case Engine::kMariadb: return "MariaDB";
  }
  return "";
}

std::string DatabaseUrl::to_string() const {
  std::string out;
  if (engine == Engine::kSqlite) {
    out = "sqlite:" + database;
  } else {
    const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                     [this](const Scheme& s) { return s.engine == engine; });
    out = std::string(scheme->name) + "://" + user;
    if (!password.empty()) out += ":***";
    if (!user.empty() || !password.empty()) out += '@';
    const bool is_socket = host.starts_with('/');
    const bool is_ipv6 = host.find(':') != std::string::npos;
    if (!is_socket) out += is_ipv6 ? "[" + host + "]" : host;
    if (!port.empty()) out += ":" + port;
    out += "/" + database;
    if (is_socket) out += "?host=" + host;
  }
  char separator = out.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : options) {
    const bool secret = ascii::lower(name).find("pass") != std::string::npos;
    out += separator + name + "=" + (secret ? "***" : value);
    separator = '&';
  }
  return out;
}

std::optional<Engine> engine_of(std::string_view url) {
  url = ascii::trim(url);
  const Scheme* scheme = find_scheme(url.substr(0, url.find(':')));
  return scheme == nullptr || url.find(':') == std::string_view::npos
             ? std::nullopt
             : std::optional<Engine>(scheme->engine);
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<DatabaseUrl> parse_database_url(std::string_view text, const EnvironmentLookup& lookup) {
  text = ascii::trim(text);
  if (text.empty()) return url_error("there is none", std::string(kForms));
  if (text.starts_with("${") && text.find('}') == text.size() - 1) {
    Result<std::string> value = variable(text.substr(2, text.size() - 3), lookup);
    if (!value) return std::move(value).error();
    return parse(ascii::trim(*value), lookup);
  }
  return parse(text, lookup);
}

}  // namespace belay::runtime
