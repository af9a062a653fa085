#pragma once

#include <cstdint>
#include <cstdlib>

namespace belay::testing {

/// Which steps of a command something goes wrong at: all of them where there is time for that, else
/// every so many.
class Sweep {
 public:
  /// `BELAY_FAULT_STRIDE` says how many steps lie between two that are tried, `BELAY_FAULT_OFFSET`
  /// how many are left out before the first one, so that another run tries other steps.
  explicit Sweep(uint64_t usual_stride)
      : stride_(number("BELAY_FAULT_STRIDE", usual_stride)),
        offset_(number("BELAY_FAULT_OFFSET", 0)) {}

  uint64_t stride() const { return stride_; }
  /// The first step from 0 of a command before which `cases` were tried: commands that begin alike
  /// are cut off at other steps.
  uint64_t first(uint64_t cases) const { return (offset_ + cases) % stride_; }

 private:
  static uint64_t number(const char* name, uint64_t usual) {
    const char* wanted = std::getenv(name);
    return wanted == nullptr ? usual : std::strtoull(wanted, nullptr, 10);
  }

  uint64_t stride_;
  uint64_t offset_;
};

}  // namespace belay::testing
