#pragma once

#include <string>

namespace belay::runtime {

/// The name of this machine; empty where it has none.
std::string host_name();

/// The user and the host that this process runs as, for the audit log: `ada@build-3`. Says what the
/// system says; it is no proof.
std::string who_runs_this();

}  // namespace belay::runtime
