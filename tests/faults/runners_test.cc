// Ten runners are started at once on one database, as ten replicas of a program do. Whoever comes
// first applies; the others wait, look, and find nothing left to do. Each migration runs once.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <vector>

#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/session/child.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else

constexpr int kRunners = 10;

/// How many times over: `BELAY_ROUNDS`.
int rounds() {
  const char* wanted = std::getenv("BELAY_ROUNDS");
  return wanted == nullptr ? 5 : std::atoi(wanted);
}

/// Each leaves a trace every time that it runs.
std::vector<MigrationScript> migrations() {
  std::vector<MigrationScript> out = {migration("0001", "runs",
                                                "CREATE TABLE runs (migration TEXT);\n"
                                                "INSERT INTO runs VALUES ('0001');")};
  for (const char* version : {"0002", "0003", "0004", "0005"}) {
    out.push_back(
        migration(version, "more", std::string("INSERT INTO runs VALUES ('") + version + "');"));
  }
  return out;
}

/// All of them at once; returns how many migrations they say they have applied.
/// Every second one has `elsewhere` as its state directory.
int race(const SessionOptions& options, const std::string& elsewhere = {}) {
  StartingGun gun;
  std::vector<Child> runners;
  runners.reserve(kRunners);
  for (int i = 0; i < kRunners; ++i) {
    runners.emplace_back([&] {
      gun.wait_in_child();
      ApplyOptions unguarded;
      unguarded.allow_unguarded = true;
      const std::vector<MigrationScript> all = migrations();
      SessionOptions own = options;
      if (i % 2 == 1) own.state_directory = elsewhere;
      const Result<ApplyReport> report = Session(own).apply(all, unguarded);
      if (!report) std::cerr << report.error().to_string() << "\n";
      constexpr int kFailed = 100;
      return report && !report->failed ? static_cast<int>(report->migrations.size()) : kFailed;
    });
  }
  gun.fire();
  int applied = 0;
  for (Child& runner : runners) applied += runner.wait();
  return applied;
}

constexpr const char* kTraces = "SELECT count(*) || ' of ' || count(DISTINCT migration) FROM runs";

TEST(TenRunners, OnSqliteApplyEachMigrationOnce) {
  for (int round = 0; round < rounds(); ++round) {
    SCOPED_TRACE(round);
    TemporaryDirectory directory;
    const std::string database = directory.file("shop.db");
    make_shop(database, round % 2 == 0 ? "delete" : "wal");
    SessionOptions options = session_options(database);
    options.lock_timeout = std::chrono::milliseconds(60'000);
    ASSERT_EQ(race(options), 5);
    ASSERT_EQ(query_text(database, kTraces), "5 of 5");
    ASSERT_EQ(query_text(database, "SELECT count(*) FROM belay_migrations"), "5");
  }
  std::cout << "  " << rounds() << " rounds of " << kRunners << "\n";
}

/// Half of them on another machine, as far as files can tell.
TEST(TenRunners, OnPostgresApplyEachMigrationOnce) {
  for (int round = 0; round < rounds(); ++round) {
    SCOPED_TRACE(round);
    TemporaryDirectory directory;
    drop_postgres("race");
    run_postgres("postgres", "CREATE DATABASE race");
    SessionOptions options;
    options.database_url = url_text("race");
    options.base_directory = directory.path();
    options.lock_timeout = std::chrono::milliseconds(60'000);
    ASSERT_EQ(race(options, directory.file("elsewhere")), 5);
    ASSERT_EQ(query_postgres("race", kTraces), "5 of 5");
    ASSERT_EQ(query_postgres("race", "SELECT count(*) FROM belay_migrations"), "5");
  }
  std::cout << "  " << rounds() << " rounds of " << kRunners << "\n";
}

}  // namespace
}  // namespace belay::testing
