// A command on PostgreSQL is cut off at its first step, then at its second, and so on until it
// comes to its end: every write, sync and renaming of a file, every statement that it sends, before
// and after each. It is killed; or its connections are cut; or the server crashes under it. After
// each the database holds what it held before or what it is to hold after, `status` tells which,
// and the next command puts all in order.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <iostream>
#include <map>
#include <thread>

#include "tests/faults/fault_plan.h"
#include "tests/faults/postgres_scenario.h"
#include "tests/faults/sweep.h"
#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/session/child.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else

/// What happens at the step.
enum class Fault { kKill, kCut, kCrash };

/// Cuts Belay's connections from the server's side, or crashes the server.
void strike(Fault fault) {
  const auto connection = connect_postgres("postgres");
  Result<Rows> rows = connection->query(
      std::string("SELECT pid") + (fault == Fault::kCut ? ", pg_terminate_backend(pid)" : "") +
      " FROM pg_stat_activity WHERE application_name LIKE 'belay%' AND pid <> pg_backend_pid()");
  if (fault == Fault::kCrash && rows && !rows->rows.empty()) {
    ::kill(static_cast<pid_t>(rows->number()), SIGKILL);
  }
}

/// After a crash the server recovers; nobody is let in meanwhile.
void wait_for_server() {
  // Until it has noticed.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  for (int i = 0; i < 400; ++i) {
    if (runtime::connect(postgres_url("postgres"), {})) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  ADD_FAILURE() << "the server does not come back";
}

constexpr uint64_t kStride = 149;

/// Returns whether the command came to its end before that step.
bool run_until(uint64_t step, Fault fault, const PostgresScenario& scenario,
               const PostgresWorld& world) {
  if (fault == Fault::kKill) {
    Child child([&] {
      fault::install(new FaultPlan(FaultPlan::Kind::kKill, step, 0));
      scenario.command(world.session());
      return 0;
    });
    return child.wait() == 0;
  }
  AtStep hook(step, [fault] { strike(fault); });
  fault::install(&hook);
  scenario.command(world.session());
  fault::install(nullptr);
  wait_for_server();
  return hook.passed() < step;
}

/// Each is made once for all faults.
PostgresWorld& world_of(Way way) {
  static const TemporaryDirectory directory;
  static std::map<Way, PostgresWorld> worlds;
  return worlds.try_emplace(way, way, directory.path()).first->second;
}

void cut_off_everywhere(Fault fault, Way way) {
  uint64_t cases = 0;
  const Sweep sweep(kStride);
  PostgresWorld& world = world_of(way);
  for (const PostgresScenario& scenario : postgres_scenarios(way)) {
    SCOPED_TRACE(scenario.name);
    world.find_states(scenario);
    uint64_t tried = 0;
    for (uint64_t step = 1 + sweep.first(cases);; step += sweep.stride()) {
      SCOPED_TRACE("at step " + std::to_string(step));
      world.make(scenario);
      if (run_until(step, fault, scenario, world)) break;
      ++tried;
      world.check_aftermath(scenario, tried);
      if (::testing::Test::HasFailure()) return;
    }
    cases += tried;
    std::cout << "  " << scenario.name << ": " << tried << " cases\n" << std::flush;
  }
  std::cout << "  " << cases << " cases, all of them in order afterwards\n";
}

class PostgresFaults : public ::testing::TestWithParam<Way> {};

TEST_P(PostgresFaults, KilledAtEveryStep) { cut_off_everywhere(Fault::kKill, GetParam()); }
TEST_P(PostgresFaults, ConnectionsCutAtEveryStep) { cut_off_everywhere(Fault::kCut, GetParam()); }
TEST_P(PostgresFaults, ServerCrashesAtEveryStep) { cut_off_everywhere(Fault::kCrash, GetParam()); }

INSTANTIATE_TEST_SUITE_P(Guards, PostgresFaults,
                         ::testing::Values(Way::kCopy, Way::kDump, Way::kTables, Way::kNothing),
                         [](const auto& way) { return way_name(way.param); });

}  // namespace
}  // namespace belay::testing
