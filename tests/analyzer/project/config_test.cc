#include "analyzer/project/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "analyzer/project/config_schema.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/support/annotated.h"

namespace belay::project {
namespace {

using belay::testing::Annotated;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

const std::vector<KnownRule> kRules = {
    {"add-column-with-default", {}},
    {"lock-timeout-missing", {"max_seconds", "tables"}},
};

ConfigReading read(std::string_view text) { return read_config(text, "/p/belay.toml", kRules); }

/// Expects one problem, at the place that the source marks.
void expect_problem(std::string_view annotated_source, std::string_view message,
                    ConfigProblem::Severity severity = ConfigProblem::Severity::kError) {
  const Annotated source(annotated_source);
  const ConfigReading reading = read(source.text);
  ASSERT_EQ(reading.problems.size(), 1u) << annotated_source;
  ASSERT_EQ(source.ranges.size(), 1u) << "the source marks one place";
  EXPECT_EQ(reading.problems[0].range, source.ranges[0])
      << "at `" << reading.problems[0].range.of(source.text) << "` in " << annotated_source;
  EXPECT_EQ(reading.problems[0].message, message);
  EXPECT_EQ(reading.problems[0].severity, severity);
}

TEST(Config, ReadsEveryKey) {
  const ConfigReading reading = read(R"toml(
dialect = "postgres"
version = "15.4"
migrations = ["db/migrations", "other"]
exclude = "**/draft_*"
layout = "golang-migrate"
transaction = "simple-query"
lock_timeout_set_by_runner = true
default_environment = "staging"

[database]
url = "postgresql://shop@localhost/shop"

[environments.staging]
url = "postgresql://shop:${DB_PASSWORD}@staging/shop"

[environments."the real one"]
url = "${PRODUCTION_URL}"

[runtime]
rollback_window = "7d"

[rules]
add-column-with-default = "off"
lock-timeout-missing = { severity = "warning", max_seconds = 5, tables = ["a", "b"] }
)toml");
  for (const ConfigProblem& problem : reading.problems) ADD_FAILURE() << problem.message;
  const Config& config = reading.config;
  EXPECT_EQ(config.path, "/p/belay.toml");
  EXPECT_EQ(config.engine, Engine::kPostgres);
  EXPECT_EQ(config.version, (EngineVersion{15, 4, 0}));
  EXPECT_THAT(config.migrations, ElementsAre("db/migrations", "other"));
  EXPECT_THAT(config.exclude, ElementsAre("**/draft_*"));
  EXPECT_EQ(config.layout, Layout::kGolangMigrate);
  EXPECT_EQ(config.transaction, TransactionHabit::kSimpleQuery);
  EXPECT_TRUE(config.lock_timeout_set_by_runner);
  EXPECT_EQ(config.url, "postgresql://shop@localhost/shop");
  EXPECT_EQ(config.default_environment, "staging");
  ASSERT_EQ(config.environments.size(), 2u);
  EXPECT_EQ(config.environments[0].name, "staging");
  EXPECT_EQ(config.environments[1].name, "the real one");
  EXPECT_EQ(config.environments[1].url, "${PRODUCTION_URL}") << "nothing is replaced by reading";
  EXPECT_EQ(config.rollback_window, std::chrono::hours(7 * 24));
  EXPECT_EQ(config.rules.at("add-column-with-default").severity, "off");
  const RuleSetting& rule = config.rules.at("lock-timeout-missing");
  EXPECT_EQ(rule.severity, "warning");
  EXPECT_EQ(rule.options.at("max_seconds"), OptionValue(int64_t{5}));
  EXPECT_EQ(rule.options.at("tables"), OptionValue(std::vector<std::string>{"a", "b"}));
}

TEST(Config, EveryKeyOfTheTableIsReadFromItsPlace) {
  // A key that the table documents and the reader forgets would be told as unknown here.
  for (const ConfigKey& key : config_keys()) {
    if (key.type == ConfigType::kTable || key.name == "*") continue;
    std::string text;
    if (key.table == "environments.*") {
      text = "[environments.a]\n";
    } else if (!key.table.empty()) {
      text = "[" + std::string(key.table) + "]\n";
    }
    text += std::string(key.name) + " = 1979-05-27\n";
    const ConfigReading reading = read(text);
    EXPECT_THAT(reading.problems,
                Contains(Field(&ConfigProblem::message, HasSubstr("not a date or time"))))
        << text;
  }
}

TEST(Config, AnEmptyFileIsFine) {
  const ConfigReading reading = read("");
  EXPECT_TRUE(reading.problems.empty());
  EXPECT_FALSE(reading.config.engine);
  EXPECT_FALSE(reading.config.lock_timeout_set_by_runner);
}

TEST(Config, SpansOfTimeHaveAUnit) {
  const auto window = [](const std::string& value) {
    const ConfigReading reading = read("[runtime]\nrollback_window = \"" + value + "\"\n");
    EXPECT_TRUE(reading.problems.empty()) << value;
    return reading.config.rollback_window;
  };
  EXPECT_EQ(read("").config.rollback_window, std::chrono::hours(24));
  EXPECT_EQ(window("90s"), std::chrono::seconds(90));
  EXPECT_EQ(window("30m"), std::chrono::minutes(30));
  EXPECT_EQ(window("0h"), std::chrono::seconds(0));
  EXPECT_EQ(window("off"), std::nullopt);
  for (const char* value : {"24", "h", "-1h", "1.5h", "24 h", "9999999999999999d", ""}) {
    expect_problem("[runtime]\nrollback_window = [[\"" + std::string(value) + "\"]]\n",
                   "this is no span of time; write a whole number and its unit, as in `\"90s\"`, "
                   "`\"30m\"`, `\"24h\"` or `\"7d\"`, or `\"off\"`");
  }
}

TEST(Config, GuessesWhatAnUnknownKeyMeant) {
  expect_problem("[[dialct]] = \"sqlite\"\n", "unknown key `dialct`; did you mean `dialect`?");
  expect_problem("# für später\r\n[[migration]] = \"db\"\r\n",
                 "unknown key `migration`; did you mean `migrations`?");
  expect_problem("[[lock-timeout-set-by-runner]] = true\n",
                 "unknown key `lock-timeout-set-by-runner`; did you mean "
                 "`lock_timeout_set_by_runner`?");
  expect_problem("[[colour]] = \"red\"\n", "unknown key `colour`");
  expect_problem("[database]\n[[ulr]] = \"x\"\n", "unknown key `ulr`; did you mean `url`?");
}

TEST(Config, SaysWhereAKeyBelongsThatStandsInTheWrongTable) {
  expect_problem("[[url]] = \"sqlite:x.db\"\n",
                 "unknown key `url`; it belongs in `[database]` or `[environments.NAME]`");
  expect_problem("[database]\n[[dialect]] = \"sqlite\"\n",
                 "unknown key `dialect`; it belongs in the top of the file");
}

TEST(Config, TellsAValueOutOfItsSet) {
  expect_problem("dialect = [[\"postgrsql\"]]\n",
                 "unknown dialect `postgrsql`; did you mean `postgresql`?");
  expect_problem("dialect = [[\"oracle\"]]\n",
                 "unknown dialect `oracle`; it is one of `postgresql`, `sqlite`, `mysql` or "
                 "`mariadb`");
  expect_problem("transaction = [[\"per_scrpt\"]]\n",
                 "unknown transaction `per_scrpt`; did you mean `per-script`?");
  expect_problem("layout = [['gose']]\n", "unknown layout `gose`; did you mean `goose`?");
}

TEST(Config, TellsWhatIsWrongInAList) {
  expect_problem("[cpp]\npresets = [\"qt\", [[\"sqlit3\"]]]\n",
                 "unknown preset `sqlit3`; did you mean `sqlite3`?");
  expect_problem("[cpp]\npresets = [[\"odbc\"]]\n",
                 "unknown preset `odbc`; it is one of `belay`, `sqlite3`, `libpq`, `libpqxx`, "
                 "`soci`, `qt`, `sqlitecpp`, `sqlite_orm`, `drogon` or `userver`");
  expect_problem("[cpp]\nfunctions = [[\"run(sql)\"]]\n",
                 "this is no function of C++; write its name with its namespaces, and which "
                 "argument is the SQL where it is not the first, as in `\"shop::run\"` and "
                 "`\"shop::run:1\"`");
  expect_problem("[cpp]\nbases = [[\"shop::Migration<int>\"]]\n",
                 "this is no name of C++; write it with its namespaces, as in "
                 "`\"shop::Migration\"`");
}

TEST(Config, WhatIsRightInAListStaysBesideWhatIsNot) {
  const Config config =
      read_config(
          "[cpp]\npresets = [\"qt\", \"odbc\"]\nfunctions = [\"shop::run:1\", "
          "\"shop::Log::operator<<\"]\nbases = \"shop::Migration\"\nup = [\"apply\"]\n"
          "down = \"revert\"\n",
          "belay.toml", {})
          .config;
  EXPECT_EQ(config.cpp_presets, std::vector<std::string>{"qt"});
  EXPECT_EQ(config.cpp_functions,
            (std::vector<std::string>{"shop::run:1", "shop::Log::operator<<"}));
  EXPECT_EQ(config.cpp_bases, std::vector<std::string>{"shop::Migration"});
  EXPECT_EQ(config.cpp_up, std::vector<std::string>{"apply"});
  EXPECT_EQ(config.cpp_down, std::vector<std::string>{"revert"});
}

TEST(Config, TellsAWrongType) {
  expect_problem("lock_timeout_set_by_runner = [[\"yes\"]]\n",
                 "`lock_timeout_set_by_runner` must be true or false, not a string");
  expect_problem("migrations = [[3]]\n",
                 "`migrations` must be a string or a list of strings, not a whole number");
  expect_problem("migrations = [\"a\", [[3]]]\n",
                 "`migrations` is a list of strings; this is a whole number");
  expect_problem("database = [[\"postgresql://localhost\"]]\n",
                 "`database` must be a table, not a string");
  expect_problem("dialect = [[15]]\n",
                 "`dialect` must be a string, one of `postgresql`, `sqlite`, `mysql` or `mariadb`, "
                 "not a whole number");
  expect_problem("[environments]\nstaging = [[\"url\"]]\n",
                 "an environment is a table: write `[environments.staging]` and its keys below");
}

TEST(Config, WhatIsWrongIsLeftAtItsDefault) {
  const ConfigReading reading = read("dialect = \"oracle\"\nlayout = 3\nmigrations = [\"a\", 1]\n");
  EXPECT_EQ(reading.problems.size(), 3u);
  EXPECT_FALSE(reading.config.engine);
  EXPECT_FALSE(reading.config.layout);
  EXPECT_THAT(reading.config.migrations, ElementsAre("a"));
}

TEST(Config, AVersionIsAStringOrAWholeNumber) {
  EXPECT_EQ(read("dialect=\"pg\"\nversion = 15\n").config.version, (EngineVersion{15, 0, 0}));
  EXPECT_EQ(read("dialect=\"sqlite\"\nversion = \"3.40\"\n").config.version,
            (EngineVersion{3, 40, 0}));
  expect_problem("dialect = \"sqlite\"\nversion = [[3.40]]\n",
                 "write the version as a string, `\"3.40\"`: as a number, 3.40 and 3.4 are the "
                 "same");
  expect_problem(
      "dialect = \"pg\"\nversion = [[\"fifteen\"]]\n",
      "this is no version; write one to three numbers, such as `\"15\"` or `\"3.40.1\"`");
  expect_problem(
      "dialect = \"pg\"\nversion = [[-1]]\n",
      "this is no version; write one to three numbers, such as `\"15\"` or `\"3.40.1\"`");
}

TEST(Config, AVersionWithoutADialectIsAWarning) {
  expect_problem("[[version]] = \"15\"\n",
                 "`version` without `dialect`: it will count for whatever engine is found; say "
                 "which one it is meant for",
                 ConfigProblem::Severity::kWarning);
  EXPECT_TRUE(read("version = \"15\"\n").config.version);
}

constexpr std::string_view kPassword =
    "a password stands here in the open; put it in the environment: `${DB_PASSWORD}`";

TEST(Config, APasswordInTheOpenIsAWarningAtThePassword) {
  const auto warning = ConfigProblem::Severity::kWarning;
  expect_problem("[database]\nurl = \"postgresql://shop:[[s3cret]]@localhost/shop\"\n", kPassword,
                 warning);
  expect_problem("[environments.a]\nurl = \"mysql://root:[[p@ss]]@db:3306/shop?x=1\"\n", kPassword,
                 warning);
  expect_problem("[database]\nurl = \"postgresql://localhost/shop?user=a&password=[[s3cret]]\"\n",
                 kPassword, warning);
  expect_problem("[database]\nurl = 'host=localhost password=[[s3cret]] dbname=shop'\n", kPassword,
                 warning);
  // An escape makes the literal longer than its string; the whole value is the place then.
  expect_problem("[database]\nurl = [[\"postgresql://shop:s3\\u0063ret@localhost/shop\"]]\n",
                 kPassword, warning);
  EXPECT_EQ(read("[database]\nurl = \"postgresql://a:b@c/d\"\n").config.url, "postgresql://a:b@c/d")
      << "a warning counts";
}

TEST(Config, NoPasswordNoWarning) {
  for (const std::string_view url :
       {"postgresql://localhost/shop", "postgresql://shop@localhost:5432/shop",
        "postgresql://shop:${DB_PASSWORD}@localhost/shop", "postgresql://shop:@localhost/shop",
        "sqlite:///data/shop.db", "shop.db", "${DATABASE_URL}", "host=a password=${P}",
        "postgresql://localhost/shop?passwordcheck=1&mypassword=x", "mysql://h/a:b@c", ""}) {
    EXPECT_TRUE(read("[database]\nurl = \"" + std::string(url) + "\"\n").problems.empty()) << url;
  }
}

TEST(Config, TheDefaultEnvironmentHasToBeThere) {
  expect_problem("default_environment = [[\"stagin\"]]\n[environments.staging]\nurl = \"x\"\n",
                 "there is no `[environments.stagin]`; did you mean `staging`?");
  EXPECT_TRUE(read("default_environment = \"a\"\n[environments.a]\n").problems.empty());
}

TEST(Config, GuessesRulesAndTheirOptions) {
  expect_problem("[rules]\n[[add-colum-with-default]] = \"off\"\n",
                 "unknown rule `add-colum-with-default`; did you mean `add-column-with-default`?");
  expect_problem("[rules]\nlock-timeout-missing = { [[max_second]] = 3 }\n",
                 "rule `lock-timeout-missing` has no option `max_second`; did you mean "
                 "`max_seconds`?");
  expect_problem("[rules]\nadd-column-with-default = [[\"of\"]]\n",
                 "unknown severity `of`; did you mean `off`?");
  expect_problem("[rules]\nadd-column-with-default = { severity = [[\"loud\"]] }\n",
                 "unknown severity `loud`; it is one of `off`, `info`, `warning` or `error`");
  expect_problem("[rules]\nadd-column-with-default = [[3]]\n",
                 "`add-column-with-default` must be a severity or a table of options, not a whole "
                 "number");
  expect_problem("[rules.lock-timeout-missing]\nmax_seconds = [[1.5]]\n",
                 "`max_seconds` must be a string, a whole number, true, false or a list of "
                 "strings, not a number with a point");
}

TEST(Config, WithoutKnownRulesTheirNamesAreNotChecked) {
  const ConfigReading reading =
      read_config("[rules]\nanything = { severity = \"error\", deep = true }\n", "", {});
  EXPECT_TRUE(reading.problems.empty());
  EXPECT_EQ(reading.config.rules.at("anything").options.at("deep"), OptionValue(true));
}

TEST(Config, ASyntaxErrorIsOneProblemAtItsPlace) {
  const Annotated source("# größe\r\ndialect = \"pg\" [[x]]\r\nnonsense\r\n");
  const ConfigReading reading = read(source.text);
  ASSERT_EQ(reading.problems.size(), 1u);
  EXPECT_EQ(reading.problems[0].range, source.ranges[0]);
  EXPECT_THAT(reading.problems[0].message, HasSubstr("this is not TOML"));
  EXPECT_FALSE(reading.config.engine);
  EXPECT_EQ(reading.config.path, "/p/belay.toml");
}

TEST(Config, ProblemsComeInTheOrderOfTheText) {
  const ConfigReading reading =
      read("zzzz = 1\nversion = \"x\"\n[rules]\nnope = \"off\"\n[database]\nport = 1\n");
  for (size_t i = 1; i < reading.problems.size(); ++i) {
    EXPECT_LE(reading.problems[i - 1].range.begin, reading.problems[i].range.begin);
  }
  EXPECT_EQ(reading.problems.size(), 5u);
}

TEST(Config, AnEnvironmentIsWhatItSaysOrWhatItsNameSays) {
  const ConfigReading reading = read(
      "[environments.production]\nurl = \"a\"\n[environments.Live]\n[environments.prod-eu]\n"
      "[environments.stage]\nconfirm = \"always\"\n[environments.alive]\n[environments.test]\nkind "
      "= \"production\"\n[environments.prod_copy]\nkind = \"development\"\nconfirm = \"never\"\n");
  EXPECT_TRUE(reading.problems.empty());
  std::string kinds;
  for (const Environment& e : reading.config.environments) {
    kinds += e.name + " " + std::string(environment_kind_name(e.effective_kind())) + "\n";
  }
  EXPECT_EQ(kinds,
            "production production\nLive production\nprod-eu production\nstage staging\nalive "
            "development\ntest production\nprod_copy development\n");
  EXPECT_EQ(reading.config.environments[3].confirm, ConfirmWhen::kAlways);
}

TEST(Config, ProductionCannotBeWithoutConfirmation) {
  expect_problem("[environments.prod]\nurl = \"x\"\nconfirm = [[\"never\"]]\n",
                 "a production environment is never without confirmation; say `\"data-loss\"` or "
                 "`\"always\"`");
  expect_problem("[environments.x]\nkind = [[\"prodution\"]]\n",
                 "unknown kind `prodution`; did you mean `production`?");
  expect_problem("[environments.x]\nconfirm = [[true]]\n",
                 "`confirm` must be a string, one of `never`, `data-loss` or `always`, not true or "
                 "false");
}

TEST(Config, ReadsWhatHappensAroundASession) {
  const ConfigReading reading = read(
      "[session]\nmaintenance_file = \"maintenance.flag\"\non_begin = [\"systemctl\", \"stop\", "
      "\"shop\"]\non_end = \"http://localhost:8080/end\"\nhealth = [\"true\"]\nhealth_timeout = "
      "5\nhealth_attempts = 2\non_failure = \"rollback\"\ncompress_snapshots = true\n"
      "[session.validations]\nno-orphans = \"SELECT 1 FROM a\"\n");
  for (const ConfigProblem& problem : reading.problems) ADD_FAILURE() << problem.message;
  const SessionConfig& session = reading.config.session;
  EXPECT_EQ(session.maintenance_file, "maintenance.flag");
  EXPECT_EQ(session.on_begin, (std::vector<std::string>{"systemctl", "stop", "shop"}));
  EXPECT_EQ(session.on_end, (std::vector<std::string>{"http://localhost:8080/end"}));
  EXPECT_EQ(session.health_timeout, 5);
  EXPECT_EQ(session.health_attempts, 2);
  EXPECT_EQ(session.on_failure, OnFailure::kRollback);
  EXPECT_TRUE(session.compress_snapshots);
  EXPECT_FALSE(read("").config.session.compress_snapshots);
  ASSERT_EQ(session.validations.size(), 1u);
  EXPECT_EQ(session.validations[0].name, "no-orphans");
}

TEST(Config, ChecksWhatHappensAroundASession) {
  expect_problem("[session]\nhealth_timeout = [[0]]\n", "this must be at least 1");
  expect_problem("[session]\nhealth_timeout = [[\"5\"]]\n",
                 "`health_timeout` must be a whole number, not a string");
  expect_problem("[session]\ncompress_snapshots = [[3]]\n",
                 "`compress_snapshots` must be true or false, not a whole number");
  expect_problem("[session]\nvalidations = [[\"x\"]]\n",
                 "write `[session.validations]` and below it a name for each query");
  expect_problem("[session.validations]\na = [[1]]\n", "`a` must be a string, not a whole number");
  expect_problem("[session]\n[[on_beginn]] = \"x\"\n",
                 "unknown key `on_beginn`; did you mean `on_begin`?");
}

TEST(FindConfig, LooksUpwards) {
  const MemoryFiles files = {{"/p/belay.toml", ""}, {"/p/db/migrations/1_a.sql", ""}};
  EXPECT_EQ(find_config(files, "/p/db/migrations"), "/p/belay.toml");
  EXPECT_EQ(find_config(files, "/p"), "/p/belay.toml");
  EXPECT_EQ(find_config(files, "/"), "");
  EXPECT_EQ(find_config(files, "/elsewhere"), "");
}

TEST(FindConfig, TakesTheNearestAndNoFolder) {
  const MemoryFiles files = {
      {"/p/belay.toml", ""}, {"/p/a/belay.toml", ""}, {"/p/b/belay.toml/x", ""}};
  EXPECT_EQ(find_config(files, "/p/a/b"), "/p/a/belay.toml");
  EXPECT_EQ(find_config(files, "/p/b"), "/p/belay.toml");
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(ConfigDocumentation, HoldsTheReferenceThatTheKeysMake) {
  constexpr std::string_view kBegin = "<!-- generated from analyzer/project/config_schema.cc -->\n";
  constexpr std::string_view kEnd = "<!-- end of generated -->\n";
  const std::string path = std::string(BELAY_SOURCE_DIR) + "/docs/configuration.md";
  std::string page = read_file(path);
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  ASSERT_NE(begin, std::string::npos) << path;
  ASSERT_NE(end, std::string::npos) << path;
  const size_t from = begin + kBegin.size();
  if (std::getenv("BELAY_UPDATE_FIXTURES") != nullptr) {
    page.replace(from, end - from, config_reference());
    std::ofstream(path, std::ios::binary) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), config_reference())
      << "set BELAY_UPDATE_FIXTURES=1 to write " << path << " anew";
}

TEST(ConfigDocumentation, ItsExampleIsAValidFile) {
  const std::string page = read_file(std::string(BELAY_SOURCE_DIR) + "/docs/configuration.md");
  const size_t begin = page.find("```toml\n");
  ASSERT_NE(begin, std::string::npos);
  const size_t end = page.find("```\n", begin + 8);
  const ConfigReading reading = read_config(page.substr(begin + 8, end - begin - 8), "", {});
  for (const ConfigProblem& problem : reading.problems) ADD_FAILURE() << problem.message;
  EXPECT_TRUE(reading.config.engine);
}

}  // namespace
}  // namespace belay::project
