// A process that is killed leaves what it wrote; a power cut leaves what was synced. So the power
// is cut at every step, under two models of what a disk may hold afterwards: all that was not
// synced is lost, or new names came through and their content did not. Either is allowed to a file
// system, so Belay has to live with both.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using Names = DurableDisk::Names;

void cut_at_every_step(Scenario& scenario, Names names) {
  TemporaryDirectory directory;
  const std::string base = directory.file("base");
  std::filesystem::create_directory(base);
  make_world(scenario, BELAY_JOURNAL_MODE, base);
  uint64_t step = 1;
  uint64_t checked = 0;
  for (uint64_t last_changes = UINT64_MAX;; ++step) {
    SCOPED_TRACE("cut at step " + std::to_string(step));
    const std::string world = directory.file("world");
    const std::string image = FaultPlan::image_of(world);
    std::filesystem::remove_all(world);
    std::filesystem::remove_all(image);
    copy_directory(base, world);
    const Ending ending = run_in_child([&] { scenario.command(database_in(world)); },
                                       [&] { return new FaultPlan(names, step, world); });
    if (ending.survived || ::testing::Test::HasFailure()) break;
    if (ending.changes != last_changes) {
      // The path of a database is its name: the image takes the place of the world.
      std::filesystem::remove_all(world);
      std::filesystem::rename(image, world);
      check_aftermath(scenario, world, checked);
      ++checked;
    }
    last_changes = ending.changes;
  }
  std::cout << "  " << scenario.name << (names == Names::kSurvive ? ", names survive" : "")
            << ": cut off " << step - 1 << " times, " << checked << " different disks checked\n";
}

TEST(PowerCutAtEveryStep, LeavesTheStateBeforeOrAfter) {
  install_fault_vfs();
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    for (const Names names : {Names::kAsSynced, Names::kSurvive}) {
      cut_at_every_step(scenario, names);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace belay::testing
