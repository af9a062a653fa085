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

std::string who_runs_this() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return user_name();
  return user_name() + "@" + host.data();
}

}  // namespace belay::runtime
