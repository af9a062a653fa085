#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "tests/faults/postgres_scenario.h"
#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else

PostgresWorld::PostgresWorld(Way way, std::string base) {
  options_.database_url = url_text(kScenarioDatabase);
  // From nowhere no database can be copied, so that it is dumped.
  if (way == Way::kDump) options_.database_url += "&maintenance_db=nowhere";
  options_.base_directory = std::move(base);
  options_.lock_timeout = std::chrono::milliseconds(20'000);
  options_.busy_timeout = std::chrono::milliseconds(2000);
  options_.free_space_margin = 0;
}

/// The shop, and nothing of what a case before this one has left.
void PostgresWorld::make_shop(const PostgresScenario& scenario) {
  const auto leftover = [] {
    return query_postgres("postgres",
                          "SELECT datname FROM pg_database WHERE datname LIKE 'belay\\_%' LIMIT 1");
  };
  for (std::string name; !(name = leftover()).empty();) drop_postgres(name);
  fs::remove_all(options_.base_directory + "/.belay");
  if (!has_pristine_) {
    make_postgres_shop("pristine");
    // Its trigger writes to a table that no migration names.
    run_postgres("pristine", "DROP TRIGGER order_added ON orders");
    has_pristine_ = true;
  }
  drop_postgres(kScenarioDatabase);
  run_postgres("postgres", "CREATE DATABASE shop TEMPLATE pristine");
  scenario.before(session());
}

void PostgresWorld::make(const PostgresScenario& scenario) {
  make_shop(scenario);
  origin_ = dump_postgres(kScenarioDatabase, true);
  scenario.prepare(session());
}

void PostgresWorld::find_states(const PostgresScenario& scenario) {
  std::vector<std::string>& known = known_[scenario.name];
  if (!known.empty()) {
    states_ = known;
    return;
  }
  make_shop(scenario);
  const std::string origin = dump_postgres(kScenarioDatabase);
  scenario.prepare(session());
  states_ = {dump_postgres(kScenarioDatabase)};
  if (scenario.restores) states_.push_back(origin);
  for (const std::string& sql : scenario.transitions) {
    run_postgres(kScenarioDatabase, sql);
    states_.push_back(dump_postgres(kScenarioDatabase));
  }
  known = states_;
}

void PostgresWorld::check_aftermath(const PostgresScenario& scenario, uint64_t turn) {
  const Result<StatusReport> status = session().status(scenario.migrations);
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  // Where a command has shut out others and died, the next one lets them in.
  if (status->reachable) check_told(scenario, *status, find_state());
  const bool open = scenario.has_session && (status->phase == SessionPhase::kOpen ||
                                             status->phase == SessionPhase::kInterruptedApply);
  const bool rolling_back = status->phase == SessionPhase::kInterruptedRollback;
  constexpr uint64_t kTurns = 3;
  switch (turn % kTurns) {
    case 0:
      next_is_rollback(open || rolling_back);
      find_state();
      break;
    case 1:
      next_is_commit(open || status->phase == SessionPhase::kInterruptedCommit);
      find_state();
      break;
    default: next_is_apply(scenario, open, rolling_back);
  }
  check_in_order();
}

size_t PostgresWorld::find_state() const {
  const std::string found = dump_postgres(kScenarioDatabase);
  const auto state = std::find(states_.begin(), states_.end(), found);
  EXPECT_NE(state, states_.end()) << "neither before nor after; to before: "
                                  << same_content(found, states_.front()).message()
                                  << "; to after: "
                                  << same_content(found, states_.back()).message();
  return static_cast<size_t>(state - states_.begin());
}

void PostgresWorld::check_told(const PostgresScenario& scenario, const StatusReport& status,
                               size_t state) const {
  if (scenario.begins) {
    EXPECT_TRUE(status.phase == SessionPhase::kInterruptedBegin ||
                status.phase == SessionPhase::kNone || status.phase == SessionPhase::kOpen);
  }
  if (scenario.counts_applied) {
    EXPECT_EQ(status.applied.size(), state) << to_text(status);
  }
  if (!scenario.in_sync) return;
  if (status.in_sync) {
    EXPECT_EQ(status.in_sync->differences, std::vector<std::string>{});
  }
  if (scenario.has_session) {
    EXPECT_TRUE(status.in_sync.has_value()) << to_text(status);
  } else {
    // Their table, the ledger and that it follows come together.
    EXPECT_EQ(status.in_sync.has_value(), state == 1) << to_text(status);
    EXPECT_EQ(status.ledger.size(), state == 1 ? 2U : 1U) << to_text(status);
  }
}

void PostgresWorld::next_is_rollback(bool possible) {
  const Result<RollbackReport> result = roll_back();
  ASSERT_EQ(result.ok(), possible) << (result ? "" : result.error().to_string());
  if (result) {
    EXPECT_TRUE(same_content(dump_postgres(kScenarioDatabase, true), origin_));
  }
}

/// What it cannot tell apart from others' writes it asks about; a person who knows better says so.
Result<RollbackReport> PostgresWorld::roll_back() const {
  Result<RollbackReport> result = session().rollback();
  if (result || result.error().message.find("others may have") == std::string::npos) return result;
  RollbackOptions options;
  options.discard_foreign_writes = true;
  return session().rollback(options);
}

void PostgresWorld::next_is_commit(bool possible) {
  CommitOptions accept;
  accept.accept_partial = true;
  const Result<CommitReport> result = session().commit(accept);
  EXPECT_EQ(result.ok(), possible) << (result ? "" : result.error().to_string());
}

/// What was cut off is run again, and comes to its end.
void PostgresWorld::next_is_apply(const PostgresScenario& scenario, bool open, bool rolling_back) {
  if (!scenario.has_session) {
    scenario.command(session());
    const Result<StatusReport> status = session().status(scenario.migrations);
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_EQ(find_state(), states_.size() - 1);
    check_told(scenario, *status, states_.size() - 1);
    // Where all was done already it has written nothing, and settled nothing. This one does, though
    // there is nothing to commit.
    next_is_commit(false);
    return;
  }
  const Result<ApplyReport> result = session().apply(scenario.migrations);
  // A rollback that the server's crash has cut off may be undone, and the session open again.
  EXPECT_TRUE(rolling_back || result.ok() == open) << (result ? "" : result.error().to_string());
  if (!result) return;
  EXPECT_FALSE(result->failed) << result->headline;
  if (!scenario.transitions.empty() && !scenario.replaces) {
    EXPECT_TRUE(same_content(dump_postgres(kScenarioDatabase), states_.back()));
  }
}

/// Nothing is left to be settled, and there is nothing on the server that nobody knows of.
void PostgresWorld::check_in_order() {
  const Result<StatusReport> status = session().status();
  ASSERT_TRUE(status.ok()) << status.error().to_string();
  EXPECT_TRUE(status->phase == SessionPhase::kNone || status->phase == SessionPhase::kOpen)
      << phase_name(status->phase);
  EXPECT_TRUE(status->reachable) << status->unreachable_because;
  EXPECT_EQ(status->recovery, "");
  EXPECT_EQ(query_postgres(kScenarioDatabase,
                           "SELECT string_agg(nspname, ',') FROM pg_namespace WHERE "
                           "nspname LIKE 'belay\\_%'"),
            status->phase == SessionPhase::kOpen ? "belay_" + status->session : "NULL");
  EXPECT_EQ(databases_on_server(), expected_databases(*status) + "pristine|1|\nshop|1|\n");
}

/// Those that hold snapshots: the session's, and those that were kept.
std::string PostgresWorld::expected_databases(const StatusReport& status) const {
  std::vector<std::string> sessions;
  if (status.phase == SessionPhase::kOpen && status.snapshot->strategy == "postgres-template") {
    sessions.push_back(status.session);
  }
  const Result<SnapshotsReport> list = session().snapshots({});
  EXPECT_TRUE(list.ok()) << list.error().to_string();
  if (!list) return {};
  for (const StoredSnapshot& snapshot : list->snapshots) {
    using State = StoredSnapshot::State;
    EXPECT_TRUE(snapshot.state == State::kInUse || snapshot.state == State::kKept)
        << snapshot.session << " is " << stored_state_name(snapshot.state) << ": "
        << snapshot.problem;
    const bool is_database = snapshot.info.strategy == "postgres-template";
    if (snapshot.state == State::kKept && is_database) sessions.push_back(snapshot.session);
  }
  std::sort(sessions.begin(), sessions.end());
  std::string out;
  for (const std::string& session : sessions) out += "belay_" + session + "|0|\n";
  return out;
}

}  // namespace belay::testing
