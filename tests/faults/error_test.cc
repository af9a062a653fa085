// Every operation on a file fails once, and in a second round it and all that follow fail: a full
// disk, a broken one. A command may fail then, but it says so, and what it leaves is in order.
#include <gtest/gtest.h>

#include <cerrno>
#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"

namespace belay::testing {
namespace {

/// Returns how often it failed.
uint64_t fail_at_every_step(Scenario& scenario, FaultPlan::Kind kind, int error) {
  ScenarioWorld world(scenario, BELAY_JOURNAL_MODE);
  Findings findings;
  uint64_t step = 1;
  for (;; ++step) {
    const std::string& database = world.fresh();
    FaultPlan plan(kind, step, error);
    runtime::fault::install(&plan);
    scenario.command(database);
    runtime::fault::install(nullptr);
    SCOPED_TRACE("step " + std::to_string(step) + " fails: " + plan.place());
    check_aftermath(scenario, world.directory(), findings);
    if (plan.passed() < step || ::testing::Test::HasFailure()) break;
  }
  std::cout << "  " << scenario.name << ": failed " << step - 1 << " times and left "
            << findings.size() << " different things\n";
  return step - 1;
}

TEST(ErrorAtEveryStep, LeavesTheStateBeforeOrAfter) {
  install_fault_vfs();
  uint64_t cases = 0;
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    cases += fail_at_every_step(scenario, FaultPlan::Kind::kError, EIO);
    if (HasFailure()) return;
    cases += fail_at_every_step(scenario, FaultPlan::Kind::kErrors, ENOSPC);
    if (HasFailure()) return;
  }
  std::cout << "  " << cases << " cases\n";
}

}  // namespace
}  // namespace belay::testing
