// `belay verify` as scripts and terminals see it: exit codes, formats, which migrations, which
// server, and that nothing of it stays.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include <belay/connection.h>

#include "tests/cli/run_belay.h"
#include "workbench/verify/postgres_binaries.h"
#include "workbench/verify/postgres_server.h"

namespace belay::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(nlohmann::json::parse(line));
  return out;
}

/// Three migrations: the second one's down forgets an index, the third one's loses values.
class VerifyCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    write("0001_people.up.sql", "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n");
    write("0001_people.down.sql", "DROP TABLE people;\n");
    write("0002_mail.up.sql",
          "ALTER TABLE people ADD COLUMN mail TEXT;\n"
          "CREATE INDEX people_name ON people (name);\n");
    write("0002_mail.down.sql", "ALTER TABLE people DROP COLUMN mail;\n");
    write("0003_no_name.up.sql", "DROP INDEX people_name;\nALTER TABLE people DROP COLUMN name;\n");
    write("0003_no_name.down.sql",
          "ALTER TABLE people ADD COLUMN name TEXT;\nCREATE INDEX people_name ON people (name);\n");
  }
  void write(const std::string& name, const std::string& text) const {
    folder_.write("migrations/" + name, text);
  }
  void dialect(const std::string& name) const {
    folder_.write("belay.toml", "dialect = \"" + name + "\"\n");
  }
  Answer verify(std::vector<std::string> arguments, RunOptions options = {}) const {
    arguments.insert(arguments.begin(), "verify");
    options.folder = folder_.path();
    return run_belay(arguments, options);
  }
  static std::vector<std::string> verdicts(const Answer& answer) {
    std::vector<std::string> out;
    for (const nlohmann::json& m : json_lines(answer.out)) {
      out.push_back(m["id"].get<std::string>() + " " + m["verdict"].get<std::string>());
    }
    return out;
  }

  ScratchFolder folder_;
};

TEST_F(VerifyCommandTest, TellsPeopleWhatHappened) {
  dialect("sqlite");
  const Answer answer = verify({});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(answer.out,
            "ok    0001_people  restored\n"
            "FAIL  0002_mail  differs\n"
            "    extra index people_name\n"
            "    the second up fails at migrations/0002_mail.up.sql:2:1: index people_name already "
            "exists (SQLITE_ERROR)\n"
            "    up   migrations/0002_mail.up.sql\n"
            "    down migrations/0002_mail.down.sql\n"
            "FAIL  0003_no_name  restored-but-order\n"
            "    changed table people\n"
            "      column order: `id, name, mail` before the up, `id, mail, name` after the down\n"
            "    lost: people.name, 2 values\n"
            "    up   migrations/0003_no_name.up.sql\n"
            "    down migrations/0003_no_name.down.sql\n"
            "3 migrations executed: 1 differs, 1 restored, 1 restored-but-order\n");
}

TEST_F(VerifyCommandTest, TellsMachinesTheSame) {
  dialect("sqlite");
  const Answer answer = verify({"--format", "json", "0003_no_name"});
  EXPECT_EQ(answer.exit_code, 1);
  const std::vector<nlohmann::json> lines = json_lines(answer.out);
  ASSERT_EQ(lines.size(), 1U);
  const nlohmann::json& m = lines[0];
  EXPECT_EQ(m["id"], "0003_no_name");
  EXPECT_EQ(m["up_path"], "migrations/0003_no_name.up.sql");
  EXPECT_EQ(m["down_path"], "migrations/0003_no_name.down.sql");
  EXPECT_EQ(m["verdict"], "restored-but-order");
  EXPECT_EQ(m["data_lost"],
            nlohmann::json::parse(R"([{"table":"people","column":"name","rows":2}])"));
  EXPECT_EQ(m["differences"][0]["attributes"][0]["name"], "column order");
  EXPECT_EQ(m["down"]["ok"], true);
  EXPECT_EQ(m["reup"]["ok"], true);
  EXPECT_EQ(m["static"]["verdict"], "restored-but-order");
  EXPECT_EQ(m["static"]["disagrees"], false);
  EXPECT_TRUE(m["static"]["reproducer"].is_null());
  EXPECT_THAT(m["engine"], HasSubstr("SQLite 3."));
  EXPECT_GE(m["seconds"].get<double>(), 0);
}

