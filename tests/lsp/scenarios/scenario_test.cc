// Every scenario in the folders here: an editor, a project, and what the server answers. README.md
// tells the format. BELAY_UPDATE_FIXTURES=1 writes the expected answers anew.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/lsp/scenarios/actions.h"

namespace belay::lsp::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(BELAY_SOURCE_DIR) / "tests/lsp/scenarios";

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string usage() {
  std::string out;
  for (const Action& action : actions()) {
    out += std::string("\n  > ") + action.name + " " + action.usage;
  }
  return out;
}

/// With paths relative to the project, which lies elsewhere each time.
std::string without_root(std::string text, const std::string& root) {
  for (const std::string& prefix : {"file://" + root + "/", root + "/"}) {
    for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
      text.erase(at, prefix.size());
    }
  }
  return text;
}

std::string run(const Scenario& scenario, Editor& editor, const Step& step) {
  for (const Action& action : actions()) {
    if (step.name != action.name) continue;
    try {
      return without_root(action.run({editor, step}), editor.root());
    } catch (const std::exception& error) {
      throw ScenarioError(scenario.at(step.line, error.what()));
    }
  }
  throw ScenarioError(scenario.at(step.line, "no action `" + step.name + "`; there are" + usage()));
}

/// The scenario as it should be written by what the server answers.
std::string played(const Scenario& scenario) {
  Editor editor(scenario.files);
  std::vector<std::string> answers;
  for (const Step& step : scenario.steps) answers.push_back(run(scenario, editor, step));
  return scenario.with_answers(answers);
}

class ScenarioTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, AnswersAsExpected) {
  const std::string path = "tests/lsp/scenarios/" + GetParam();
  const std::string expected = read_text(kFolder / GetParam());
  std::string got;
  try {
    got = played(Scenario::read(path, expected));
  } catch (const ScenarioError& error) {
    FAIL() << error.what();
  }
  if (std::getenv("BELAY_UPDATE_FIXTURES") != nullptr) {
    if (got != expected) std::ofstream(kFolder / GetParam(), std::ios::binary) << got;
    return;
  }
  EXPECT_EQ(expected, got) << "set BELAY_UPDATE_FIXTURES=1 to write " << path
                           << " anew, and read the change";
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".txt") {
      out.push_back(fs::relative(entry.path(), kFolder).string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioTest, ::testing::ValuesIn(names()), [](const auto& test) {
  std::string name = test.param.substr(0, test.param.rfind('.'));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

TEST(ScenarioReader, TellsWhereAMistakeIs) {
  const auto mistake = [](const std::string& text) -> std::string {
    try {
      Scenario::read("a.txt", text);
    } catch (const ScenarioError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(mistake("Shows it.\n-- a.sql --\nSELECT [[here:1;\n> hover here\n"),
            "a.txt:2: a place does not end");
  EXPECT_EQ(mistake("Shows it.\n-- a.sql --\nSELECT 1;\n> hover \"here\n"),
            "a.txt:4: the quotes do not end");
  EXPECT_EQ(mistake("Shows it.\n-- a.sql --\n[[a:1]] [[a:2]]\n> hover a\n"),
            "a.txt:2: two places `a`");
  EXPECT_EQ(mistake("Shows it.\n-- a.sql (crfl) --\n\n> hover a\n"),
            "a.txt:2: no option of a file: crfl; there are crlf, cr, bom, no newline");
  EXPECT_EQ(mistake("-- a.sql --\n\n> hover a\n"),
            "a.txt:1: the first line says what the scenario shows");
  EXPECT_EQ(mistake("Shows it.\n-- a.sql --\n\n> hover a\nnothing\n"),
            "a.txt:5: neither an action (`> `), its text (`| `), its answer (two spaces) nor a "
            "remark (#)");
}

}  // namespace
}  // namespace belay::lsp::testing
