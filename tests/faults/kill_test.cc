// A command is killed at its first step, then at its second, and so on, until it survives: every
// write, sync, rename and removal, before and after, Belay's own and SQLite's, and every statement.
// After each death the aftermath is checked.
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
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    TemporaryDirectory directory;
    const std::string base = directory.file("base");
    std::filesystem::create_directory(base);
    make_world(scenario, BELAY_JOURNAL_MODE, base);
    uint64_t step = 1;
    uint64_t checked = 0;
    for (uint64_t last_changes = UINT64_MAX;; ++step) {
      SCOPED_TRACE("killed at step " + std::to_string(step));
      const std::string world = directory.file("world");
      std::filesystem::remove_all(world);
      copy_directory(base, world);
      const Ending ending =
          run_in_child([&] { scenario.command(database_in(world)); },
                       [&] { return new FaultPlan(FaultPlan::Kind::kKill, step, 0); });
      // Behind one step and before the next the disk is the same, and so is what follows from it.
      if (ending.survived || ending.log.changes != last_changes) {
        check_aftermath(scenario, world);
        ++checked;
      }
      last_changes = ending.log.changes;
      if (ending.survived || HasFailure()) break;
    }
    std::cout << "  " << scenario.name << ": killed " << step - 1 << " times, then it survived; "
              << checked << " different disks checked\n";
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace belay::testing
