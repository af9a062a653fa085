#pragma once

#include <string>

namespace belay::runtime {

/// The name of this machine; empty where it has none.
std::string host_name();

}  // namespace belay::runtime
