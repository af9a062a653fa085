// The server that Belay starts: private, never root's, and gone afterwards whatever happens.
#include "workbench/verify/postgres_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <belay/connection.h>

#include "tests/workbench/verify/round_trips.h"
#include "workbench/verify/postgres_binaries.h"

namespace belay::workbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PostgresServerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const Result<std::string> found = postgres_programs(GetParam());
    if (!found) GTEST_SKIP() << found.error().message;
    bin_ = *found;
  }
  static bool goes_away(const std::string& directory) {
    for (int i = 0; i < 300; ++i) {
      if (!fs::exists(directory)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }

  std::string bin_;
};

TEST_P(PostgresServerTest, IsPrivateAndGoesWithItsObject) {
  Result<std::unique_ptr<PostgresServer>> server = PostgresServer::start(bin_, {});
  ASSERT_TRUE(server.ok()) << server.error().to_string();
  const std::string directory = (*server)->directory();
  struct stat info {};
  ASSERT_EQ(::stat(directory.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat((directory + "/data").c_str(), &info), 0);
  EXPECT_NE(info.st_uid, 0U);
  {
    Result<std::unique_ptr<runtime::Connection>> connection =
        runtime::connect((*server)->url("postgres"), {});
    ASSERT_TRUE(connection.ok()) << connection.error().to_string();
    EXPECT_EQ((*connection)->query("SHOW listen_addresses")->text(), "");
    EXPECT_EQ((*connection)->query("SHOW fsync")->text(), "off");
  }
  server->reset();
  EXPECT_FALSE(fs::exists(directory));
}

TEST_P(PostgresServerTest, GoesWhenItsProcessIsKilled) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Result<std::unique_ptr<PostgresServer>> server = PostgresServer::start(bin_, {});
    const std::string directory = server ? (*server)->directory() : std::string();
    if (::write(ends[1], directory.data(), directory.size()) < 0) ::_exit(1);
    ::close(ends[1]);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  char buffer[256];
  const ssize_t size = ::read(ends[0], buffer, sizeof buffer);
  ::close(ends[0]);
  ASSERT_GT(size, 0);
  const std::string directory(buffer, static_cast<size_t>(size));
  EXPECT_TRUE(fs::exists(directory + "/data/postmaster.pid"));
  long postmaster = 0;
  std::ifstream(directory + "/data/postmaster.pid") >> postmaster;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(goes_away(directory)) << directory;
  EXPECT_NE(::kill(static_cast<pid_t>(postmaster), 0), 0);
}

TEST_P(PostgresServerTest, CancellingWhileItStartsLeavesNothing) {
  const runtime::CancellationToken token;
  token.cancel();
  const Result<std::unique_ptr<PostgresServer>> server = PostgresServer::start(bin_, token);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().message, "cancelled");
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresServerTest, ::testing::ValuesIn(kPostgresServers),
                         server_name);

TEST(PostgresBinariesTest, SayWhatIsMissing) {
  const Result<std::string> found = find_postgres("/nowhere", 0);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "there is no initdb and postgres in /nowhere");
  EXPECT_EQ(found.error().where, "--pg-bin");
}

TEST(PostgresBinariesTest, ProgramsThatFailAreQuoted) {
  const fs::path folder = fs::temp_directory_path() / ("belay-bin-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  for (const char* name : {"initdb", "postgres"}) {
    std::ofstream(folder / name) << "#!/bin/sh\necho no space for $0 >&2\nexit 1\n";
    fs::permissions(folder / name, fs::perms::all);
  }
  const Result<std::unique_ptr<PostgresServer>> server = PostgresServer::start(folder.string(), {});
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error().message, HasSubstr("no space for"));
  EXPECT_FALSE(fs::exists(server.error().where));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace belay::workbench
