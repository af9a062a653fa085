// What is known of names, asked at every token of every SQL file that the repository has: the
// fixtures' projects and those of the scenarios. Whatever is asked, answers hang together.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "support/file_system.h"
#include "tests/lsp/scenarios/scenario.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/editor_text.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const fs::path kRoot = BELAY_SOURCE_DIR;

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

bool is_part_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}

/// The begins of all words, and of all that stands between them but space.
std::vector<size_t> tokens_of(const std::string& text) {
  std::vector<size_t> out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0) continue;
    const bool goes_on = i > 0 && is_part_of_name(text[i]) && is_part_of_name(text[i - 1]);
    if (!goes_on) out.push_back(i);
  }
  return out;
}

/// A place, as answers name it.
struct At {
  std::string uri;
  EditorPosition begin;
  EditorPosition end;

  friend auto operator<=>(const At&, const At&) = default;
};
using Places = std::set<At>;

EditorPosition read_position(const Json& json) {
  return {json.at("line").get<uint32_t>(), json.at("character").get<uint32_t>()};
}

/// A project of which all SQL files are open.
class Questions {
 public:
  explicit Questions(const std::string& root)
      : wire_(disk_), client_(wire_), shares_files_(root.ends_with("/pop")) {
    server_ = client_.initialize_in(root)["capabilities"];
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".sql") continue;
      const std::string text = read_text(entry.path());
      const std::string uri = uri_of_path(entry.path().string());
      texts_[uri] = EditorText(text, Encoding::kUtf16);
      client_.open(uri, text);
    }
  }

  void ask_all() {
    for (const auto& [uri, text] : texts_) {
      for (const size_t token : tokens_of(text.text())) ask_at(uri, text.position_of(token));
    }
    // Each of the places that are the same object knows the others. The object of a file that
    // serves several dialects is one in each of their histories, so that it knows more than they
    // do.
    for (const auto& [place, references] : references_) {
      for (const At& other : references) {
        const Places& theirs = references_of(other.uri, other.begin);
        EXPECT_TRUE(theirs == references || (shares_files_ && knows(theirs, place)))
            << shown(other) << " has\n"
            << shown(theirs) << "but " << place.first << ":" << place.second.line + 1 << " has\n"
            << shown(references);
      }
    }
  }
  size_t asked() const { return asked_; }
  std::chrono::microseconds slowest() const { return slowest_; }

 private:
  using Place = std::pair<std::string, EditorPosition>;

  Json ask(const std::string& method, const std::string& uri, EditorPosition at, Json params) {
    params["textDocument"] = {{"uri", uri}};
    params["position"] = position(at.line, at.character);
    const auto begin = Clock::now();
    const Json answer = client_.request(method, params);
    slowest_ = std::max(
        slowest_, std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin));
    ++asked_;
    EXPECT_FALSE(answer.contains("error"))
        << method << " at " << uri << ":" << at.line + 1 << ":" << at.character << " " << answer;
    return answer.value("result", Json());
  }

  At read_place(const std::string& uri, const Json& range) {
    const At out{uri, read_position(range.at("start")), read_position(range.at("end"))};
    const auto text = texts_.find(uri);
    // A file that is not open, as a C++ source, is not looked into.
    if (text != texts_.end()) {
      EXPECT_TRUE(text->second.has(out.begin) && text->second.has(out.end) && out.begin <= out.end)
          << uri << " " << range;
    }
    return out;
  }
  Places read_places(const Json& locations) {
    Places out;
    for (const Json& one : locations) out.insert(read_place(one.at("uri"), one.at("range")));
    return out;
  }

  const Places& references_of(const std::string& uri, EditorPosition at) {
    const auto [known, is_new] = references_.try_emplace({uri, at});
    if (is_new) {
      known->second = read_places(
          ask("textDocument/references", uri, at, {{"context", {{"includeDeclaration", true}}}}));
    }
    return known->second;
  }

  void ask_at(const std::string& uri, EditorPosition at) {
    const Places& references = references_of(uri, at);
    for (const At& made : read_places(ask("textDocument/definition", uri, at, {}))) {
      EXPECT_TRUE(references.contains(made)) << shown(made) << " is no reference of its own";
    }
    Places here;
    for (const Json& one : ask("textDocument/documentHighlight", uri, at, {})) {
      here.insert(read_place(uri, one.at("range")));
    }
    Places expected;
    for (const At& one : references) {
      if (one.uri == uri) expected.insert(one);
    }
    EXPECT_EQ(here, expected) << "highlights at " << uri << ":" << at.line + 1 << ":"
                              << at.character;
    const Json hover = ask("textDocument/hover", uri, at, {});
    if (hover.is_object() && hover.contains("range")) {
      const At covered = read_place(uri, hover["range"]);
      EXPECT_TRUE(covered.begin <= at && at <= covered.end) << "hover at " << uri << hover;
    }
    if (server_.contains("completionProvider")) ask("textDocument/completion", uri, at, {});
    if (server_.contains("renameProvider") && server_["renameProvider"].is_object())
      ask_rename(uri, at);
  }

  /// What can be renamed is the very name that stands there.
  void ask_rename(const std::string& uri, EditorPosition at) {
    const Json answer = client_.request(
        "textDocument/prepareRename",
        {{"textDocument", {{"uri", uri}}}, {"position", position(at.line, at.character)}});
    if (!answer.contains("result") || answer["result"].is_null()) return;
    const Json& result = answer["result"];
    if (!result.contains("range") && !result.contains("start")) return;
    const At name = read_place(uri, result.contains("range") ? result["range"] : result);
    EXPECT_TRUE(references_of(uri, at).contains(name))
        << "rename of what is no name: " << shown(name);
  }

  static bool knows(const Places& places, const Place& place) {
    return std::any_of(places.begin(), places.end(), [&](const At& one) {
      return one.uri == place.first && one.begin <= place.second && place.second <= one.end;
    });
  }

  static std::string shown(const Places& places) {
    std::string out;
    for (const At& one : places) out += "  " + shown(one) + "\n";
    return out;
  }
  static std::string shown(const At& at) {
    return at.uri + ":" + std::to_string(at.begin.line + 1) + ":" +
           std::to_string(at.begin.character);
  }

  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
  Json server_;
  const bool shares_files_;
  std::map<std::string, EditorText> texts_;
  std::map<Place, Places> references_;
  size_t asked_ = 0;
  std::chrono::microseconds slowest_{0};
};

