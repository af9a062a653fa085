// `--report` and `--metrics`, as files that people and machines read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// What is wrong with a text by the grammar of OpenMetrics, as far as gauges need it; empty:
/// nothing. https://github.com/prometheus/OpenMetrics: families come once, their metadata before
/// their samples, a unit ends the name, `# EOF` ends the text.
std::string open_metrics_mistake(const std::string& text) {
  static const std::regex kMeta("# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  static const std::regex kSample(
      "([a-zA-Z_:][a-zA-Z0-9_:]*)"
      "(?:\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"(?:,(?!\\})|(?=\\})))*\\}"
      ")?"
      " (-?[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)");
  if (!text.ends_with("\n# EOF\n")) return "no # EOF at the end";
  std::set<std::string> families;
  std::set<std::string> samples;
  std::string family;
  std::string type;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line == "# EOF") return lines.peek() == EOF ? "" : "something behind # EOF";
    if (std::regex_match(line, match, kMeta)) {
      if (match[2] != family) {
        family = match[2];
        type.clear();
        if (!families.insert(family).second) return "the family twice: " + line;
      }
      if (match[1] == "TYPE") type = match[3];
      if (match[1] == "UNIT" && !family.ends_with("_" + match[3].str())) return "unit: " + line;
    } else if (std::regex_match(line, match, kSample)) {
      if (match[1] != family) return "a sample outside of its family: " + line;
      if (type != "gauge") return "a sample without a type: " + line;
      if (!samples.insert(line.substr(0, line.rfind(' '))).second) return "twice: " + line;
    } else {
      return "no line of OpenMetrics: " + line;
    }
  }
  return "it does not end";
}

TEST(OpenMetricsMistake, FindsThem) {
  EXPECT_EQ(open_metrics_mistake("# TYPE a gauge\na{b=\"c\\\"\"} 1\n# EOF\n"), "");
  for (const char* bad :
       {"# TYPE a gauge\na 1\n", "a 1\n# EOF\n", "# TYPE a gauge\na{b=c} 1\n# EOF\n",
        "# TYPE a gauge\na 1\na 2\n# EOF\n", "# TYPE a gauge\na one\n# EOF\n",
        "# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n", "# TYPE a gauge\nb 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"c\",} 1\n# EOF\n",
        "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{c=\"d\"} 1\n# EOF\n"}) {
    EXPECT_NE(open_metrics_mistake(bad), "") << bad;
  }
}

class RunReportFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write(
        "belay.toml",
        "dialect = \"sqlite\"\ndefault_environment = \"pro\\\"d\"\n[environments.\"pro\\\"d\"]"
        "\nurl = \"sqlite:app.db\"\n");
    folder_.write("migrations/1_a.up.sql", "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n");
    folder_.write("migrations/1_a.down.sql", "DROP TABLE a;\n");
    options_.folder = folder_.path();
  }
  Answer must(const std::vector<std::string>& arguments) {
    Answer answer = run_belay(arguments, options_);
    EXPECT_EQ(answer.exit_code, 0) << answer.err;
    return answer;
  }
  std::string text(const char* name) const { return folder_.text(name); }

  ScratchFolder folder_;
  RunOptions options_;
};

TEST_F(RunReportFiles, AreWrittenInEachFormat) {
  must({"begin", "--report", "begin.json"});
  EXPECT_EQ(nlohmann::json::parse(text("begin.json"))["command"], "begin");
  must({"apply", "--report", "a.json", "--report", "a.md", "--metrics", "a.prom"});

  const auto json = nlohmann::json::parse(text("a.json"));
  EXPECT_EQ(json["status"], "succeeded");
  EXPECT_EQ(json["backup_status"], "nothing-there");
  EXPECT_EQ(json["migrations"][0]["description"], "a");
  EXPECT_EQ(json["schema_changes"]["added"][0], "table a");
  EXPECT_TRUE(json["lock_duration_ms"].is_number());
  EXPECT_TRUE(json["lock_wait_ms"].is_number());
  EXPECT_EQ(json["slow_queries"], nlohmann::json::array());
  EXPECT_TRUE(json["size_before_bytes"].is_null());
  EXPECT_GT(json["size_after_bytes"], 0);

  EXPECT_THAT(
      text("a.md"),
      AllOf(HasSubstr("# Migration report\n"), HasSubstr("| Status | Success |"),
            HasSubstr("| 1_a | done |"), HasSubstr("\n- table a\n"),
            HasSubstr("| Locked at a stretch, at most | "), HasSubstr("| Waited for locks | ")));
  const std::string metrics = text("a.prom");
  EXPECT_EQ(open_metrics_mistake(metrics), "") << metrics;
  EXPECT_THAT(metrics, HasSubstr("\nbelay_run_success{database=\"sqlite:app.db\",command=\"apply\","
                                 "environment=\"pro\\\"d\"} 1\n"));
  EXPECT_THAT(metrics, Not(HasSubstr("when=\"before\""))) << "there was no database";

  must({"commit", "--metrics", "a.prom"});
  EXPECT_THAT(text("a.prom"), HasSubstr("command=\"commit\""));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_THAT(entry.path().string(), Not(HasSubstr(".part")));
  }
}

TEST_F(RunReportFiles, ARefusalIsReportedToo) {
  const Answer answer = run_belay({"apply", "--report", "a.json", "--metrics", "a.prom"}, options_);
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_EQ(nlohmann::json::parse(text("a.json"))["status"], "failed");
  EXPECT_EQ(open_metrics_mistake(text("a.prom")), "");
  EXPECT_THAT(text("a.prom"), HasSubstr("belay_run_success{"));
}

TEST_F(RunReportFiles, ANameThatSaysNoFormatIsRefusedBeforeAnythingRuns) {
  for (const auto& [option, name] : {std::pair{"--report", "a.txt"}, {"--metrics", "a.json"}}) {
    const Answer answer = run_belay({"begin", option, name}, options_);
    EXPECT_EQ(answer.exit_code, 2);
    EXPECT_THAT(answer.err, HasSubstr(name));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "app.db.belay"));
}

TEST_F(RunReportFiles, AReportThatCannotBeWrittenIsToldAndTheRunStands) {
  const Answer answer = run_belay({"begin", "--report", "no/where.md"}, options_);
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_THAT(answer.err, HasSubstr("no/where.md: it cannot be written"));
}

}  // namespace
}  // namespace belay::cli
