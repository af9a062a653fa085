#pragma once

#include <string>

#include <belay/session.h>

#include "runtime/session/session_state.h"

namespace belay::runtime {

/// The file that tells others that a session is open. It is put there behind the journal's first
/// record and taken away behind its last one, so that a successor knows from the journal alone
/// whether it belongs there.
class MaintenanceFlag {
 public:
  explicit MaintenanceFlag(const SessionOptions& options);

  /// On the disk when it returns. Does nothing where it is there for this session already.
  Result<void> put(const SessionState& state) const;
  Result<void> take_away() const;
  /// Puts it where it belongs.
  Result<void> settle(const SessionState& state) const;

 private:
  std::string path_;  ///< empty: none is wanted
  std::string database_;
};

}  // namespace belay::runtime
