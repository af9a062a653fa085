#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <belay/session.h>

namespace belay::testing {

/// How a database is guarded: by the server's copy of it, by a dump of it, by copies of the tables
/// that the migrations touch, or by nothing, because they only make something new.
enum class Way { kCopy, kDump, kTables, kNothing };

std::string way_name(Way way);

/// A command on PostgreSQL that something goes wrong with at each of its steps.
struct PostgresScenario {
  std::string name;
  std::vector<runtime::MigrationScript> migrations;
  /// Makes of the shop what a rollback has to bring back.
  std::function<void(const runtime::Session&)> before;
  /// Leads from there to where the command begins.
  std::function<void(const runtime::Session&)> prepare;
  std::function<void(const runtime::Session&)> command;
  /// SQL texts, each leading from one state that may be found to the next.
  std::vector<std::string> transitions;
  bool begins = false;          ///< the command is `begin`
  bool restores = false;        ///< it leads back to the origin
  bool replaces = false;        ///< it puts other content in the place of all there is
  bool has_session = true;      ///< it works within a session or opens one
  bool counts_applied = false;  ///< each applied migration is one state further
  bool in_sync = false;         ///< another tool's table says what the ledger says
};

/// What can be done under a guard of that kind.
std::vector<PostgresScenario> postgres_scenarios(Way way);

/// Commands whose migrations write `bytes` of rows, to fill a disk with.
std::vector<PostgresScenario> large_postgres_scenarios(Way way, uint64_t bytes);

inline constexpr const char* kScenarioDatabase = "shop";

/// That database on the test's server, guarded in one way, made anew for each case.
class PostgresWorld {
 public:
  /// State directories are made in `base`.
  PostgresWorld(Way way, std::string base);

  runtime::Session session() const { return runtime::Session(options_); }

  /// Finds out what a scenario begins with, leads to and may leave on the way, where that is not
  /// known yet. To be called before the cases of each scenario.
  void find_states(const PostgresScenario& scenario);
  /// To where the command begins.
  void make(const PostgresScenario& scenario);

  /// Checks what a command has left, that `status` tells it, and that the next command, another one
  /// in each turn, puts all in order.
  void check_aftermath(const PostgresScenario& scenario, uint64_t turn);

 private:
  void make_shop(const PostgresScenario& scenario);
  /// Which of the states that there may be.
  size_t find_state() const;
  void check_told(const PostgresScenario& scenario, const runtime::StatusReport& status,
                  size_t state) const;
  void next_is_rollback(bool possible);
  void next_is_commit(bool possible);
  void next_is_apply(const PostgresScenario& scenario, bool open, bool rolling_back);
  Result<runtime::RollbackReport> roll_back() const;
  void check_in_order();
  std::string expected_databases(const runtime::StatusReport& status) const;

  runtime::SessionOptions options_;
  bool has_pristine_ = false;
  std::string origin_;                                     ///< with the ledger
  std::map<std::string, std::vector<std::string>> known_;  ///< by scenario
  std::vector<std::string> states_;                        ///< of the one that is tried
};

}  // namespace belay::testing
