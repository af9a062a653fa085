// The clock of the machine jumps at every change of the disk, a day ahead or a day back: by a
// person who sets it, or by a virtual machine that wakes up. Names and times that are written down
// may be wrong then; what is done may not.
#include "runtime/io/clock.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"

namespace {

time_t clock_offset = 0;

}  // namespace

// The C library's, as this program sees it.
extern "C" int clock_gettime(clockid_t clock, struct timespec* now) {
  const long code = ::syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += clock_offset;
  return static_cast<int>(code);
}
extern "C" int gettimeofday(struct timeval* now, void* /*zone*/) {
  struct timespec real {};
  const int code = clock_gettime(CLOCK_REALTIME, &real);
  now->tv_sec = real.tv_sec;
  now->tv_usec = real.tv_nsec / 1000;
  return code;
}
extern "C" time_t time(time_t* out) {
  struct timespec now {};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

namespace belay::testing {
namespace {

constexpr time_t kDay = 24 * 60 * 60;

/// Jumps once, at one of the fault points.
class Jump : public FaultPlan {
 public:
  Jump(uint64_t step, time_t by) : FaultPlan(Kind::kNone, 0, 0), step_(step), by_(by) {}
  int before(runtime::fault::Operation operation, std::string_view path,
             std::string_view other) override {
    if (passed() + 1 == step_) clock_offset = by_;
    return FaultPlan::before(operation, path, other);
  }

 private:
  uint64_t step_;
  time_t by_;
};

TEST(ClockJumps, AtEveryStep) {
  install_fault_vfs();
  const std::string now = runtime::utc_now();
  clock_offset = -kDay;
  ASSERT_NEAR(static_cast<double>(*runtime::seconds_since(now)), -kDay, 2);
  clock_offset = 0;
  uint64_t cases = 0;
  for (Scenario& scenario : all_scenarios("delete")) {
    SCOPED_TRACE(scenario.name);
    ScenarioWorld world(scenario, "delete");
    const std::vector<uint64_t> steps = world.changes().kill.to_try();
    // Not at every one: what tells the time does so a few times in each command.
    constexpr size_t kStride = 7;
    for (size_t i = cases % kStride; i < steps.size() && !HasFailure(); i += kStride) {
      const time_t by = i % 2 == 0 ? kDay : -kDay;
      SCOPED_TRACE("jump by " + std::to_string(by) + " s at step " + std::to_string(steps[i]));
      EXPECT_TRUE(world.run([&] { return new Jump(steps[i], by); }).survived);
      // The commands that come next have the old clock again.
      check_aftermath(scenario, world.directory(), NextCommands::in_turn(i));
      ++cases;
    }
    if (HasFailure()) break;
  }
  std::cout << "  " << cases << " cases\n";
}

}  // namespace
}  // namespace belay::testing
