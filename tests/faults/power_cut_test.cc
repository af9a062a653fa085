// A process that is killed leaves what it wrote; a power cut leaves what was synced. So the power
// is cut at every step, under three models of what a disk may hold afterwards: all that was not
// synced is lost; or new names came through and their content did not; or, besides, what was
// written to the databases came through, though it was written later than what did not; or that and
// the end of what was added to the journal, with a hole before it. Each is allowed to a file
// system, so Belay has to live with all of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"

namespace belay::testing {
namespace {

using Names = DurableDisk::Names;

void cut_at(uint64_t step, Names names, const Scenario& scenario, ScenarioWorld& world,
            uint64_t turn) {
  SCOPED_TRACE("cut at step " + std::to_string(step));
  const std::string& directory = world.directory();
  const std::string image = FaultPlan::image_of(directory);
  std::filesystem::remove_all(image);
  const Ending ending = world.run([&] { return new FaultPlan(names, step, directory); });
  ASSERT_FALSE(ending.survived);
  // The path of a database is its name: the image takes the place of the world.
  std::filesystem::remove_all(directory);
  std::filesystem::rename(image, directory);
  check_aftermath(scenario, directory, NextCommands::in_turn(turn));
}

TEST(PowerCutAtEveryStep, LeavesTheStateBeforeOrAfter) {
  install_fault_vfs();
  size_t cuts = 0;
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    ScenarioWorld world(scenario, BELAY_JOURNAL_MODE);
    // The steps behind each change of what a power cut leaves; those between leave the same.
    const ChangeLog changes = world.changes();
    size_t tried = 0;
    for (const Names names :
         {Names::kAsSynced, Names::kSurvive, Names::kDatabaseFirst, Names::kPieces}) {
      SCOPED_TRACE("model " + std::to_string(static_cast<int>(names)));
      // Where each write to a database comes through, each one leaves something else.
      const bool each = names == Names::kDatabaseFirst || names == Names::kPieces;
      const std::vector<uint64_t> steps = each ? changes.kill.to_try() : changes.power_cut.to_try();
      tried += steps.size();
      for (size_t i = 0; i < steps.size(); ++i) {
        cut_at(steps[i], names, scenario, world, i);
        if (HasFailure()) return;
      }
    }
    cuts += tried;
    std::cout << "  " << scenario.name << ": cut off " << tried
              << " times, behind each change of what it leaves\n";
  }
  std::cout << "  " << cuts << " cases\n";
}

}  // namespace
}  // namespace belay::testing
