// `belay lint` as scripts and terminals see it: exit codes, formats, standard input, colours, and
// the same findings as the library's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/file_system.h"
#include "tests/cli/run_belay.h"
#include "workbench/lint.h"

namespace belay::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kError = "DROP TABLE orders;\n";
constexpr const char* kWarning = "UPDATE orders SET a = 1;\n";
constexpr const char* kClean = "CREATE TABLE a (x int);\n";

Answer lint_text(const std::string& text, std::vector<std::string> more = {},
                 RunOptions options = {}) {
  const ScratchFolder scratch;
  std::vector<std::string> arguments = {"lint", "--dialect", "postgresql", "-"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  options.folder = scratch.path();
  options.input = text;
  return run_belay(arguments, options);
}

std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(nlohmann::json::parse(line));
  return out;
}

// --- exit codes -----------------------------------------------------------------------------

TEST(LintCommand, AnswersByTheWorstFinding) {
  EXPECT_EQ(lint_text(kClean).exit_code, 0);
  EXPECT_EQ(lint_text(kWarning).exit_code, 0);
  EXPECT_EQ(lint_text(kError).exit_code, 1);
}

TEST(LintCommand, FailsOnTheLevelThatIsAskedFor) {
  EXPECT_EQ(lint_text(kWarning, {"--fail-on", "warning"}).exit_code, 1);
  EXPECT_EQ(lint_text(kWarning, {"--fail-on", "info"}).exit_code, 1);
  EXPECT_EQ(lint_text(kClean, {"--fail-on", "info"}).exit_code, 0);
  EXPECT_EQ(lint_text(kError, {"--fail-on", "never"}).exit_code, 0);
  EXPECT_EQ(lint_text("\\set x 1\n", {"--fail-on", "info"}).exit_code, 1);
}

TEST(LintCommand, SaysWhatIsWrongWithItsCall) {
  struct Case {
    std::vector<std::string> arguments;
    const char* says;
  };
  const Case cases[] = {
      {{}, "there is no command"},
      {{"lnt"}, "did you mean `lint`?"},
      {{"--verson"}, "unknown option `--verson`"},
      {{"lint", "--formt", "json"}, "did you mean `--format`?"},
      {{"lint", "--formt=json"}, "unknown option `--formt`"},
      {{"lint", "--format", "jsn"}, "did you mean `json`?"},
      {{"lint", "--format"}, "--format"},
      {{"lint", "--fail-on", "fatal"}, "info, warning, error or never"},
      {{"lint", "--dialect", "oracle"}, "unknown dialect `oracle`"},
      {{"lint", "--dialect-version", "new"}, "`new` is no version"},
      {{"lint", "--layout", "gose"}, "did you mean `goose`?"},
      {{"lint", "nowhere"}, "no such file or folder"},
      {{"lint", "--config", "nowhere.toml"}, "nowhere.toml"},
      {{"explain"}, "of which rule?"},
      {{"explain", "drop-tabel"}, "did you mean `drop-table`?"},
      {{"explain", "qqqqqqqqqq"}, "`belay rules` lists them"},
      {{"explain", "a", "b"}, "unexpected argument `b`"},
      {{"rules", "--format", "sarif"}, "human or json"},
  };
  const ScratchFolder scratch;
  RunOptions options;
  options.folder = scratch.path();
  for (const Case& c : cases) {
    const Answer run = run_belay(c.arguments, options);
    EXPECT_EQ(run.exit_code, 2) << c.says;
    EXPECT_THAT(run.err, StartsWith("belay: "));
    EXPECT_THAT(run.err, HasSubstr(c.says));
    EXPECT_THAT(run.out, IsEmpty()) << c.says;
  }
}

TEST(LintCommand, LintsNothingUnderABrokenConfiguration) {
  const ScratchFolder scratch;
  scratch.write("belay.toml", "[rules]\ndrop-tabel = \"off\"\n");
  scratch.write("0001_a.up.sql", kError);
  RunOptions options;
  options.folder = scratch.path();
  const Answer run = run_belay({"lint", "--format", "json"}, options);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("belay.toml:2:1"));
  EXPECT_THAT(run.err, HasSubstr("did you mean `drop-table`?"));
  EXPECT_THAT(run.out, IsEmpty());
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(LintCommand, AMistakeOfItsOwnIsCodeThree) {
  // Memory that runs out is nothing that a user did.
  const ScratchFolder scratch;
  scratch.write("0001_a.up.sql", "SELECT '" + std::string(40'000'000, 'x') + "';\n");
  RunOptions options;
  options.folder = scratch.path();
  options.address_space = 100'000'000;
  const Answer run = run_belay({"lint", "--dialect", "postgresql"}, options);
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.err, HasSubstr("internal error"));
  EXPECT_THAT(run.err, HasSubstr("Please report it"));
}
#endif

TEST(LintCommand, HelpListsTheCommands) {
  const Answer run = run_belay({"--help"});
  EXPECT_EQ(run.exit_code, 0);
  for (const char* command : {"lint", "rules", "explain", "begin", "apply", "rollback"}) {
    EXPECT_THAT(run.out, HasSubstr(std::string("\n  ") + command + " "));
  }
}

// --- formats --------------------------------------------------------------------------------

TEST(LintCommand, PrintsNothingButJson) {
  EXPECT_THAT(lint_text(kClean, {"--format", "json"}).out, IsEmpty());
  const auto lines = json_lines(lint_text(kError, {"--format", "json", "--explain-config"}).out);
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back().at("rule"), "drop-table");
}

