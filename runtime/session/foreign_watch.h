#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <belay/report.h>

#include "runtime/drivers/driver.h"

namespace belay::runtime {

/// Sees commits of others while migrations run, by a connection that is there for nothing else.
/// Each migration's own connection takes its place when it has committed, so that no moment is
/// unwatched. It also keeps the engine from putting its log away between two migrations.
class ForeignWatch {
 public:
  explicit ForeignWatch(const Driver& driver) : driver_(driver) {}

  /// Watches with `connection` from here on.
  Result<void> adopt(std::unique_ptr<Connection> connection);
  /// The same from when `others_version` gave `since` on it. Where it is `clean`, another script
  /// may run on it.
  void adopt(std::unique_ptr<Connection> connection, std::optional<int64_t> since, bool clean);
  /// Hands out the connection where a script may run on it, with what it has seen last; nullptr
  /// else. Whoever has it watches with it, and gives it back.
  std::unique_ptr<Connection> take(std::optional<int64_t>& since);
  /// Notes whether others have committed since the last look. Returns whether it is sure that
  /// nobody has.
  Result<bool> look();
  void note_foreign_commit();
  /// Stops watching: a statement may need the database for itself.
  void let_go() { connection_.reset(); }

  /// nullptr while nothing is watched.
  Connection* connection() const { return connection_.get(); }
  const ForeignWrites& found() const { return found_; }

 private:
  const Driver& driver_;
  std::unique_ptr<Connection> connection_;
  std::optional<int64_t> version_;
  bool clean_ = false;
  ForeignWrites found_;
};

}  // namespace belay::runtime
