// A disk is full from the first step of a command on PostgreSQL on, then from its second one, and
// so on until the command comes to its end: the disk of the server's data, that of its log of
// writes, that of Belay's own files, or all of them. They are file systems of their own that a
// filler takes all room of; nothing is injected. The command may fail then, and the server may give
// up. With room again the database holds what it held before or what it is to hold after, `status`
// tells which, and the next command puts all in order.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "tests/faults/fault_plan.h"
#include "tests/faults/postgres_scenario.h"
#include "tests/faults/small_server.h"
#include "tests/faults/sweep.h"
#include "workbench/verify/postgres_binaries.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else

/// More than the server has room for in the parts of its log that it has made already.
constexpr uint64_t kWritten = uint64_t{4} << 20U;

/// Which disk is full.
enum class Full { kData, kWal, kState, kAll };
constexpr uint64_t kDisks = 4;

/// One for the whole program: it takes seconds to make.
const Result<std::unique_ptr<SmallServer>>& small_server() {
  static const auto kServer = []() -> Result<std::unique_ptr<SmallServer>> {
    const char* named = std::getenv("BELAY_TEST_PG_BIN");
    Result<std::string> programs = workbench::find_postgres(named == nullptr ? "" : named, 0);
    if (!programs) return std::move(programs).error();
    return SmallServer::start(*programs);
  }();
  return kServer;
}

/// Of all steps with each of the disks. Odd, so that the disks take turns.
constexpr uint64_t kStride = 501;

class FullDiskOnPostgres : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    static const Result<void> kAllowed = allow_small_disks();
    if (!kAllowed) GTEST_SKIP() << kAllowed.error().to_string();
    ASSERT_TRUE(small_server().ok()) << small_server().error().to_string();
  }

  static SmallServer& server() { return **small_server(); }

  static void for_each_disk(Full full, void (SmallDisk::*act)() const) {
    if (full == Full::kData || full == Full::kAll) (server().data().*act)();
    if (full == Full::kWal || full == Full::kAll) (server().wal().*act)();
    if (full == Full::kState || full == Full::kAll) (server().state().*act)();
  }

  /// Returns whether the command came to its end before that step.
  bool run_until(uint64_t step, Full full, const PostgresScenario& scenario,
                 const PostgresWorld& world) {
    AtStep hook(step, [full] { for_each_disk(full, &SmallDisk::fill); });
    fault::install(&hook);
    scenario.command(world.session());
    fault::install(nullptr);
    // It tells something, whatever that is.
    const Result<StatusReport> status = world.session().status(scenario.migrations);
    EXPECT_TRUE(status.ok()) << status.error().to_string();
    for_each_disk(full, &SmallDisk::make_room);
    panics_ += server().settle();
    return hook.passed() < step;
  }

  uint64_t panics_ = 0;
};

TEST_P(FullDiskOnPostgres, FromEveryStepOn) {
  uint64_t cases = 0;
  const Sweep sweep(kStride);
  PostgresWorld world(GetParam(), server().state().path());
  for (const PostgresScenario& scenario : large_postgres_scenarios(GetParam(), kWritten)) {
    SCOPED_TRACE(scenario.name);
    world.find_states(scenario);
    uint64_t tried = 0;
    for (uint64_t n = sweep.first(cases);; n += sweep.stride()) {
      const uint64_t step = 1 + n / kDisks;
      const auto full = static_cast<Full>(n % kDisks);
      SCOPED_TRACE("disk " + std::to_string(n % kDisks) + " from step " + std::to_string(step));
      world.make(scenario);
      if (run_until(step, full, scenario, world)) break;
      ++tried;
      world.check_aftermath(scenario, tried);
      if (HasFailure()) {
        std::cout << server().log_tail();
        return;
      }
    }
    cases += tried;
    std::cout << "  " << scenario.name << ": " << tried << " cases\n" << std::flush;
  }
  std::cout << "  " << cases << " cases, all of them in order afterwards; the server gave up "
            << panics_ << " times\n";
}

INSTANTIATE_TEST_SUITE_P(Guards, FullDiskOnPostgres,
                         ::testing::Values(Way::kCopy, Way::kDump, Way::kTables, Way::kNothing),
                         [](const auto& way) { return way_name(way.param); });

}  // namespace
}  // namespace belay::testing