TEST(LintCommand, PrintsOneSarifLog) {
  const auto log = nlohmann::json::parse(lint_text(kClean, {"--format", "sarif"}).out);
  EXPECT_EQ(log.at("version"), "2.1.0");
  EXPECT_TRUE(log.at("runs").at(0).at("results").empty());
  EXPECT_FALSE(log.at("runs").at(0).at("tool").at("driver").at("rules").empty());
}

TEST(LintCommand, AFingerprintFollowsItsStatement) {
  const auto fingerprint = [](const std::string& text) {
    const auto log = nlohmann::json::parse(lint_text(text, {"--format", "sarif"}).out);
    return log.at("runs").at(0).at("results").back().at("partialFingerprints").dump();
  };
  EXPECT_EQ(fingerprint("DROP TABLE a;\n"), fingerprint("\n\n-- moved\nDROP TABLE a;\n"));
  EXPECT_NE(fingerprint("DROP TABLE a;\n"), fingerprint("DROP TABLE b;\n"));
}

TEST(LintCommand, QuietLeavesErrorsAndTheSummary) {
  const Answer run = lint_text(std::string(kWarning) + kError, {"--quiet"});
  EXPECT_THAT(run.out, HasSubstr("error[drop-table]"));
  EXPECT_THAT(run.out, Not(HasSubstr("warning[")));
  EXPECT_THAT(run.out, HasSubstr("2 warnings"));
}

TEST(LintCommand, TakesStandardInputForAPath) {
  const Answer run = lint_text(kError, {"--stdin-path", "db/9_x.sql"});
  EXPECT_THAT(run.out, HasSubstr("db/9_x.sql:1:12"));
}

// --- colours --------------------------------------------------------------------------------

TEST(LintCommand, ColoursStandOnATerminalOnly) {
  const ScratchFolder scratch;
  scratch.write("0001_a.up.sql", kError);
  RunOptions options;
  options.folder = scratch.path();
  const std::vector<std::string> call = {"lint", "--dialect", "postgresql"};
  EXPECT_THAT(run_belay(call, options).out, Not(HasSubstr("\x1b[")));
  options.terminal = true;
  const Answer on_terminal = run_belay(call, options);
  EXPECT_EQ(on_terminal.exit_code, 1);
  EXPECT_THAT(on_terminal.out, HasSubstr("\x1b[1;31merror\x1b[0m"));
  EXPECT_THAT(run_belay({"lint", "--dialect", "postgresql", "--format", "json"}, options).out,
              Not(HasSubstr("\x1b[")));
  options.environment = {{"NO_COLOR", "1"}};
  EXPECT_THAT(run_belay(call, options).out, Not(HasSubstr("\x1b[")));
  options.environment = {{"TERM", "dumb"}};
  EXPECT_THAT(run_belay(call, options).out, Not(HasSubstr("\x1b[")));
}

// --- rules and explain ----------------------------------------------------------------------

TEST(RulesCommand, ListsEveryRuleThatExplainKnows) {
  const auto rules = json_lines(run_belay({"rules", "--format", "json"}).out);
  ASSERT_GT(rules.size(), 30U);
  for (const nlohmann::json& rule : rules) {
    const Answer run = run_belay({"explain", rule.at("id")});
    EXPECT_EQ(run.exit_code, 0) << rule;
    EXPECT_THAT(run.out, StartsWith("# " + rule.at("id").get<std::string>())) << rule;
    EXPECT_THAT(run.out, HasSubstr("## Instead")) << rule;
  }
}

// --- library and program --------------------------------------------------------------------

/// A finding in one line, as both ways tell it.
std::string line(const std::string& file, const std::string& rule, const std::string& severity,
                 size_t begin, size_t end, const std::string& message) {
  return file + " " + rule + " " + severity + " " + std::to_string(begin) + "-" +
         std::to_string(end) + " " + message;
}

class SameFindings : public ::testing::TestWithParam<std::string> {};

TEST_P(SameFindings, ByLibraryAndProgram) {
  const std::string folder = std::string(BELAY_SOURCE_DIR) + "/migrations-fixtures/" + GetParam();
  const DiskFileSystem disk;
  workbench::LintOptions lint_options;
  lint_options.paths = {folder};
  const Result<workbench::LintResult> result = workbench::lint(disk, lint_options);
  ASSERT_TRUE(result.ok()) << result.error().to_string();
  std::vector<std::string> by_library;
  for (const workbench::LintedFile& file : result->files) {
    for (const Finding& f : file.findings) {
      by_library.push_back(line(file.path, std::string(f.rule),
                                std::string(severity_name(f.severity)), f.place.range.begin,
                                f.place.range.end, f.message));
    }
  }
  std::vector<std::string> by_program;
  for (const auto& f : json_lines(run_belay({"lint", "--format", "json", folder}).out)) {
    by_program.push_back(line(f.at("file"), f.at("rule"), f.at("severity"),
                              f.at("range").at("start").at("offset"),
                              f.at("range").at("end").at("offset"), f.at("message")));
  }
  EXPECT_EQ(by_program, by_library);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, SameFindings,
                         ::testing::Values("demo/shop", "demo/rope", "layouts/goose", "layouts/pop",
                                           "layouts/liquibase", "layouts/flyway"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

}  // namespace
}  // namespace belay::cli
