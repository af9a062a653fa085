#include "runtime/session/command.h"

namespace belay::runtime {

std::optional<uint64_t> Session::database_size() const {
  const Result<Target> target = find_target(options_);
  return target ? target->driver->size() : std::nullopt;
}

}  // namespace belay::runtime
