// A command is killed behind its first change of the disk, then behind its second, and so on until
// it survives: every write, sync, rename and removal, Belay's own and SQLite's. Between two changes
// a death leaves the same. After each one the aftermath is checked.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

TEST(KillAtEveryStep, LeavesTheStateBeforeOrAfter) {
  install_fault_vfs();
  uint64_t deaths = 0;
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    TemporaryDirectory directory;
    const std::string base = directory.file("base");
    std::filesystem::create_directory(base);
    make_world(scenario, BELAY_JOURNAL_MODE, base);
    const std::string world = directory.file("world");
    const auto run = [&](FaultPlan::Kind kind, uint64_t step) {
      std::filesystem::remove_all(world);
      copy_directory(base, world);
      return run_in_child([&] { scenario.command(database_in(world)); },
                          [&] { return new FaultPlan(kind, step, 0); });
    };
    const std::vector<uint64_t> steps = run(FaultPlan::Kind::kNone, 0).log.kill.to_try();
    check_aftermath(scenario, world, {});
    for (size_t i = 0; i < steps.size() && !HasFailure(); ++i) {
      SCOPED_TRACE("killed at step " + std::to_string(steps[i]));
      const Ending ending = run(FaultPlan::Kind::kKill, steps[i]);
      // Behind the last change there may be no step to be killed at.
      EXPECT_TRUE(!ending.survived || i + 1 == steps.size());
      check_aftermath(scenario, world, {.begin = i % 2 == 0, .apply = i % 2 == 1});
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
