// A command on PostgreSQL is cut off at its first step, then at its second, and so on until it
// comes to its end: every write, sync and renaming of a file, every statement that it sends, before
// and after each. It is killed; or its connections are cut; or the server crashes under it. After
// each the database holds what it held before or what it is to hold after, `status` tells which,
// and the next command puts all in order.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <thread>

#include "tests/faults/fault_plan.h"
#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/session/child.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else

constexpr const char* kDatabase = "shop";

const char* const kAddPhone =
    "ALTER TABLE customers ADD COLUMN phone text;\nUPDATE customers SET phone = '+44 ' || id;\n";
const char* const kArchive =
    "CREATE TABLE archive AS SELECT * FROM orders WHERE id % 2 = 0;\n"
    "DELETE FROM orders WHERE id % 2 = 0;\n";

/// What an analysis would say of all of them.
std::vector<MigrationScript> known(std::vector<MigrationScript> migrations) {
  for (MigrationScript& m : migrations) {
    m.up_touches = GuardAdvice{Guard::kTables, {"customers", "orders", "archive", "tags"}, {}, ""};
  }
  return migrations;
}

std::vector<MigrationScript> two_migrations() {
  return known({migration("0001", "add_phone", kAddPhone), migration("0002", "archive", kArchive)});
}

/// Statement by statement, with indexes that are made outside any transaction.
std::vector<MigrationScript> bare_migrations() {
  return known(
      {migration("0001", "in_steps",
                 "CREATE TABLE tags (name text);\n"
                 "CREATE INDEX CONCURRENTLY tags_by_name ON tags (name);\n"
                 "BEGIN;\nINSERT INTO tags VALUES ('a');\nINSERT INTO tags VALUES ('b');\nCOMMIT;\n"
                 "UPDATE orders SET total = total + 1;\n")});
}

/// Three batches of one statement, of which none may be done twice.
std::vector<MigrationScript> batched_migrations() {
  return known({migration("0001", "in_batches",
                          "-- belay:batch table=orders key=id size=25\n"
                          "UPDATE orders SET total = total + 1 WHERE id BETWEEN $1 AND $2;\n"
                          "CREATE TABLE tags (name text);\n")});
}

std::vector<std::string> batched_transitions() {
  const std::string page =
      "UPDATE orders SET total = total + 1 WHERE id IN (SELECT id FROM orders ORDER BY id LIMIT 25 "
      "OFFSET ";
  return {page + "0)", page + "25)", page + "50)", "CREATE TABLE tags (name text)"};
}

struct Scenario {
  std::string name;
  std::vector<MigrationScript> migrations;
  std::function<void(const Session&)> prepare;
  std::function<void(const Session&)> command;
  /// SQL texts, each leading from one state that may be found to the next.
  std::vector<std::string> transitions;
  bool begins = false;    ///< the command is `begin`
  bool restores = false;  ///< it leads back to the origin
};

template <class T>
void must(const Result<T>& result) {
  if (!result) ADD_FAILURE() << result.error().to_string();
}

/// How the database is guarded: by the server's copy of it, by a dump of it, by copies of the
/// tables that the migrations touch, or by nothing, because they only make something new.
enum class Way { kCopy, kDump, kTables, kNothing };

std::string way_name(const ::testing::TestParamInfo<Way>& way) {
  constexpr std::array<const char*, 4> kNames = {"copy", "dump", "tables", "nothing"};
  return kNames.at(static_cast<size_t>(way.param));
}

const char* const kTags = "CREATE TABLE tags (name text);\nINSERT INTO tags VALUES ('a'), ('b');\n";
const char* const kTotals = "CREATE INDEX orders_by_total ON orders (total);\n";

std::vector<Scenario> scenarios_of_new_things() {
  std::vector<MigrationScript> list = {migration("0001", "tags", kTags),
                                       migration("0002", "totals", kTotals)};
  for (MigrationScript& m : list) m.up_touches = GuardAdvice{Guard::kTransaction, {}, {}, ""};
  const auto begin = [list](const Session& s) {
    BeginOptions options;
    options.advice = list[0].up_touches;
    return s.begin(options);
  };
  const auto begun = [begin](const Session& s) { must(begin(s)); };
  const auto applied = [begin, list](const Session& s) {
    must(begin(s));
    must(s.apply(list));
  };
  return {
      {"begin",
       list,
       [](const Session&) {},
       [begin](const Session& s) { (void)begin(s); },
       {},
       true},
      {"apply", list, begun, [list](const Session& s) { (void)s.apply(list); }, {kTags, kTotals}},
      {"commit", list, applied, [](const Session& s) { (void)s.commit(); }, {}},
      {"rollback", list, applied, [](const Session& s) { (void)s.rollback(); }, {}, false, true},
  };
}