TEST_F(VerifyCommandTest, TakesIdsVersionsFilesAndFolders) {
  dialect("sqlite");
  const std::vector<std::string> first = {"0001_people restored"};
  for (const char* name : {"0001_people", "0001", "migrations/0001_people.up.sql",
                           "migrations/0001_people.down.sql"}) {
    const Answer answer = verify({"--format", "json", name});
    EXPECT_EQ(verdicts(answer), first) << name;
    EXPECT_EQ(answer.exit_code, 0) << name;
  }
  EXPECT_THAT(verdicts(verify({"--format", "json", "migrations", "0001", "0003"})),
              ElementsAre("0001_people restored", "0003_no_name restored-but-order"));
}

TEST_F(VerifyCommandTest, WithoutRowsNoLossShows) {
  dialect("sqlite");
  EXPECT_THAT(verdicts(verify({"--format", "json", "--rows", "0", "0003"})),
              ElementsAre("0003_no_name restored-but-order"));
}

TEST_F(VerifyCommandTest, AMissingDownIsSaidAndAnUpThatFailsIsPassedOver) {
  dialect("sqlite");
  write("0004_broken.up.sql", "CREATE TABLE people (id INT);\n");
  write("0005_more.up.sql", "CREATE TABLE more (id INT);\n");
  const Answer answer = verify({"--format", "json", "0004", "0005"});
  EXPECT_THAT(verdicts(answer), ElementsAre("0004_broken up-failed", "0005_more no-down"));
  EXPECT_EQ(json_lines(answer.out)[1]["failed_before"], 1);
  EXPECT_EQ(answer.exit_code, 1);
}

TEST_F(VerifyCommandTest, RunsFirstWhatTheApplicationMakes) {
  dialect("sqlite");
  folder_.write("app.sql", "CREATE TABLE settings (name TEXT);\n");
  write("0004_settings.up.sql", "ALTER TABLE settings ADD COLUMN value TEXT;\n");
  write("0004_settings.down.sql", "ALTER TABLE settings DROP COLUMN value;\n");
  EXPECT_THAT(verdicts(verify({"--format", "json", "0004"})),
              ElementsAre("0004_settings up-failed"));
  EXPECT_THAT(verdicts(verify({"--format", "json", "--setup", "app.sql", "0004"})),
              ElementsAre("0004_settings restored"));
}

TEST_F(VerifyCommandTest, WrongUseIsSaid) {
  dialect("sqlite");
  Answer answer = verify({"0009"});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("there is no migration `0009`"));
  answer = verify({"--rows", "many"});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("`many` is no number of rows"));
  answer = verify({"--setup", "missing.sql"});
  EXPECT_EQ(answer.exit_code, 2);
  answer = verify({"--reproducer", "missing"});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("there is no folder missing"));
  dialect("mysql");
  answer = verify({});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("migrations is for MySQL, which is not executed yet"));
}

