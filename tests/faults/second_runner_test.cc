// A command is held at every change of the disk, and while it stands there another runner tries the
// same and a third one looks. Neither may do harm, whoever of the two comes to the work.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>

#include "tests/faults/fault_vfs.h"
#include "tests/faults/scenario.h"
#include "tests/faults/sweep.h"
#include "tests/runtime/session/child.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else

constexpr uint64_t kStride = 5;

/// Waits for nobody, so that it does not wait for one who is held.
void run_second(const Scenario& scenario, const std::string& database) {
  Child second([&] {
    patience = std::chrono::milliseconds(0);
    scenario.command(database);
    return 0;
  });
  EXPECT_EQ(second.wait(), 0) << "the second runner died";
}

void look(const std::string& database) {
  Child third([&] {
    const Result<StatusReport> status = Session(session_options(database)).status();
    if (!status) std::cerr << status.error().to_string() << "\n";
    return status ? 0 : 1;
  });
  EXPECT_EQ(third.wait(), 0) << "status did not answer";
}

/// Returns whether it was held there; else it had come to its end before.
bool hold(const Scenario& scenario, const std::string& database, uint64_t step) {
  const pid_t first = ::fork();
  if (first == 0) {
    fault::install(new FaultPlan(FaultPlan::Kind::kHold, step, 0));
    scenario.command(database);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(first, &status, WUNTRACED);
  const bool held = WIFSTOPPED(status);
  if (held) {
    look(database);
    run_second(scenario, database);
    ::kill(first, SIGCONT);
    ::waitpid(first, &status, 0);
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the first runner died";
  return held;
}

TEST(SecondRunner, AtEveryStepOfTheFirst) {
  install_fault_vfs();
  uint64_t cases = 0;
  const Sweep sweep(kStride);
  for (Scenario& scenario : all_scenarios(BELAY_JOURNAL_MODE)) {
    SCOPED_TRACE(scenario.name);
    ScenarioWorld world(scenario, BELAY_JOURNAL_MODE);
    const std::vector<uint64_t> steps = world.changes().kill.to_try();
    for (size_t i = sweep.first(cases); i < steps.size() && !HasFailure(); i += sweep.stride()) {
      SCOPED_TRACE("held at step " + std::to_string(steps[i]));
      if (hold(scenario, world.fresh(), steps[i])) ++cases;
      check_aftermath(scenario, world.directory(), NextCommands::in_turn(i));
    }
    if (HasFailure()) break;
  }
  std::cout << "  " << cases << " cases\n";
}

}  // namespace
}  // namespace belay::testing
