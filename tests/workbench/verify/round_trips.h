#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "workbench/verify/engine.h"
#include "workbench/verify/round_trip.h"

namespace belay::workbench {

/// The servers that tests run on: what this machine has, and the newer one that scripts/test.sh
/// puts under build/deps.
inline constexpr const char* kPostgresServers[] = {"installed", "postgresql_18"};

/// The directory of a server's programs. Errors: it is not here.
Result<std::string> postgres_programs(const std::string& server);

/// An engine on that server for all tests of this process; nullptr where it does not start, which
/// is a test's failure.
ScratchEngine* shared_postgres(const std::string& server);

/// A test that runs on each server, and says so where one is not here.
class OnPostgres : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const Result<std::string> programs = postgres_programs(GetParam());
    if (!programs) GTEST_SKIP() << programs.error().message;
    ASSERT_NE(shared_postgres(GetParam()), nullptr);
  }
  static ScratchEngine& engine() { return *shared_postgres(GetParam()); }
  static bool is_18() { return engine().version().starts_with("PostgreSQL 18"); }
};

inline std::string server_name(const ::testing::TestParamInfo<const char*>& info) {
  return info.param;
}

/// Up, down and up again on a database that `before` has made. A failure is a test's failure.
RoundTrip round_trip(ScratchEngine& engine, const std::string& before, const std::string& up,
                     const std::string& down, uint32_t rows = 0);

/// One line for each difference: `changed column t.a: type int -> text`.
std::vector<std::string> lines_of(const std::vector<Difference>& differences);
/// `t.a: 3`, `t: 2`.
std::vector<std::string> lines_of(const std::vector<DataLoss>& losses);

/// What a catalog holds after some statements.
Catalog catalog_after(ScratchEngine& engine, const std::string& sql);

}  // namespace belay::workbench
