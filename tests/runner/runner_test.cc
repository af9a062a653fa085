// Programs with C++ migrations: by themselves, and as one that `belay` runs among a project's SQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path kExample = fs::path(BELAY_SOURCE_DIR) / "examples/cpp-migrations";

/// The example's project with its program, which was built from it.
class Runner : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::copy(kExample, folder_.path(), fs::copy_options::recursive);
    use(EXAMPLE_MIGRATIONS);
    options_.folder = folder_.path();
  }
  void use(const fs::path& program) {
    fs::create_directories(folder_.path() / "build");
    const fs::path place = folder_.path() / "build/migrations";
    fs::remove(place);
    fs::create_symlink(program, place);
  }
  Answer belay(const std::vector<std::string>& words) const { return run_belay(words, options_); }
  Answer must(const std::vector<std::string>& words) const {
    Answer answer = belay(words);
    EXPECT_EQ(answer.exit_code, 0) << answer.out << answer.err;
    return answer;
  }
  /// The program itself, as its users call it.
  Answer program(const std::string& words) const {
    const std::string out = (folder_.path() / "out").string();
    const std::string command = "cd '" + folder_.path().string() + "' && build/migrations " +
                                words + " > out 2> err < /dev/null";
    Answer answer;
    const int code = std::system(command.c_str());  // NOLINT(*-mt-unsafe)
    answer.exit_code = WIFEXITED(code) ? WEXITSTATUS(code) : -1;
    answer.out = text("out");
    answer.err = text("err");
    return answer;
  }
  std::string text(const char* name) const { return folder_.text(name); }
  std::string value(const std::string& sql) const {
    sqlite3* db = nullptr;
    sqlite3_open((folder_.path() / "shop.db").c_str(), &db);
    sqlite3_stmt* statement = nullptr;
    std::string out;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != nullptr) {
      out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    } else {
      out = sqlite3_errmsg(db);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return out;
  }

  ScratchFolder folder_;
  RunOptions options_;
};

TEST_F(Runner, BelayRunsItAmongTheScripts) {
  EXPECT_THAT(must({"pending"}).out,
              AllOf(HasSubstr("0001_shop"), HasSubstr("0002_split_name"), HasSubstr("0003_orders"),
                    HasSubstr("0004_round_prices")));
  must({"begin"});
  const Answer applied = must({"apply"});
  EXPECT_THAT(applied.out, HasSubstr("4 migrations were applied"));
  EXPECT_EQ(value("SELECT group_concat(coalesce(family_name, '-')) FROM people"),
            "Lovelace,Hopper,-");
  EXPECT_EQ(value("SELECT group_concat(price) FROM products"), "2.5,1.0");
  EXPECT_EQ(value("SELECT group_concat(version || state, ' ') FROM belay_migrations"),
            "0001done 0002done 0003done 0004done");
  EXPECT_THAT(must({"status"}).out, HasSubstr("0"));
  must({"rollback"});
  EXPECT_FALSE(fs::exists(folder_.path() / "shop.db"));
}

TEST_F(Runner, WhatNobodyHasReadIsSaidToBeUnknown) {
  EXPECT_THAT(must({"plan"}).out,
              AllOf(HasSubstr("0002_split_name    1 statement in one transaction; risk unknown"),
                    HasSubstr("not known: what it does, which is C++"),
                    HasSubstr("down: exact, its author declares it safely reversible"),
                    HasSubstr("down: missing, it only goes forward")));
  EXPECT_THAT(must({"show", "0002"}).out,
              AllOf(HasSubstr("0002_split_name.cc:"), HasSubstr("unknown, unknown")));
  EXPECT_THAT(belay({"show", "0005"}).err, HasSubstr("there is no migration"));
}

#ifdef BELAY_READS_CPP
/// What is told comes from the source; what a guard may leave out, from the program alone.
TEST_F(Runner, WhatStandsInTheSourceIsToldOfTheProgram) {
  std::ofstream(folder_.path() / "compile_flags.txt")
      << "-std=c++20\n-I" BELAY_SOURCE_DIR "/runtime/include\n-I" BELAY_SOURCE_DIR
         "/support/include\n";
  const std::string plan = must({"plan"}).out;
  EXPECT_THAT(plan, AllOf(HasSubstr("read from migrations/0002_split_name.cc:14; the program may "
                                    "have been built from another text"),
                          HasSubstr("on people"), HasSubstr("guard that suffices: database"),
                          Not(HasSubstr("not known: what it does, which is C++"))));
  EXPECT_THAT(must({"show", "0002"}).out,
              AllOf(HasSubstr("0002_split_name.cc:14"), Not(HasSubstr("unknown, unknown"))));
}
#endif

/// A project without a single SQL migration.
TEST_F(Runner, AllMigrationsMayBeInCpp) {
  for (const char* name : {"0001_shop", "0003_orders"}) {
    fs::remove(folder_.path() / "migrations" / (std::string(name) + ".up.sql"));
    fs::remove(folder_.path() / "migrations" / (std::string(name) + ".down.sql"));
  }
  use(ODD_MIGRATIONS);
  EXPECT_THAT(must({"plan"}).out, HasSubstr("0009_odd"));
  EXPECT_THAT(must({"show", "0009"}).out, HasSubstr("0009_odd is pending"));
  must({"begin"});
  must({"apply"});
  EXPECT_THAT(must({"status"}).out, HasSubstr("0009_odd"));
  must({"rollback"});
}

