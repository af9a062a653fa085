#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <belay/session.h>

#include "tests/faults/fault_plan.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {

/// How long the commands of a scenario wait for each other.
inline std::chrono::milliseconds patience{5000};

/// A command that is to be cut off at every step: how to come to where it begins, and what may be
/// found afterwards. The states are made by SQLite alone, by running the scripts' statements.
struct Scenario {
  std::string name;
  /// Brings an empty directory to where the command begins.
  std::function<void(const std::string& database)> prepare;
  std::function<void(const std::string& database)> command;
  std::vector<runtime::MigrationScript> migrations;
  /// SQL texts, each leading from one state that may be found to the next.
  std::vector<std::string> transitions;
  bool restores = false;  ///< the command leads back to the origin
  /// The command is `down`, and this what stays: it runs downs, the newest first.
  std::string down_to;
  bool replaces = false;  ///< the command puts other content in the place of all there is
  bool repeats = false;   ///< the command is `redo`: its last state is its first
  bool in_sync = false;   ///< another tool's table follows the ledger
  bool has_snapshot = true;
  bool has_database = true;  ///< at the begin

  /// The states that the database may be found in, without Belay's own table, in the order in which
  /// the command comes through them.
  std::vector<std::string> states;
  /// What a rollback has to bring back, Belay's own table included.
  std::string origin;
};

/// All of them on a database in the journal mode `mode`.
std::vector<Scenario> all_scenarios(const std::string& mode);

/// What became of a command that ran in a process of its own under `plan`.
struct Ending {
  bool survived = false;  ///< it came to its end
  std::string what;       ///< otherwise: how it died
  ChangeLog log;
};

/// Where a scenario's command begins, prepared once, and copies of it to run the command on.
class ScenarioWorld {
 public:
  /// Finds out the scenario's states, too. The scenario must live as long.
  ScenarioWorld(Scenario& scenario, const std::string& mode);

  /// A copy as nobody has touched it yet, always in the same place; returns its database.
  const std::string& fresh();
  const std::string& directory() const { return directory_; }

  /// The command on such a copy, in a process of its own under `plan`.
  Ending run(const std::function<FaultPlan*()>& make_plan);
  /// What the whole command changes, and when.
  ChangeLog changes();

 private:
  Scenario& scenario_;
  TemporaryDirectory place_;
  std::string base_ = place_.file("base");
  std::string directory_ = place_.file("world");
  std::string database_;
};

/// The commands that come next, each on a copy of what was left; a rollback always does.
struct NextCommands {
  bool commit = true;
  bool begin = true;
  bool apply = true;

  /// One of them.
  static NextCommands in_turn(uint64_t turn) {
    return {turn % 3 == 0, turn % 3 == 1, turn % 3 == 2};
  }
};

/// What was found so far of commands that came to an end and said how: journal, files, database and
/// status alike are found often. How often, and with it whose turn it is.
using Findings = std::map<std::string, uint64_t>;

/// Checks what a cut-off command has left in `directory`: that the database is in one of the
/// states, that `status` tells which, and that whatever command comes next puts all in order.
void check_aftermath(const Scenario& scenario, const std::string& directory,
                     const NextCommands& next);
/// The same, with the next commands in turn, and none of them where each has had its turn.
void check_aftermath(const Scenario& scenario, const std::string& directory, Findings& findings);

}  // namespace belay::testing