TEST_F(VerifyCommandTest, ADisagreementIsReportedWithAFileThatShowsIt) {
  dialect("sqlite");
  write("0001_people.down.sql", "SELECT abs(-9223372036854775808);\nDROP TABLE people;\n");
  const ScratchFolder temporary;
  RunOptions options;
  options.environment["TMPDIR"] = temporary.path().string();
  Answer answer = verify({"0001"}, options);
  EXPECT_EQ(answer.exit_code, 1);
  const std::string file = (temporary.path() / "belay-disagreement-0001_people-").string();
  EXPECT_THAT(answer.out,
              HasSubstr("a bug of Belay's, please report it\n    with this, please: " + file));
  const ScratchFolder named;
  answer = verify({"0001", "--format", "json", "--reproducer", named.path().string()});
  const std::string path = json_lines(answer.out)[0]["static"]["reproducer"];
  EXPECT_EQ(fs::path(path).parent_path(), named.path());
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(VerifyCommandTest, ADatabaseOfTheProjectIsNotTouched) {
  folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
  EXPECT_EQ(verify({}).exit_code, 1);
  EXPECT_FALSE(fs::exists(folder_.path() / "app.db"));
  EXPECT_FALSE(fs::exists(folder_.path() / "app.db.belay"));
}

class VerifyOnPostgresTest : public VerifyCommandTest {
 protected:
  void SetUp() override {
    const Result<std::string> found = workbench::find_postgres("", 0);
    if (!found) GTEST_SKIP() << found.error().message;
    bin_ = *found;
    VerifyCommandTest::SetUp();
    dialect("postgresql");
  }
  /// Belay's servers put their directories there.
  RunOptions in(const ScratchFolder& temporary) const {
    fs::permissions(temporary.path(), fs::perms::all);
    RunOptions options;
    options.environment["TMPDIR"] = temporary.path().string();
    return options;
  }
  static bool empties(const fs::path& folder) {
    for (int i = 0; i < 300 && !fs::is_empty(folder); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return fs::is_empty(folder);
  }

  std::string bin_;
};

TEST_F(VerifyOnPostgresTest, StartsAServerAndRemovesIt) {
  const ScratchFolder temporary;
  const Answer answer = verify({"--format", "json"}, in(temporary));
  EXPECT_EQ(answer.err, "");
  EXPECT_THAT(verdicts(answer), ElementsAre("0001_people restored", "0002_mail differs",
                                            "0003_no_name restored-but-order"));
  EXPECT_THAT(json_lines(answer.out)[0]["engine"], HasSubstr("PostgreSQL "));
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_TRUE(fs::is_empty(temporary.path()));
}

TEST_F(VerifyOnPostgresTest, TakesTheProgramsThatAreNamed) {
  EXPECT_EQ(verify({"--pg-bin", bin_, "0001"}).exit_code, 0);
  const Answer answer = verify({"--pg-bin", "/nowhere", "0001"});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("there is no initdb and postgres in /nowhere"));
}

TEST_F(VerifyOnPostgresTest, UsesTheServerThatIsNamedAndLeavesNothingThere) {
  const std::unique_ptr<workbench::PostgresServer> server =
      *workbench::PostgresServer::start(bin_, {});
  const std::string url =
      "postgresql://belay:hidden@localhost/postgres?host=" + server->directory();
  const Answer answer = verify({"--format", "json", "--database", url, "0001"});
  EXPECT_EQ(answer.err, "");
  EXPECT_THAT(verdicts(answer), ElementsAre("0001_people restored"));
  const auto connection = *runtime::connect(server->url("postgres"), {});
  EXPECT_EQ(
      connection->query("SELECT count(*) FROM pg_database WHERE datname LIKE 'belay%'")->number(),
      0);
}

TEST_F(VerifyOnPostgresTest, AServerThatIsNotThereIsSaidWithoutThePassword) {
  const Answer answer =
      verify({"--database", "postgresql://me:secret@localhost:1/x?connect_timeout=2"});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.err, HasSubstr("me:***@localhost"));
  EXPECT_THAT(answer.err, Not(HasSubstr("secret")));
}

/// Starts `belay verify` on a migration that takes long, ends it by a signal, and waits.
int end_by(int signal, const fs::path& folder, const fs::path& temporary) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    ::setenv("TMPDIR", temporary.c_str(), 1);
    ::execl(BELAY_PROGRAM, "belay", "verify", "0004", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  const auto running = [&] {
    for (const auto& entry : fs::directory_iterator(temporary)) {
      if (fs::exists(entry.path() / ".s.PGSQL.5432")) return true;
    }
    return false;
  };
  for (int i = 0; i < 600 && !running(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ::kill(child, signal);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_F(VerifyOnPostgresTest, NothingStaysWhenItIsEndedInTheMiddle) {
  write("0004_slow.up.sql", "SELECT pg_sleep(300);\n");
  write("0004_slow.down.sql", "SELECT 1;\n");
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    const ScratchFolder temporary;
    fs::permissions(temporary.path(), fs::perms::all);
    const int status = end_by(signal, folder_.path(), temporary.path());
    if (signal != SIGKILL) {
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
    }
    EXPECT_TRUE(empties(temporary.path())) << signal;
  }
}

}  // namespace
}  // namespace belay::cli