std::vector<Scenario> all_scenarios(Way way) {
  if (way == Way::kNothing) return scenarios_of_new_things();
  BeginOptions options;
  if (way == Way::kTables) {
    options.advice =
        GuardAdvice{Guard::kTables, {"customers", "orders", "archive", "tags"}, {}, ""};
  }
  const auto nothing = [](const Session&) {};
  const auto begun = [options](const Session& s) { must(s.begin(options)); };
  const auto applied = [options](const Session& s) {
    must(s.begin(options));
    must(s.apply(two_migrations()));
  };
  return {
      {"begin",
       two_migrations(),
       nothing,
       [options](const Session& s) { (void)s.begin(options); },
       {},
       true},
      {"apply",
       two_migrations(),
       begun,
       [](const Session& s) { (void)s.apply(two_migrations()); },
       {kAddPhone, kArchive}},
      {"apply by statements",
       bare_migrations(),
       begun,
       [](const Session& s) { (void)s.apply(bare_migrations()); },
       {"CREATE TABLE tags (name text)", "CREATE INDEX tags_by_name ON tags (name)",
        "INSERT INTO tags VALUES ('a'), ('b')", "UPDATE orders SET total = total + 1"}},
      {"apply in batches", batched_migrations(), begun,
       [](const Session& s) { (void)s.apply(batched_migrations()); }, batched_transitions()},
      {"commit", two_migrations(), applied, [](const Session& s) { (void)s.commit(); }, {}},
      {"rollback",
       two_migrations(),
       applied,
       [](const Session& s) { (void)s.rollback(); },
       {},
       false,
       true},
  };
}

/// What happens at the step.
enum class Fault { kKill, kCut, kCrash };

/// Cuts Belay's connections from the server's side, or crashes the server, at one step.
class ServerFault : public fault::Hook {
 public:
  ServerFault(Fault fault, uint64_t step) : fault_(fault), step_(step) {}
  int before(fault::Operation, std::string_view, std::string_view) override { return at_step(); }
  void after(fault::Operation, std::string_view, std::string_view) override { at_step(); }
  uint64_t passed() const { return passed_; }

 private:
  int at_step() {
    if (++passed_ != step_) return 0;
    fault::install(nullptr);
    const auto connection = connect_postgres("postgres");
    Result<Rows> rows = connection->query(
        std::string("SELECT pid") + (fault_ == Fault::kCut ? ", pg_terminate_backend(pid)" : "") +
        " FROM pg_stat_activity WHERE application_name LIKE 'belay%' AND pid <> pg_backend_pid()");
    if (fault_ == Fault::kCrash && rows && !rows->rows.empty()) {
      ::kill(static_cast<pid_t>(rows->number()), SIGKILL);
    }
    fault::install(this);
    return 0;
  }

  Fault fault_;
  uint64_t step_;
  uint64_t passed_ = 0;
};

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

