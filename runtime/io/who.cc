#include "runtime/io/who.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace belay::runtime {
namespace {

std::string user_name() {
  constexpr size_t kEnough = 4096;
  std::array<char, kEnough> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  const uid_t user = ::geteuid();
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return "user " + std::to_string(user);  // a container's user often has no name
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string who_runs_this() {
  const std::string host = host_name();
  return host.empty() ? user_name() : user_name() + "@" + host;
}

}  // namespace belay::runtime