TEST_F(Runner, ItsDownsAreRunToo) {
  must({"begin"});
  must({"apply", "--to", "0003"});
  must({"down", "--to", "0001"});
  EXPECT_THAT(value("SELECT family_name FROM people"), HasSubstr("no such column"));
  must({"apply"});
  EXPECT_THAT(belay({"down"}).err, HasSubstr("0004_round_prices")) << "it has none";
}

TEST_F(Runner, WhatItThrowsIsAFailedMigration) {
  use(ODD_MIGRATIONS);
  options_.environment["ODD"] = "throw";
  must({"begin"});
  const Answer answer = belay({"apply"});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("it does not want to"), HasSubstr("ask it nicely"),
                                HasSubstr("odd_migrations.cc")));
  EXPECT_THAT(value("SELECT * FROM odd"), HasSubstr("no such table"));
}

TEST_F(Runner, ItsDeathIsAFailedMigration) {
  use(ODD_MIGRATIONS);
  must({"begin"});
  for (const char* how : {"abort", "kill", "exit", "close"}) {
    options_.environment["ODD"] = how;
    const Answer answer = belay({"apply"});
    EXPECT_EQ(answer.exit_code, 1) << how;
    EXPECT_THAT(answer.out, HasSubstr("0009_odd")) << how << answer.err;
    EXPECT_THAT(value("SELECT * FROM odd"), HasSubstr("no such table")) << how;
  }
  EXPECT_THAT(belay({"apply"}).out, HasSubstr("has ended")) << "its input is closed";
  options_.environment["ODD"] = "kill";
  EXPECT_THAT(belay({"apply"}).out, HasSubstr("was ended by signal 9"));
  options_.environment.clear();
  must({"apply"});
  EXPECT_EQ(value("SELECT count(*) FROM odd"), "5") << "values of all kinds went there and back";
}

TEST_F(Runner, WhatItPrintsIsSeenAndDisturbsNothing) {
  use(ODD_MIGRATIONS);
  must({"begin"});
  const Answer answer = must({"apply", "--format", "json"});
  EXPECT_THAT(answer.err, HasSubstr("this is no answer"));
  EXPECT_THAT(answer.out, Not(HasSubstr("this is no answer")));
}

TEST_F(Runner, AProgramThatIsNoneIsAClearError) {
  use("/bin/cat");
  EXPECT_THAT(belay({"pending"}).err, HasSubstr("migrations ended with 1"));
  use("/bin/true");
  EXPECT_THAT(belay({"pending"}).err, HasSubstr("has ended"));
  fs::remove(folder_.path() / "build/migrations");
  EXPECT_THAT(belay({"pending"}).err, HasSubstr("build it first"));
  EXPECT_EQ(belay({"apply"}).exit_code, 1);
  EXPECT_FALSE(fs::exists(folder_.path() / "shop.db"));
}

TEST_F(Runner, LintStartsNoProgram) {
  folder_.write("build/program", "#!/bin/sh\ntouch started\n");
  fs::permissions(folder_.path() / "build/program", fs::perms::owner_all);
  use(folder_.path() / "build/program");
  belay({"lint"});
  EXPECT_FALSE(fs::exists(folder_.path() / "started"));
  belay({"pending"});
  EXPECT_TRUE(fs::exists(folder_.path() / "started"));
}

TEST_F(Runner, ByItselfItHasTheCommandsOfASession) {
  EXPECT_THAT(program("--help").out, AllOf(HasSubstr("apply"), HasSubstr("--database URL")));
  EXPECT_THAT(program("list").out, HasSubstr("0002_split_name"));
  EXPECT_THAT(program("status").err, HasSubstr("pass --database URL, or set DATABASE_URL"));
  run_belay({"apply", "--to", "0001", "--without-snapshot", "--yes"}, options_);
  const std::string on = " --database sqlite:shop.db";
  EXPECT_THAT(program("pending" + on).out, HasSubstr("0002_split_name"));
  EXPECT_EQ(program("begin" + on).exit_code, 0);
  const Answer applied = program("apply" + on);
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
  EXPECT_EQ(value("SELECT count(*) FROM people WHERE family_name IS NOT NULL"), "2");
  EXPECT_THAT(program("down --steps 1" + on).err, HasSubstr("0004_round_prices"));
  EXPECT_EQ(program("rollback" + on).exit_code, 0);
  EXPECT_THAT(value("SELECT family_name FROM people"), HasSubstr("no such column"));
  EXPECT_EQ(program("nonsense").exit_code, 2);
  EXPECT_EQ(program("apply --nonsense" + on).exit_code, 2);
  EXPECT_EQ(program("show" + on).exit_code, 2);
  EXPECT_THAT(program("show 0002" + on).out, HasSubstr("0002_split_name is pending"));
}

}  // namespace
}  // namespace belay::cli
