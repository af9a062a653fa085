// Copies that are thrown away. Nothing of the original is changed, and no journal is written: who
// dies here leaves a file, or a database whose name says what it was.
#include <unistd.h>

#include <ctime>
#include <map>
#include <string>
#include <utility>

#include "runtime/drivers/postgres/driver.h"
#include "runtime/drivers/postgres/server.h"
#include "runtime/io/durable_file.h"
#include "runtime/session/command.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime {
namespace {

/// A URL and what stands behind its `${NAME}`: values are taken as they are, passwords too.
void set_url(const DatabaseUrl& url, SessionOptions& options) {
  std::map<std::string, std::string> values = {{"DATABASE", url.database}};
  std::string text =
      url.engine == Engine::kSqlite ? "sqlite:${DATABASE}" : "postgresql:///${DATABASE}";
  char separator = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    text += separator + name + "=${" + name + "}";
    values[name] = value;
    separator = '&';
  };
  add("host", url.host);
  add("port", url.port);
  add("user", url.user);
  add("password", url.password);
  for (const auto& [name, value] : url.options) add(name, value);
  options.database_url = std::move(text);
  options.environment = [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

/// A snapshot that is used as a database of its own.
class SnapshotCopy : public DatabaseCopy {
 public:
  SnapshotCopy(std::unique_ptr<Driver> driver, SnapshotPlace place)
      : driver_(std::move(driver)),
        strategy_(is_file() ? "sqlite-backup" : "postgres-template"),
        place_(std::move(place)) {}
  ~SnapshotCopy() override {
    // What was made has to go, cancelled or not.
    driver_->disregard_cancellation();
    (void)driver_->strategy(strategy_)->discard(place_);
  }
  SnapshotCopy(const SnapshotCopy&) = delete;
  SnapshotCopy& operator=(const SnapshotCopy&) = delete;

  const SessionOptions& options() const override { return options_; }
  uint64_t bytes() const override { return bytes_; }

  Result<void> make(uint64_t free_space_margin) {
    TakeRequest request;
    request.header.session = place_.session;
    request.free_space_margin = free_space_margin;
    Result<TakenSnapshot> taken = driver_->strategy(strategy_)->take(place_, request);
    if (!taken) return std::move(taken).error();
    return is_file() ? open_file() : open_database();
  }
  void set_options(SessionOptions options) { options_ = std::move(options); }

 private:
  bool is_file() const { return driver_->url().engine == Engine::kSqlite; }

  Result<void> open_file() {
    DatabaseUrl url = driver_->url();
    url.database = place_.data();
    set_url(url, options_);
    bytes_ = file_size(place_.data());
    return {};
  }

  /// Snapshots on a server are shut to everybody.
  Result<void> open_database() {
    DatabaseUrl url = driver_->url();
    url.database = "belay_" + place_.session;
    Result<std::unique_ptr<postgres::Server>> server = postgres::Server::connect(
        static_cast<const postgres::PostgresDriver&>(*driver_).settings());
    if (!server) return std::move(server).error();
    BELAY_TRY((*server)->allow_connections(url.database, true));
    const Result<uint64_t> bytes = (*server)->bytes(url.database);
    if (bytes) bytes_ = *bytes;
    set_url(url, options_);
    options_.state_directory = place_.directory + "/state";
    return forget_sessions();
  }

  /// The original's open session has its mark in the database, and so in the copy.
  Result<void> forget_sessions() const {
    const Result<Target> target = find_target(options_);
    if (!target) return target.error();
    Result<std::unique_ptr<Connection>> connection =
        target->driver->connect(Driver::Purpose::kLook, /*create=*/false);
    if (!connection) return std::move(connection).error();
    const Result<std::vector<AnnouncedSession>> sessions =
        target->driver->announced_sessions(**connection);
    if (!sessions) return sessions.error();
    for (const AnnouncedSession& session : *sessions) {
      BELAY_TRY(target->driver->withdraw_session(session.id));
    }
    return {};
  }

  std::unique_ptr<Driver> driver_;
  std::string strategy_;
  SnapshotPlace place_;
  SessionOptions options_;
  uint64_t bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<DatabaseCopy>> Session::copy(const std::string& directory) const {
  Result<Target> target = find_target(options_);
  if (!target) return std::move(target).error();
  const Driver& driver = *target->driver;
  const Result<Driver::Presence> presence = driver.presence();
  if (!presence) return presence.error();
  if (*presence == Driver::Presence::kAbsent) {
    return Error{"there is no database to copy", driver.name(), ""};
  }
  const std::string name =
      "rehearsal_" + std::to_string(::getpid()) + "_" + std::to_string(::time(nullptr));
  auto copy =
      std::make_unique<SnapshotCopy>(std::move(target->driver), SnapshotPlace{directory, name});
  SessionOptions options;
  options.lock_timeout = options_.lock_timeout;
  options.busy_timeout = options_.busy_timeout;
  options.statement_timeout = options_.statement_timeout;
  options.progress = options_.progress;
  options.cancellation = options_.cancellation;
  copy->set_options(std::move(options));
  if (Result<void> made = copy->make(options_.free_space_margin); !made) {
    Error error = std::move(made).error();
    // For a rehearsal nobody's connection is ended.
    if (error.hint.find("--end-other-sessions") != std::string::npos) {
      error.hint = "try again when they are gone, or rehearse on another copy of the database";
    }
    return error;
  }
  return std::unique_ptr<DatabaseCopy>(std::move(copy));
}

}  // namespace belay::runtime
