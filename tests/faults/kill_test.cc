// A command is killed behind its first change of the disk, then behind its second, and so on until
// it survives: every write, sync, rename and removal, Belay's own and SQLite's. Between two changes
// a death leaves the same. After each one the aftermath is checked.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"

namespace belay::testing {
namespace {

TEST(KillAtEveryStep, LeavesTheStateBeforeOrAfter) {
  install_fault_vfs();
  uint64_t deaths = 0;
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    ScenarioWorld world(scenario, BELAY_JOURNAL_MODE);
    const std::vector<uint64_t> steps = world.changes().kill.to_try();
    check_aftermath(scenario, world.directory(), {});
    for (size_t i = 0; i < steps.size() && !HasFailure(); ++i) {
      SCOPED_TRACE("killed at step " + std::to_string(steps[i]));
      const Ending ending =
          world.run([&] { return new FaultPlan(FaultPlan::Kind::kKill, steps[i], 0); });
      // Behind the last change there may be no step to be killed at.
      EXPECT_TRUE(!ending.survived || i + 1 == steps.size());
      check_aftermath(scenario, world.directory(), {.begin = i % 2 == 0, .apply = i % 2 == 1});
    }
    deaths += steps.size();
    std::cout << "  " << scenario.name << ": killed behind each of " << steps.size() - 1
              << " changes of the disk\n";
    if (HasFailure()) break;
  }
  std::cout << "  " << deaths << " cases\n";
}

}  // namespace
}  // namespace belay::testing
