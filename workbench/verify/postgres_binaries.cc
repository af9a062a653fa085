#include "workbench/verify/postgres_binaries.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "support/ascii.h"

namespace belay::workbench {
namespace {

namespace fs = std::filesystem;

bool has_programs(const fs::path& directory) {
  return ::access((directory / "initdb").c_str(), X_OK) == 0 &&
         ::access((directory / "postgres").c_str(), X_OK) == 0;
}

/// The number in a folder's name: 15 of `15` and `pgsql-15`; 0 where there is none.
int version_in(std::string_view name) {
  const size_t digit = name.find_first_of("0123456789");
  int out = 0;
  if (digit != std::string_view::npos) {
    std::from_chars(name.data() + digit, name.data() + name.size(), out);
  }
  return out;
}

struct Installation {
  int version = 0;  ///< 0: not known
  fs::path directory;
};

/// As distributions install the server: one folder for each version.
void find_installed(const fs::path& parent, std::string_view prefix,
                    std::vector<Installation>& out) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && has_programs(entry.path() / "bin")) {
      out.push_back({version_in(name), entry.path() / "bin"});
    }
  }
}

/// In the search path there may be links to a single program, so the folder that they lead to
/// counts.
void find_in_path(std::vector<Installation>& out) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    std::error_code error;
    const fs::path program = fs::canonical(fs::path(rest.substr(0, end)) / "initdb", error);
    if (!error && has_programs(program.parent_path())) out.push_back({0, program.parent_path()});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

Result<std::string> checked(const std::string& directory, const std::string& where) {
  if (has_programs(directory)) return directory;
  return Error{"there is no initdb and postgres in " + directory, where,
               "name the directory that holds both, as in /usr/lib/postgresql/15/bin"};
}

}  // namespace

Result<std::string> find_postgres(const std::string& directory, int major_version) {
  if (!directory.empty()) return checked(directory, "--pg-bin");
  if (const char* named = std::getenv("BELAY_PG_BIN"); named != nullptr && *named != '\0') {
    return checked(named, "BELAY_PG_BIN");
  }
  std::vector<Installation> found;
  find_installed("/usr/lib/postgresql", "", found);
  find_installed("/usr", "pgsql-", found);
  find_installed("/opt/homebrew/opt", "postgresql@", found);
  find_in_path(found);
  if (found.empty()) {
    return Error{"no PostgreSQL server is installed here to execute migrations on", "",
                 "install one (Debian: postgresql), name its programs with --pg-bin DIR, or a "
                 "server that runs with --database URL"};
  }
  const auto better = [&](const Installation& a, const Installation& b) {
    const bool a_fits = a.version == major_version;
    const bool b_fits = b.version == major_version;
    return a_fits != b_fits ? b_fits : a.version < b.version;
  };
  return std::max_element(found.begin(), found.end(), better)->directory.string();
}

}  // namespace belay::workbench
