#include "tests/faults/scenario.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "runtime/session/journal.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else

/// The database's place in a scenario's directory.
std::string database_in(const std::string& directory) { return directory + "/shop.db"; }

const char* const kRebuild =
    "CREATE TABLE customers_new (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT);\n"
    "INSERT INTO customers_new SELECT id, email, name FROM customers;\n"
    "DROP TABLE customers;\n"
    "ALTER TABLE customers_new RENAME TO customers;\n";

const char* const kAddPhone =
    "ALTER TABLE customers ADD COLUMN phone TEXT;\n"
    "UPDATE customers SET phone = '+44 ' || id;\n";

const char* const kArchive =
    "CREATE TABLE archive AS SELECT * FROM orders WHERE id % 2 = 0;\n"
    "DELETE FROM orders WHERE id % 2 = 0;\n"
    "CREATE INDEX archive_by_id ON archive (id);\n";

std::vector<MigrationScript> good_migrations() {
  return {migration("0001", "add_phone", kAddPhone),
          migration("0002", "rebuild",
                    std::string("PRAGMA foreign_keys=OFF;\nBEGIN;\n") + kRebuild +
                        "COMMIT;\nPRAGMA foreign_keys=ON;\n"),
          migration("0003", "archive", kArchive)};
}

std::vector<std::string> good_transitions() { return {kAddPhone, kRebuild, kArchive}; }

/// Statement by statement: an ordinary one, one that must stand alone, a transaction of its own.
std::vector<MigrationScript> bare_migrations() {
  return {
      migration("0001", "in_steps",
                "CREATE TABLE tags (name TEXT);\nVACUUM;\n"
                "BEGIN;\nINSERT INTO tags VALUES ('a');\nINSERT INTO tags VALUES ('b');\nCOMMIT;\n"
                "UPDATE orders SET total = total + 1;\n")};
}

std::vector<std::string> bare_transitions() {
  return {"CREATE TABLE tags (name TEXT)", "VACUUM", "INSERT INTO tags VALUES ('a'), ('b')",
          "UPDATE orders SET total = total + 1"};
}

/// Three batches of one statement, of which none may be done twice, and a statement behind them.
std::vector<MigrationScript> batched_migrations() {
  return {migration("0001", "in_batches",
                    "-- belay:batch table=orders key=id size=25\n"
                    "UPDATE orders SET total = total + 1 WHERE id BETWEEN $1 AND $2;\n"
                    "CREATE TABLE tags (name TEXT);\n")};
}

std::vector<std::string> batched_transitions() {
  const std::string page =
      "UPDATE orders SET total = total + 1 WHERE id IN (SELECT id FROM orders ORDER BY id LIMIT 25 "
      "OFFSET ";
  return {page + "0)", page + "25)", page + "50)", "CREATE TABLE tags (name TEXT)"};
}

std::vector<MigrationScript> bad_migrations() {
  return {migration("0001", "add_phone", kAddPhone),
          migration("0002", "bad", std::string(kArchive) + "INSERT INTO nowhere VALUES (1);\n"),
          migration("0003", "never", "CREATE TABLE never (x);\n")};
}

MigrationScript with_down(MigrationScript script, std::string down) {
  script.down.emplace().sql = std::move(down);
  script.down_advice.verdict = DownAdvice::Verdict::kExact;
  return script;
}

const char* const kDropPhone = "ALTER TABLE customers DROP COLUMN phone;\n";
const char* const kUndoArchive =
    "DROP INDEX archive_by_id;\nINSERT INTO orders SELECT * FROM archive;\nDROP TABLE archive;\n";

std::vector<MigrationScript> migrations_with_downs() {
  return {with_down(migration("0001", "add_phone", kAddPhone), kDropPhone),
          with_down(migration("0002", "archive", kArchive), kUndoArchive)};
}

/// The way back statement by statement, of every kind.
std::vector<MigrationScript> bare_migrations_with_downs() {
  return {with_down(migration("0001", "in_steps", "CREATE TABLE tags (name TEXT);\n"),
                    "UPDATE orders SET total = total + 1;\nVACUUM;\n"
                    "BEGIN;\nINSERT INTO tags VALUES ('a');\nDELETE FROM log;\nCOMMIT;\n"
                    "DROP TABLE tags;\n")};
}