class World {
 public:
  explicit World(Way way) {
    options_.database_url = url_text(kDatabase);
    // From nowhere no database can be copied, so that it is dumped.
    if (way == Way::kDump) options_.database_url += "&maintenance_db=nowhere";
    options_.base_directory = directory_.path();
    options_.lock_timeout = std::chrono::milliseconds(20'000);
    options_.busy_timeout = std::chrono::milliseconds(2000);
    options_.free_space_margin = 0;
  }

  Session session() const { return Session(options_); }

  /// To where the command begins.
  void make(const Scenario& scenario) {
    for (std::string name; !(name = leftover()).empty() && name != "NULL";) drop_postgres(name);
    fs::remove_all(directory_.file(".belay"));
    if (pristine_.empty()) {
      make_postgres_shop("pristine");
      // Its trigger writes to a table that no migration names.
      run_postgres("pristine", "DROP TRIGGER order_added ON orders");
      pristine_ = dump_postgres("pristine");
    }
    drop_postgres(kDatabase);
    run_postgres("postgres", "CREATE DATABASE shop TEMPLATE pristine");
    origin_ = dump_postgres(kDatabase, true);
    scenario.prepare(session());
  }

  void find_states(const Scenario& scenario) {
    states_ = {dump_postgres(kDatabase)};
    for (const std::string& sql : scenario.transitions) {
      run_postgres(kDatabase, sql);
      states_.push_back(dump_postgres(kDatabase));
    }
    if (scenario.restores) states_.push_back(without_ledger_);
  }

  void note_origin() { without_ledger_ = dump_postgres(kDatabase); }

  void check_aftermath(const Scenario& scenario, uint64_t turn) {
    Result<StatusReport> status = session().status(scenario.migrations);
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    // Where a command has shut out others and died, the next one lets them in.
    if (status->reachable) look(scenario, *status);
    const bool open =
        status->phase == SessionPhase::kOpen || status->phase == SessionPhase::kInterruptedApply;
    const bool rolling_back = status->phase == SessionPhase::kInterruptedRollback;
    switch (turn % 3) {
      case 0: {
        const Result<RollbackReport> result = roll_back();
        ASSERT_EQ(result.ok(), open || rolling_back)
            << phase_name(status->phase) << ": " << (result ? "" : result.error().to_string());
        if (result) expect_origin();
        break;
      }
      case 1: {
        CommitOptions accept;
        accept.accept_partial = true;
        const Result<CommitReport> result = session().commit(accept);
        EXPECT_EQ(result.ok(), open || status->phase == SessionPhase::kInterruptedCommit)
            << phase_name(status->phase) << ": " << (result ? "" : result.error().to_string());
        break;
      }
      default: {
        const Result<ApplyReport> result = session().apply(scenario.migrations);
        // A rollback that the server's crash has cut off may be undone, and the session open again.
        EXPECT_TRUE(rolling_back || result.ok() == open)
            << (result ? "" : result.error().to_string());
        if (result) {
          EXPECT_FALSE(result->failed) << result->headline;
          if (!scenario.transitions.empty()) {
            EXPECT_TRUE(same_content(dump_postgres(kDatabase), states_.back()));
          }
        }
      }
    }
    check_in_order();
  }

 private:
  static std::string leftover() {
    return query_postgres("postgres",
                          "SELECT datname FROM pg_database WHERE datname LIKE 'belay\\_%' LIMIT 1");
  }

  void look(const Scenario& scenario, const StatusReport& status) {
    const std::string found = dump_postgres(kDatabase);
    const auto state = std::find(states_.begin(), states_.end(), found);
    ASSERT_NE(state, states_.end())
        << "neither before nor after; to before: " << same_content(found, states_.front()).message()
        << "; to after: " << same_content(found, states_.back()).message();
    if (scenario.begins) {
      EXPECT_TRUE(status.phase == SessionPhase::kInterruptedBegin ||
                  status.phase == SessionPhase::kNone || status.phase == SessionPhase::kOpen);
    }
    if (scenario.name == "apply") {
      EXPECT_EQ(status.applied.size(), static_cast<size_t>(state - states_.begin()))
          << to_text(status);
    }
  }

  /// What it cannot tell apart from others' writes it asks about; a person who knows better says
  /// so.
  Result<RollbackReport> roll_back() const {
    Result<RollbackReport> result = session().rollback();
    if (result || result.error().message.find("others may have") == std::string::npos)
      return result;
    RollbackOptions options;
    options.discard_foreign_writes = true;
    return session().rollback(options);
  }

  void expect_origin() { EXPECT_TRUE(same_content(dump_postgres(kDatabase, true), origin_)); }

  void check_in_order() {
    Result<StatusReport> status = session().status();
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_TRUE(status->phase == SessionPhase::kNone || status->phase == SessionPhase::kOpen)
        << phase_name(status->phase);
    EXPECT_TRUE(status->reachable) << status->unreachable_because;
    EXPECT_EQ(status->recovery, "");
    std::string expected;
    const bool open = status->phase == SessionPhase::kOpen;
    if (open && status->snapshot->strategy == "postgres-template") {
      expected = "belay_" + status->session + "|0|\n";
    }
    EXPECT_EQ(query_postgres(kDatabase,
                             "SELECT string_agg(nspname, ',') FROM pg_namespace WHERE "
                             "nspname LIKE 'belay\\_%'"),
              open ? "belay_" + status->session : "NULL");
    EXPECT_EQ(databases_on_server(), expected + "pristine|1|\nshop|1|\n");
  }

  TemporaryDirectory directory_;
  SessionOptions options_;
  std::string pristine_;
  std::string origin_;
  std::string without_ledger_;
  std::vector<std::string> states_;
};

/// How many steps are left out between two that are tried.
uint64_t stride() {
  const char* wanted = std::getenv("BELAY_FAULT_STRIDE");
  return wanted == nullptr ? 97 : std::strtoull(wanted, nullptr, 10);
}

void cut_off_everywhere(Fault fault, Way way) {
  uint64_t cases = 0;
  World world(way);
  for (const Scenario& scenario : all_scenarios(way)) {
    SCOPED_TRACE(scenario.name);
    Scenario untouched = scenario;
    untouched.prepare = [](const Session&) {};
    world.make(untouched);
    world.note_origin();
    world.make(scenario);
    world.find_states(scenario);
    uint64_t tried = 0;
    for (uint64_t step = 1 + cases % stride();; step += stride()) {
      SCOPED_TRACE("at step " + std::to_string(step));
      world.make(scenario);
      bool survived = false;
      if (fault == Fault::kKill) {
        Child child([&] {
          fault::install(new FaultPlan(FaultPlan::Kind::kKill, step, 0));
          scenario.command(world.session());
          return 0;
        });
        survived = child.wait() == 0;
      } else {
        ServerFault hook(fault, step);
        fault::install(&hook);
        scenario.command(world.session());
        fault::install(nullptr);
        wait_for_server();
        survived = hook.passed() < step;
      }
      if (survived) break;
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
                         way_name);

}  // namespace
}  // namespace belay::testing
