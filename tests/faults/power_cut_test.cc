// A process that is killed leaves what it wrote; a power cut leaves what was synced. So the power
// is cut at every step, under three models of what a disk may hold afterwards: all that was not
// synced is lost; or new names came through and their content did not; or, besides, what was
// written to the databases came through, though it was written later than what did not. Each is
// allowed to a file system, so Belay has to live with all of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using Names = DurableDisk::Names;

class PowerCut {
 public:
  explicit PowerCut(Scenario& scenario) : scenario_(scenario), base_(directory_.file("base")) {
    std::filesystem::create_directory(base_);
    make_world(scenario_, BELAY_JOURNAL_MODE, base_);
  }

  /// The steps behind each change of what a power cut leaves; those between leave the same.
  ChangeLog steps() {
    const Ending ending = run([] { return new FaultPlan(FaultPlan::Kind::kNone, 0, 0); });
    EXPECT_TRUE(ending.survived);
    return ending.log;
  }

  void cut_at(uint64_t step, Names names, uint64_t turn) {
    SCOPED_TRACE("cut at step " + std::to_string(step));
    const std::string image = FaultPlan::image_of(world_);
    std::filesystem::remove_all(image);
    const Ending ending = run([&] { return new FaultPlan(names, step, world_); });
    ASSERT_FALSE(ending.survived);
    // The path of a database is its name: the image takes the place of the world.
    std::filesystem::remove_all(world_);
    std::filesystem::rename(image, world_);
    check_aftermath(scenario_, world_, NextCommands::in_turn(turn));
  }

 private:
  Ending run(const std::function<FaultPlan*()>& plan) {
    std::filesystem::remove_all(world_);
    copy_directory(base_, world_);
    return run_in_child([&] { scenario_.command(database_in(world_)); }, plan);
  }

  Scenario& scenario_;
  TemporaryDirectory directory_;
  std::string base_;
  std::string world_ = directory_.file("world");
};

TEST(PowerCutAtEveryStep, LeavesTheStateBeforeOrAfter) {
  install_fault_vfs();
  size_t cuts = 0;
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    PowerCut power(scenario);
    const ChangeLog changes = power.steps();
    size_t tried = 0;
    for (const Names names : {Names::kAsSynced, Names::kSurvive, Names::kDatabaseFirst}) {
      SCOPED_TRACE("model " + std::to_string(static_cast<int>(names)));
      // Where each write to a database comes through, each one leaves something else.
      const std::vector<uint64_t> steps =
          names == Names::kDatabaseFirst ? changes.kill.to_try() : changes.power_cut.to_try();
      tried += steps.size();
      for (size_t i = 0; i < steps.size(); ++i) {
        power.cut_at(steps[i], names, i);
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
