// Whole histories through `verify`: what stands beside the verdicts, and how it is stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/overlay_file_system.h"
#include "workbench/verify/verify.h"

namespace belay::workbench {
namespace {

using rollback::Verdict;
using ::testing::ElementsAre;

class VerifyProjectTest : public ::testing::Test {
 protected:
  VerifyProjectTest() {
    files_.put(kFolder + "1_people.up.sql", "CREATE TABLE people (id INTEGER PRIMARY KEY);\n");
    files_.put(kFolder + "1_people.down.sql", "DROP TABLE people;\n");
    files_.put(kFolder + "2_index.up.sql", "CREATE INDEX people_id ON people (id);\n");
    files_.put(kFolder + "2_index.down.sql", "SELECT 1;\n");
    // A file brings the whole of its history.
    request_.targets = {kFolder + "1_people.up.sql", kFolder + "2_index.up.sql"};
    request_.load.overrides.engine = Engine::kSqlite;
  }

  static inline const std::string kFolder = "/nowhere/migrations/";
  const DiskFileSystem disk_;
  OverlayFileSystem files_{disk_};
  VerifyRequest request_;
};

TEST_F(VerifyProjectTest, TheAnalysisStandsBesideWhatHappened) {
  std::vector<std::string> told;
  request_.on_migration = [&](const VerifiedMigration& m) { told.push_back(m.id); };
  const Result<VerifyResult> result = verify(files_, request_);
  ASSERT_TRUE(result.ok()) << result.error().to_string();
  ASSERT_EQ(result->migrations.size(), 2U);
  EXPECT_EQ(result->migrations[0].expected.verdict, Verdict::kRestored);
  EXPECT_EQ(result->migrations[1].trip.verdict, Verdict::kDiffers);
  EXPECT_EQ(result->migrations[1].expected.verdict, Verdict::kDiffers);
  EXPECT_FALSE(result->migrations[1].disagrees());
  EXPECT_THAT(told, ElementsAre("1_people", "2_index"));
}

TEST_F(VerifyProjectTest, OnlyWhatTheAnalysisClaimsCanDisagree) {
  VerifiedMigration migration;
  migration.trip.verdict = Verdict::kDiffers;
  migration.expected.verdict = Verdict::kRestored;
  EXPECT_TRUE(migration.disagrees());
  migration.expected.verdict = Verdict::kUnknown;
  EXPECT_FALSE(migration.disagrees());
  migration.trip.verdict = Verdict::kRestored;
  migration.expected.verdict = Verdict::kRestoredDataLost;
  EXPECT_FALSE(migration.disagrees());
}

TEST_F(VerifyProjectTest, WhatTheAnalysisDoesNotClaimIsNoDisagreement) {
  VerifiedMigration migration;
  migration.expected.verdict = Verdict::kRestored;
  migration.trip.verdict = Verdict::kDownFailed;
  migration.trip.down.emplace();
  migration.trip.down->error.emplace();
  migration.trip.down->error->code_name = "42P01";
  EXPECT_TRUE(migration.disagrees());
  // It does not look at values,
  migration.trip.down->error->code_name = "23502";
  EXPECT_FALSE(migration.disagrees());
  migration.trip.down->error->code_name = "SQLITE_MISMATCH";
  EXPECT_FALSE(migration.disagrees());
  // says itself that the down may stop,
  migration.trip.down->error->code_name = "42P01";
  migration.expected.down_may_stop = true;
  EXPECT_FALSE(migration.disagrees());
  // and takes every up before for one that has run.
  migration.expected.down_may_stop = false;
  migration.failed_before = 1;
  EXPECT_FALSE(migration.disagrees());
}

TEST_F(VerifyProjectTest, IsCancelledBetweenMigrations) {
  request_.on_migration = [&](const VerifiedMigration&) { request_.cancellation.cancel(); };
  const Result<VerifyResult> result = verify(files_, request_);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "cancelled");
}

TEST_F(VerifyProjectTest, TellsHowFarItIs) {
  std::vector<std::string> seen;
  request_.progress = [&](const runtime::Progress& p) {
    seen.push_back(p.subject + " " + std::to_string(p.done) + "/" + std::to_string(p.total));
  };
  request_.targets = {kFolder + "2_index.up.sql"};
  ASSERT_TRUE(verify(files_, request_).ok());
  EXPECT_THAT(seen, ElementsAre("1_people 0/2", "2_index 1/2"));
}

}  // namespace
}  // namespace belay::workbench