void expect_answers_in(const std::string& root) {
  Questions questions(root);
  questions.ask_all();
  ::testing::Test::RecordProperty("questions", static_cast<int>(questions.asked()));
  // Far more than any of them takes, also under a sanitizer on a busy machine.
  EXPECT_LT(questions.slowest(), std::chrono::seconds(5));
}

std::vector<std::string> folders_of_projects() {
  std::vector<std::string> out;
  for (const char* kind : {"cpp", "demo", "layouts"}) {
    for (const auto& entry : fs::directory_iterator(kRoot / "migrations-fixtures" / kind)) {
      if (entry.is_directory()) out.push_back(entry.path().string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> scenarios() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests/lsp/scenarios")) {
    if (entry.path().extension() == ".txt") out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The last names of a path, as the name of a test.
std::string named(const ::testing::TestParamInfo<std::string>& test) {
  const fs::path path(test.param);
  std::string out = path.parent_path().filename().string() + "_" + path.stem().string();
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return out;
}

class EveryTokenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryTokenTest, HasAnswersThatHangTogether) { expect_answers_in(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Fixtures, EveryTokenTest, ::testing::ValuesIn(folders_of_projects()),
                         named);

class EveryTokenOfScenarios : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryTokenOfScenarios, HasAnswersThatHangTogether) {
  const Scenario scenario = Scenario::read(GetParam(), read_text(GetParam()));
  const ProjectFolder folder;
  for (const ScenarioFile& file : scenario.files) folder.write(file.path, file.content.text);
  expect_answers_in(folder.root());
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EveryTokenOfScenarios, ::testing::ValuesIn(scenarios()), named);

}  // namespace
}  // namespace belay::lsp::testing