std::vector<std::string> bare_down_transitions() {
  return {"UPDATE orders SET total = total + 1", "VACUUM",
          "INSERT INTO tags VALUES ('a'); DELETE FROM log", "DROP TABLE tags"};
}

const char* const kTags = "CREATE TABLE tags (name TEXT);\nINSERT INTO tags VALUES ('a'), ('b');\n";
const char* const kIndex = "CREATE INDEX orders_by_total ON orders (total);\n";

/// What `make_shop` makes, and another database.
const std::string kDropAll =
    "DROP VIEW big_orders; DROP TABLE orders; DROP TABLE customers; DROP TABLE settings;"
    "DROP TABLE log; PRAGMA user_version=0;";
const std::string kOther =
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO t (x) VALUES (1), (2);"
    "CREATE INDEX t_by_x ON t (x);";

SessionOptions options_on(const std::string& database) {
  SessionOptions options = session_options(database);
  options.lock_timeout = patience;
  return options;
}

Session session_on(const std::string& database) { return Session(options_on(database)); }

/// A shop that another tool has migrated so far, whose table is kept in sync from here on. What a
/// rollback has to bring back is laid beside it.
const std::string kBesides = ".origin";

void must_keep_in_sync(const std::string& database, const std::string& mode,
                       const std::string& table, const char* tool) {
  make_shop(database, mode);
  run_sql(database, table);
  AdoptOptions options;
  options.tool = tool;
  options.keep_in_sync = true;
  const Result<AdoptReport> adopted = session_on(database).adopt({}, options);
  EXPECT_TRUE(adopted.ok()) << adopted.error().to_string();
  fs::copy_file(database, database + kBesides);
}

const std::string kDbmateTable =
    "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);";
std::string dbmate_row(const std::string& version) {
  return "INSERT INTO schema_migrations VALUES ('" + version + "');";
}
const std::string kGolangMigrateTable =
    "CREATE TABLE schema_migrations (version uint64,dirty bool);"
    "CREATE UNIQUE INDEX version_unique ON schema_migrations (version);";
std::string golang_migrate_row(const std::string& values) {
  return "DELETE FROM schema_migrations; INSERT INTO schema_migrations VALUES (" + values + ");";
}

Session compressing_session_on(const std::string& database) {
  SessionOptions options = options_on(database);
  options.compress_snapshots = true;
  return Session(options);
}

/// A begin whose copy has to be made from a log that somebody keeps from being put away.
void begin_beside_a_reader(const std::string& database) {
  sqlite3* reader = nullptr;
  sqlite3_open(database.c_str(), &reader);
  sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM log", nullptr, nullptr, nullptr);
  sqlite3* writer = nullptr;
  sqlite3_open(database.c_str(), &writer);
  sqlite3_exec(writer, "UPDATE settings SET value = value", nullptr, nullptr, nullptr);
  (void)compressing_session_on(database).begin();
  sqlite3_close(writer);
  sqlite3_close(reader);
}

void must(bool ok, const Error* error) {
  if (!ok) ADD_FAILURE() << error->to_string();
}
template <class T>
void must(const Result<T>& result) {
  must(result.ok(), result.ok() ? nullptr : &result.error());
}

void begin_shop(const std::string& database, const std::string& mode) {
  make_shop(database, mode);
  must(session_on(database).begin());
}

Result<DownReport> go_down(const std::string& database, const Scenario& scenario) {
  DownOptions options;
  options.to = scenario.down_to;
  return session_on(database).down(scenario.migrations, options);
}

void apply_all(const std::string& database, const std::vector<MigrationScript>& migrations) {
  (void)session_on(database).apply(migrations);
}

