#include "runtime/io/host.h"

#include <unistd.h>

#include <array>

namespace belay::runtime {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace belay::runtime
