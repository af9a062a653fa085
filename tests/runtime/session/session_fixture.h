#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <belay/session.h>

#include "tests/runtime/test_database.h"

namespace belay::testing {

/// A shop in a directory of its own, and the sessions on it. Commands that must succeed are called
/// by the names with `must_`; they fail the test otherwise.
class SessionFixture : public ::testing::Test {
 protected:
  using Migrations = std::vector<runtime::MigrationScript>;

  runtime::Session session() const { return runtime::Session(options_); }

  void must_begin() { expect(session().begin()); }
  runtime::ApplyReport must_apply(const Migrations& migrations) {
    return expect(session().apply(migrations, apply_options_));
  }
  /// All of them applied.
  runtime::ApplyReport must_succeed(const Migrations& migrations) {
    runtime::ApplyReport report = must_apply(migrations);
    EXPECT_FALSE(report.failed) << report.headline;
    return report;
  }
  runtime::CommitReport must_commit() { return expect(session().commit()); }
  runtime::RollbackReport must_roll_back() { return expect(session().rollback()); }
  runtime::StatusReport status(const Migrations& migrations = {}) {
    return expect(session().status(migrations));
  }

  template <class T>
  static T expect(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return result ? *std::move(result) : T{};
  }
  /// The error of a command that must be refused.
  template <class T>
  static Error refused(const Result<T>& result) {
    EXPECT_FALSE(result.ok()) << "it was not refused";
    return result ? Error{} : result.error();
  }

  TemporaryDirectory directory_;
  std::string database_ = directory_.file("shop.db");
  std::string state_ = database_ + ".belay";
  runtime::SessionOptions options_ = session_options(database_);
  runtime::ApplyOptions apply_options_;
};

/// The same in both of SQLite's kinds of journal.
class ShopSession : public SessionFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    make_shop(database_, GetParam());
    before_ = dump(database_);
  }

  std::string before_;
};

/// What a parameter is called in a test's name.
inline std::string journal_name(const ::testing::TestParamInfo<const char*>& info) {
  return info.param;
}

}  // namespace belay::testing