Ending run_in_child(const std::function<void()>& command,
                    const std::function<FaultPlan*()>& make_plan) {
  static auto* const log = static_cast<ChangeLog*>(::mmap(
      nullptr, sizeof(ChangeLog), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  log->kill.count = log->power_cut.count = 0;
  const pid_t child = ::fork();
  if (child == 0) {
    FaultPlan* const plan = make_plan();
    plan->count_in(log);
    fault::install(plan);
    command();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {true, "", *log};
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return {false, "killed", *log};
  if (WIFEXITED(status) && WEXITSTATUS(status) == FaultPlan::kPowerCutExit) {
    return {false, "power cut", *log};
  }
  ADD_FAILURE() << "the command crashed by itself, wait status " << status;
  return {true, "crashed", *log};
}

/// The state after a migration that was cut off half way: killed at a step of its own.
void interrupt(const std::string& database, uint64_t step,
               const std::function<void(const std::string&)>& command) {
  const Ending ending = run_in_child(
      [&] { command(database); }, [&] { return new FaultPlan(FaultPlan::Kind::kKill, step, 0); });
  EXPECT_FALSE(ending.survived) << "step " << step << " comes behind the end";
}

/// Whether a migration is done of which the journal knows nothing but its name.
bool has_lost_records(const std::string& database) {
  const std::string look = fs::path(database).parent_path().string() + ".look";
  copy_directory(fs::path(database).parent_path(), look);
  const Result<StatusReport> status = session_on(database_in(look)).status();
  fs::remove_all(look);
  const Result<Journal::Content> journal = Journal::read(database + ".belay/journal");
  if (!status || !journal || status->phase != SessionPhase::kInterruptedApply) return false;
  const auto begun = std::count_if(
      journal->records.begin(), journal->records.end(),
      [](const JournalRecord& record) { return record.event == "migration-started"; });
  return status->applied.size() > static_cast<size_t>(begun);
}

/// The state after a power cut that took such records.
void lose_records(const std::string& database,
                  const std::function<void(const std::string&)>& command) {
  const std::string directory = fs::path(database).parent_path();
  const std::string before = directory + ".before";
  copy_directory(directory, before);
  const auto run = [&](const std::function<FaultPlan*()>& make_plan) {
    fs::remove_all(directory);
    copy_directory(before, directory);
    return run_in_child([&] { command(database); }, make_plan);
  };
  const std::vector<uint64_t> steps =
      run([] { return new FaultPlan(FaultPlan::Kind::kNone, 0, 0); }).log.kill.to_try();
  bool lost = false;
  for (auto step = steps.rbegin(); step != steps.rend() && !lost; ++step) {
    const Ending ending =
        run([&] { return new FaultPlan(DurableDisk::Names::kDatabaseFirst, *step, directory); });
    if (ending.survived) continue;
    fs::remove_all(directory);
    fs::rename(FaultPlan::image_of(directory), directory);
    lost = has_lost_records(database);
  }
  EXPECT_TRUE(lost) << "no power cut takes a record";
  fs::remove_all(before);
}

Scenario with(std::string name, std::vector<MigrationScript> migrations,
              std::vector<std::string> transitions) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.migrations = std::move(migrations);
  scenario.transitions = std::move(transitions);
  return scenario;
}

bool is_open(const StatusReport& report) {
  return report.phase == SessionPhase::kOpen || report.phase == SessionPhase::kInterruptedApply;
}

StatusReport status_of(const Scenario& scenario, const std::string& database) {
  Result<StatusReport> report = session_on(database).status(scenario.migrations);
  EXPECT_TRUE(report.ok()) << report.error().to_string();
  return report ? *std::move(report) : StatusReport{};
}

/// Nothing is left to be settled, and there is no file that nobody knows of.
void check_in_order(const Scenario& scenario, const std::string& database) {
  const StatusReport report = status_of(scenario, database);
  EXPECT_TRUE(report.phase == SessionPhase::kNone || report.phase == SessionPhase::kOpen)
      << phase_name(report.phase);
  EXPECT_EQ(report.recovery, "");
  EXPECT_FALSE(report.torn_journal);
  std::vector<std::string> files;
  if (fs::exists(database + ".belay/snapshots")) {
    for (const auto& entry : fs::directory_iterator(database + ".belay/snapshots")) {
      files.push_back(entry.path().filename());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> expected;
  if (report.phase == SessionPhase::kOpen) {
    if (report.snapshot->bytes > 0) {
      expected.push_back(fs::path(report.snapshot->path).filename());
    }
    expected.push_back(report.session + ".json");
    std::sort(expected.begin(), expected.end());
    EXPECT_TRUE(report.snapshot->present);
  }
  EXPECT_EQ(files, expected);
  if (fs::exists(database)) {
    EXPECT_EQ(query_text(database, "PRAGMA integrity_check"), "ok");
  }
}

/// Prepares `directory`, which is empty, and finds out the scenario's states.
void make_world(Scenario& scenario, const std::string& mode, const std::string& directory) {
  scenario.prepare(database_in(directory));
  TemporaryDirectory scratch;
  const std::string pristine = scratch.file("pristine.db");
  if (fs::exists(database_in(directory) + kBesides)) {
    fs::copy_file(database_in(directory) + kBesides, pristine);
  } else if (scenario.has_database) {
    make_shop(pristine, mode);
  }
  scenario.origin = dump(pristine);
  copy_directory(directory, scratch.file("found"));
  const std::string database = database_in(scratch.file("found"));
  scenario.states = {dump_without_ledger(database)};
  if (scenario.restores) scenario.states.push_back(dump_without_ledger(pristine));
  for (const std::string& transition : scenario.transitions) {
    run_sql(database, transition);
    scenario.states.push_back(dump_without_ledger(database));
  }
}

class Aftermath {
 public:
  Aftermath(const Scenario& scenario, std::string directory)
      : scenario_(scenario), directory_(std::move(directory)), database_(database_in(directory_)) {}

  void look() {
    // Each look is at a copy: to open a database is to let SQLite recover it.
    const std::string looked_at = copy("look");
    report_ = status_of(scenario_, looked_at);
    found_ = dump_without_ledger(looked_at);
    drop(looked_at);
    find_state();
    check_status();
  }

  void go_on(const NextCommands& next) {
    after_rollback();
    if (next.commit) after_commit();
    if (next.begin) after_begin();
    if (next.apply) after_apply();
  }

  /// All that a next command can go by, without times and names.
  std::string signature() const {
    std::string out = found_ + to_text(report_);
    const Result<Journal::Content> journal = Journal::read(database_ + ".belay/journal");
    if (journal) {
      for (const JournalRecord& record : journal->records) out += record.event + "\n";
    }
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory_)) {
      const std::string name = entry.path().filename();
      const bool varies = name == "journal" || name == "audit.log" || name.ends_with(".json");
      files.push_back(
          name + (entry.is_directory() || varies ? "" : " " + std::to_string(entry.file_size())));
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) out += file + "\n";
    const std::string& session = report_.session;
    for (size_t at = 0; !session.empty() && (at = out.find(session, at)) != std::string::npos;) {
      out.replace(at, session.size(), "SESSION");
    }
    return out;
  }

 private:
  void find_state() {
    // A file without a byte in it is as good as none.
    const std::string found =
        found_ == "user_version 0\n" && !scenario_.has_database ? "absent" : found_;
    const auto state = std::find(scenario_.states.begin(), scenario_.states.end(), found);
    ASSERT_NE(state, scenario_.states.end())
        << "a state that is neither before nor after; to before: "
        << same_content(found, scenario_.states.front()).message()
        << "; to after: " << same_content(found, scenario_.states.back()).message();
    at_ = static_cast<size_t>(state - scenario_.states.begin());
  }

  /// Every applied migration and every statement that is done is one state further.
  void check_status() {
    EXPECT_FALSE(report_.running.has_value());
    if (!scenario_.down_to.empty()) return check_taken_back();
    if (scenario_.repeats) {
      EXPECT_TRUE(!is_open(report_) || report_.applied.size() == (at_ == 1 ? 0U : 1U));
      return;
    }
    EXPECT_TRUE(report_.reachable || !report_.database_exists);
    if (report_.phase == SessionPhase::kInterruptedBegin) {
      EXPECT_EQ(at_, 0U);
    }
    if (!is_open(report_) || scenario_.restores || scenario_.transitions.empty()) return;
    if (scenario_.replaces) return;  // the ledger is not what tells
    const bool by_statements = scenario_.migrations[0].name == "in_steps";
    size_t told = report_.applied.size();
    if (scenario_.migrations[0].name == "in_batches") told = told > 0 ? 4 : batches_told();
    if (scenario_.in_sync) {
      ASSERT_TRUE(report_.in_sync.has_value());
      EXPECT_EQ(report_.in_sync->differences, std::vector<std::string>{}) << to_text(report_);
    }
    if (scenario_.in_sync && by_statements) return check_steps_in_sync();
    if (by_statements) {
      // CREATE, VACUUM, the block of four, UPDATE.
      const uint32_t done = told > 0 ? 7 : (report_.failed ? report_.failed->statements_done : 0);
      told = done >= 7 ? 4 : done >= 6 ? 3 : done;
      // VACUUM may have been done without having been counted.
      if (told == 1 && at_ == 2) told = 2;
    }
    EXPECT_EQ(told, at_) << "status: " << to_text(report_);
    EXPECT_EQ(report_.pending, scenario_.migrations.size() - report_.applied.size());
  }

  /// Every batch is a state, and so is the statement behind them.
  size_t batches_told() const {
    if (!report_.failed) return 0;
    constexpr size_t kBatches = 3;
    const MigrationReport& failed = *report_.failed;
    if (failed.statements_done > 0) return kBatches + failed.statements_done - 1;
    return failed.batched.empty() ? 0 : failed.batched.back().batches;
  }

  /// Their table says that it was begun before the first statement, and that it is done behind the
  /// last one: a state more at either end.
  void check_steps_in_sync() {
    size_t told = 6;
    if (report_.applied.empty()) {
      const auto entry = std::find_if(report_.ledger.begin(), report_.ledger.end(),
                                      [](const LedgerEntry& e) { return e.version == "0001"; });
      const uint32_t done = entry == report_.ledger.end() ? 0 : entry->statements_done;
      // CREATE, VACUUM, the block of four, UPDATE.
      told = entry == report_.ledger.end() ? 0 : done >= 7 ? 5 : done >= 6 ? 4 : done + 1;
      if (told == 2 && at_ == 3) told = 3;  // VACUUM may have been done without being counted
      // What failed before it was begun is a row in the ledger alone.
      if (told == 1 && at_ == 0 && entry->state == MigrationState::kFailed) told = 0;
    }
    EXPECT_EQ(told, at_) << "status: " << to_text(report_);
  }

  /// The ledger tells how far the way back was gone; every migration and statement is one state.
  void check_taken_back() {
    if (!is_open(report_)) return;
    size_t told = scenario_.migrations.size() - report_.applied.size();
    if (scenario_.migrations[0].name == "in_steps") {
      // UPDATE, VACUUM, the block of four, DROP.
      const uint32_t done = !report_.taken_back.empty() ? 7
                            : report_.failed            ? report_.failed->statements_done
                                                        : 0;
      told = done >= 7 ? 4 : done >= 6 ? 3 : done;
      if (told == 1 && at_ == 2) told = 2;  // VACUUM was not counted yet
    }
    EXPECT_EQ(told, at_) << "status: " << to_text(report_);
  }

  /// What was cut off is run again, and comes to its end.
  void after_apply() {
    if (scenario_.down_to.empty()) return after_up();
    const std::string database = copy("down");
    const Result<DownReport> result = go_down(database, scenario_);
    EXPECT_EQ(result.ok(), is_open(report_)) << (result ? "" : result.error().to_string());
    if (result) {
      EXPECT_TRUE(same_content(dump_without_ledger(database), scenario_.states.back()));
    }
    check_in_order(scenario_, database);
    drop(database);
  }

  /// A copy of what was found, so that each command has its turn at it.
  std::string copy(const std::string& name) {
    const std::string to = directory_ + "." + name;
    fs::remove_all(to);
    copy_directory(directory_, to);
    return database_in(to);
  }
  void drop(const std::string& database) { fs::remove_all(fs::path(database).parent_path()); }

  void after_rollback() {
    const std::string database = copy("rollback");
    (void)status_of(scenario_, database);  // asking first must not make it worse
    const Result<RollbackReport> result = session_on(database).rollback();
    const bool has_session = scenario_.has_snapshot && (is_open(report_) || is_rolling_back());
    ASSERT_EQ(result.ok(), has_session)
        << phase_name(report_.phase) << ": " << (result ? "" : result.error().to_string());
    if (has_session) {
      EXPECT_TRUE(same_content(dump(database), scenario_.origin));
    } else {
      EXPECT_TRUE(same_content(dump_without_ledger(database), found_));
    }
    check_in_order(scenario_, database);
    drop(database);
  }

  bool is_rolling_back() const { return report_.phase == SessionPhase::kInterruptedRollback; }

  void after_commit() {
    const std::string database = copy("commit");
    CommitOptions options;
    options.accept_partial = true;
    const Result<CommitReport> result = session_on(database).commit(options);
    const bool can = scenario_.has_snapshot &&
                     (is_open(report_) || report_.phase == SessionPhase::kInterruptedCommit);
    EXPECT_EQ(result.ok(), can) << (result ? "" : result.error().to_string());
    expect_as_found_or_restored(database);
    check_in_order(scenario_, database);
    drop(database);
  }

  void after_begin() {
    const std::string database = copy("begin");
    const Result<BeginReport> result = session_on(database).begin();
    const bool can = !scenario_.has_snapshot || !is_open(report_);
    EXPECT_EQ(result.ok(), can) << (result ? "" : result.error().to_string());
    expect_as_found_or_restored(database);
    check_in_order(scenario_, database);
    drop(database);
  }

  void expect_as_found_or_restored(const std::string& database) {
    if (is_rolling_back()) {
      EXPECT_TRUE(same_content(dump(database), scenario_.origin));
    } else {
      EXPECT_TRUE(same_content(dump_without_ledger(database), found_));
    }
  }

  void after_up() {
    const std::string database = copy("apply");
    const Result<ApplyReport> result = session_on(database).apply(scenario_.migrations);
    const bool can = scenario_.has_snapshot && is_open(report_);
    EXPECT_EQ(result.ok(), can) << (result ? "" : result.error().to_string());
    if (result && !scenario_.restores && !scenario_.replaces && !scenario_.transitions.empty()) {
      EXPECT_TRUE(same_content(dump_without_ledger(database), scenario_.states.back()));
    }
    check_in_order(scenario_, database);
    drop(database);
  }

  const Scenario& scenario_;
  std::string directory_;
  std::string database_;
  StatusReport report_;
  std::string found_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Scenario> all_scenarios(const std::string& mode) {
  std::vector<Scenario> all;
  const auto add = [&](Scenario scenario, auto prepare, auto command) {
    scenario.prepare = prepare;
    scenario.command = command;
    all.push_back(std::move(scenario));
  };
  const auto shop = [mode](const std::string& db) { make_shop(db, mode); };
  const auto begun = [mode](const std::string& db) { begin_shop(db, mode); };
  const auto absent_begun = [](const std::string& db) { must(session_on(db).begin()); };
  const auto begin = [](const std::string& db) { (void)session_on(db).begin(); };
  const auto commit = [](const std::string& db) { (void)session_on(db).commit(); };
  const auto rollback = [](const std::string& db) { (void)session_on(db).rollback(); };
  const auto applying = [](std::vector<MigrationScript> list) {
    return [list](const std::string& db) { apply_all(db, list); };
  };
  const auto applied = [](auto before, std::vector<MigrationScript> list) {
    return [before, list](const std::string& db) {
      before(db);
      apply_all(db, list);
    };
  };
  const std::vector<MigrationScript> create = {
      migration("0001", "create", "CREATE TABLE t (x);\nINSERT INTO t VALUES (1), (2);\n")};

  add(with("begin", {}, {}), shop, begin);
  add(with("apply", good_migrations(), good_transitions()), begun, applying(good_migrations()));
  add(with("apply that fails", bad_migrations(), {kAddPhone}), begun, applying(bad_migrations()));
  add(with("apply by statements", bare_migrations(), bare_transitions()), begun,
      applying(bare_migrations()));
  add(with("apply in batches", batched_migrations(), batched_transitions()), begun,
      applying(batched_migrations()));
  add(with("commit", {}, {}), applied(begun, good_migrations()), commit);
  Scenario back = with("rollback", good_migrations(), {});
  back.restores = true;
  add(back, applied(begun, good_migrations()), rollback);
  back.name = "rollback of an interrupted apply";
  add(
      back,
      [begun, applying](const std::string& db) {
        begun(db);
        interrupt(db, 120, applying(good_migrations()));
      },
      rollback);
  back.name = "rollback of an interrupted rollback";
  add(
      back,
      [begun, applied, rollback](const std::string& db) {
        applied(begun, good_migrations())(db);
        interrupt(db, 40, rollback);
      },
      rollback);
  const auto records_lost = [begun, applying](const std::string& db) {
    begun(db);
    lose_records(db, applying(good_migrations()));
  };
  back.name = "rollback of an apply whose records were lost";
  add(back, records_lost, rollback);
  add(with("apply after one whose records were lost", good_migrations(), {}), records_lost,
      applying(good_migrations()));
  Scenario fresh = with("begin without a database", {}, {});
  fresh.has_database = false;
  add(
      fresh, [](const std::string&) {}, begin);
  fresh = with("apply to no database", create, {create[0].up.sql});
  fresh.has_database = false;
  add(fresh, absent_begun, applying(create));
  back.name = "rollback to no database";
  back.migrations = create;
  back.has_database = false;
  add(back, applied(absent_begun, create), rollback);
  const auto compressed_begun = [mode](const std::string& db) {
    make_shop(db, mode);
    must(compressing_session_on(db).begin());
  };
  add(with("begin with compression", {}, {}), shop,
      [](const std::string& db) { (void)compressing_session_on(db).begin(); });
  if (mode == "wal") {
    add(with("begin with compression beside a reader", {}, {}), shop, begin_beside_a_reader);
  }
  Scenario unpacked = with("rollback from a compressed snapshot", good_migrations(), {});
  unpacked.restores = true;
  add(unpacked, applied(compressed_begun, good_migrations()), rollback);
  const auto going_down = [](const Scenario& scenario) {
    return [scenario](const std::string& db) { (void)go_down(db, scenario); };
  };
  Scenario down = with("down", migrations_with_downs(), {kUndoArchive, kDropPhone});
  down.down_to = "0";
  add(down, applied(begun, down.migrations), going_down(down));
  down = with("down by statements", bare_migrations_with_downs(), bare_down_transitions());
  down.down_to = "0";
  add(down, applied(begun, down.migrations), going_down(down));
  Scenario redo = with("redo", {migrations_with_downs()[0]}, {kDropPhone, kAddPhone});
  redo.repeats = true;
  add(redo, applied(begun, redo.migrations),
      [redo](const std::string& db) { (void)session_on(db).redo(redo.migrations); });
  Scenario baseline = with("baseline", {}, {});
  baseline.has_snapshot = false;
  add(baseline, shop,
      [](const std::string& db) { (void)session_on(db).baseline(good_migrations(), "0002"); });
  Scenario unguarded = with("apply without a session", good_migrations(), good_transitions());
  unguarded.has_snapshot = false;
  add(unguarded, shop, [](const std::string& db) {
    ApplyOptions options;
    options.allow_unguarded = true;
    (void)session_on(db).apply(good_migrations(), options);
  });
  // Nothing is copied where all is new.
  std::vector<MigrationScript> new_things = {migration("0001", "tags", kTags),
                                             migration("0002", "index", kIndex)};
  for (MigrationScript& script : new_things) {
    script.up_touches = GuardAdvice{Guard::kTransaction, {}, {}, ""};
  }
  const auto begin_adding = [](const std::string& db) {
    BeginOptions options;
    options.advice = GuardAdvice{Guard::kTransaction, {}, {}, ""};
    return session_on(db).begin(options);
  };
  const auto adding_begun = [mode, begin_adding](const std::string& db) {
    make_shop(db, mode);
    must(begin_adding(db));
  };
  add(with("begin for what is new", {}, {}), shop,
      [begin_adding](const std::string& db) { (void)begin_adding(db); });
  add(with("apply of what is new", new_things, {kTags, kIndex}), adding_begun,
      applying(new_things));
  Scenario dropped = with("rollback of what is new", new_things, {});
  dropped.restores = true;
  add(dropped, applied(adding_begun, new_things), rollback);
  // Another tool's table follows the ledger: after each death both say the same.
  const auto kept = [mode](const std::string& table, const char* tool) {
    return [mode, table, tool](const std::string& db) {
      must_keep_in_sync(db, mode, table, tool);
      must(session_on(db).begin());
    };
  };
  Scenario synced = with("apply in sync with dbmate", good_migrations(),
                         {kAddPhone + dbmate_row("0001"), kRebuild + dbmate_row("0002"),
                          kArchive + dbmate_row("0003")});
  synced.in_sync = true;
  add(synced, kept(kDbmateTable, "dbmate"), applying(good_migrations()));
  std::vector<std::string> steps = bare_transitions();
  steps.insert(steps.begin(), golang_migrate_row("1, 1"));
  steps.push_back(golang_migrate_row("1, 0"));
  synced = with("apply by statements in sync with golang-migrate", bare_migrations(), steps);
  synced.in_sync = true;
  add(synced, kept(kGolangMigrateTable, "golang-migrate"), applying(bare_migrations()));
  synced = with("rollback in sync with dbmate", good_migrations(), {});
  synced.in_sync = synced.restores = true;
  add(synced, applied(kept(kDbmateTable, "dbmate"), good_migrations()), rollback);
  synced.name = "rollback of what is new, in sync with dbmate";
  synced.migrations = new_things;
  add(synced,
      applied(
          [mode, begin_adding](const std::string& db) {
            must_keep_in_sync(db, mode, kDbmateTable, "dbmate");
            must(begin_adding(db));
          },
          new_things),
      rollback);
  Scenario cleared = with("clear", {}, {kDropAll});
  cleared.replaces = true;
  add(cleared, begun, [](const std::string& db) { (void)session_on(db).clear(); });
  Scenario restored = with("restore", {}, {kDropAll + kOther});
  restored.replaces = true;
  add(
      restored,
      [begun](const std::string& db) {
        begun(db);
        run_sql(db + ".other", kOther);
      },
      [](const std::string& db) {
        RestoreOptions options;
        options.source = db + ".other";
        (void)session_on(db).restore(options);
      });
  return all;
}

ScenarioWorld::ScenarioWorld(Scenario& scenario, const std::string& mode) : scenario_(scenario) {
  fs::create_directory(base_);
  make_world(scenario_, mode, base_);
  database_ = database_in(directory_);
}

const std::string& ScenarioWorld::fresh() {
  fs::remove_all(directory_);
  copy_directory(base_, directory_);
  return database_;
}

Ending ScenarioWorld::run(const std::function<FaultPlan*()>& make_plan) {
  fresh();
  return run_in_child([this] { scenario_.command(database_); }, make_plan);
}

ChangeLog ScenarioWorld::changes() {
  const Ending ending = run([] { return new FaultPlan(FaultPlan::Kind::kNone, 0, 0); });
  EXPECT_TRUE(ending.survived);
  return ending.log;
}

void check_aftermath(const Scenario& scenario, const std::string& directory,
                     const NextCommands& next) {
  Aftermath aftermath(scenario, directory);
  aftermath.look();
  aftermath.go_on(next);
}

void check_aftermath(const Scenario& scenario, const std::string& directory, Findings& findings) {
  Aftermath aftermath(scenario, directory);
  aftermath.look();
  constexpr uint64_t kTurns = 3;
  const uint64_t times = findings[aftermath.signature()]++;
  if (times < kTurns) aftermath.go_on(NextCommands::in_turn(times));
}

}  // namespace belay::testing
