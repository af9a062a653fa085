#include "runtime/session/maintenance.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include <belay/maintenance.h>

#include "runtime/io/durable_file.h"
#include "runtime/io/json.h"
#include "support/file_system.h"

namespace belay {

bool migration_in_progress(const std::string& flag_file) noexcept {
  struct stat info {};
  return !flag_file.empty() && ::stat(flag_file.c_str(), &info) == 0;
}

std::string migration_flag(const std::string& flag_file) {
  std::ifstream in(flag_file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return in ? out.str() : std::string();
}

namespace runtime {
namespace {

using Phase = SessionState::Phase;

/// Without the password, for others to read.
std::string shown_database(const SessionOptions& options) {
  const Result<DatabaseUrl> url = parse_database_url(options.database_url, options.environment);
  return url ? url->to_string() : std::string();
}

}  // namespace

MaintenanceFlag::MaintenanceFlag(const SessionOptions& options) {
  if (options.maintenance_file.empty()) return;
  path_ = path::absolute(path::join(options.base_directory, options.maintenance_file));
  database_ = shown_database(options);
}

Result<void> MaintenanceFlag::put(const SessionState& state) const {
  if (path_.empty()) return {};
  if (text_at(parse_json(migration_flag(path_)), "session") != state.id) {
    const Json flag = {
        {"session", state.id},
        {"since", state.since},
        {"database", database_},
        {"what", state.guarded ? "a migration session" : "migrations without a snapshot"}};
    BELAY_TRY(write_file(path_, dump_json(flag) + "\n"));
  }
  // There is nothing secret in it, and a web server runs as somebody else.
  constexpr mode_t kForAll = 0644;
  if (::chmod(path_.c_str(), kForAll) == 0) return {};
  return file_error("cannot let others read the flag file", path_, errno);
}

Result<void> MaintenanceFlag::take_away() const {
  // One that comes back after a power cut is taken away by the next command.
  return migration_in_progress(path_) ? remove_file(path_) : Result<void>();
}

Result<void> MaintenanceFlag::settle(const SessionState& state) const {
  const bool over = state.phase == Phase::kNone || state.phase == Phase::kClosed;
  return over ? take_away() : put(state);
}

}  // namespace runtime
}  // namespace belay
