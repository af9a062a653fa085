// C++ migrations through the protocol: the program, and Clang in a process of its own beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kSource = R"(#include <belay/migrations.h>

class AddAge : public belay::SafelyReversible {
 public:
  std::string version() const override { return "0002"; }
  std::string description() const override { return "add age"; }
  void up(belay::Database& db) override {
    db.execute("ALTER TABLE people\n" "ADD COLUMN age integer");
  }
  void down(belay::Database& db) override {
    db.execute(R"x(ALTER TABLE people DROP COLUMN age)x");
  }
};
BELAY_MIGRATION(AddAge);
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// The processes that Belay has started to read C++, among all of this machine's.
std::vector<pid_t> readers_below(pid_t parent) {
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    pid_t pid = 0;
    std::string name;
    char state = 0;
    pid_t above = 0;
    if (!(stat >> pid >> name >> state >> above)) continue;
    const bool is_reader = name.starts_with("(belay-cpp-read") && state != 'Z';
    if (above == parent && is_reader) out.push_back(pid);
    if (above == parent && name == "(belay)") {
      const std::vector<pid_t> below = readers_below(pid);
      out.insert(out.end(), below.begin(), below.end());
    }
  }
  return out;
}

class CppTest : public ::testing::Test {
 protected:
  CppTest() {
    folder_.write("belay.toml",
                  "dialect = \"postgresql\"\nmigrations = \"migrations\"\n"
                  "[cpp]\nsources = [\"migrations/*.cc\"]\n");
    folder_.write("compile_flags.txt", "-std=c++20\n-I" BELAY_SOURCE_DIR
                                       "/runtime/include\n"
                                       "-I" BELAY_SOURCE_DIR "/support/include\n");
    folder_.write("migrations/0001_people.up.sql", "CREATE TABLE people (id integer);\n");
    folder_.write("migrations/0001_people.down.sql", "DROP TABLE people;\n");
    folder_.write("migrations/0003_index.up.sql", kIndex);
    folder_.write("migrations/0003_index.down.sql", "DROP INDEX people_age;\n");
    folder_.write("migrations/0002_age.cc", kSource);
    client_.initialize_in(folder_.root());
  }

  /// The first diagnostics to come that hold one with the code, or that hold none.
  Json diagnostics_with(const std::string& uri, const std::string& code, bool has = true) {
    return client_.notification("textDocument/publishDiagnostics", [&](const Json& params) {
      const Json& list = params["diagnostics"];
      return params["uri"] == uri &&
             has == std::any_of(list.begin(), list.end(),
                                [&](const Json& d) { return d["code"] == code; });
    })["diagnostics"];
  }
  Json diagnostics_without(const std::string& uri, const std::string& code) {
    return diagnostics_with(uri, code, false);
  }
  static std::string marked(const std::string& text, const Json& range) {
    std::vector<size_t> lines = {0};
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines.push_back(i + 1);
    }
    const size_t begin =
        lines[range["start"]["line"].get<size_t>()] + range["start"]["character"].get<size_t>();
    const size_t end =
        lines[range["end"]["line"].get<size_t>()] + range["end"]["character"].get<size_t>();
    return text.substr(begin, end - begin);
  }
  static const Json& find(const Json& diagnostics, const std::string& code) {
    for (const Json& d : diagnostics) {
      if (d["code"] == code) return d;
    }
    ADD_FAILURE() << "no " << code << " in " << diagnostics;
    return diagnostics;
  }

  void change(const std::string& text) {
    client_.change(uri_, ++version_, Json::array({Json{{"text", text}}}));
  }

  const std::string kIndex = "CREATE INDEX people_age ON people (age);\n";
  ProjectFolder folder_;
  ProcessWire wire_;
  Client client_{wire_};
  const std::string uri_ = folder_.uri("migrations/0002_age.cc");
  int64_t version_ = 1;
};

TEST_F(CppTest, FindingsStandInTheLiterals) {
  const std::string text = replaced(kSource, "age integer\"", "age integer NOT NULL\"");
  client_.open(uri_, text);
  const Json found = diagnostics_with(uri_, "add-required-column");
  EXPECT_EQ(marked(text, find(found, "add-required-column")["range"]), "age");
  EXPECT_EQ(marked(text, find(found, "lock-timeout-missing")["range"]),
            "ALTER TABLE people\\n\" \"ADD COLUMN age integer NOT NULL");
}

TEST_F(CppTest, AnEditIsReadAgain) {
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  change(replaced(kSource, "DROP COLUMN age)x", "DROP COLUMN ages)x"));
  diagnostics_with(uri_, "down-fails");
  change(kSource);
  diagnostics_without(uri_, "down-fails");
}

TEST_F(CppTest, LensesStandAtTheMethodsAndHoverKnowsTheStatement) {
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  const Json lenses = client_.result("textDocument/codeLens", {{"textDocument", {{"uri", uri_}}}});
  std::vector<std::pair<size_t, std::string>> shown;
  for (const Json& lens : lenses) {
    shown.emplace_back(lens["range"]["start"]["line"].get<size_t>(),
                       lens["command"]["title"].get<std::string>());
  }
  EXPECT_THAT(
      shown, ElementsAre(std::pair(6U, "risk medium"), std::pair(6U, "down restores the schema"),
                         std::pair(6U, "Go to the down"), std::pair(9U, "down restores the schema"),
                         std::pair(9U, "Go to the up")));
  const auto hover_at = [&](int character) {
    return client_.result(
        "textDocument/hover",
        {{"textDocument", {{"uri", uri_}}}, {"position", {{"line", 7}, {"character", character}}}});
  };
  const Json statement = hover_at(42);  // in COLUMN
  EXPECT_THAT(statement["contents"]["value"].get<std::string>(), HasSubstr("Add column"));
  EXPECT_EQ(marked(kSource, statement["range"]),
            "ALTER TABLE people\\n\" \"ADD COLUMN age integer");
  const Json name = hover_at(50);
  EXPECT_THAT(name["contents"]["value"].get<std::string>(), HasSubstr("people.age int4"));
  EXPECT_EQ(marked(kSource, name["range"]), "age");
}

TEST_F(CppTest, AFixIsWrittenIntoTheLiteral) {
  client_.open(uri_, kSource);
  const Json found = diagnostics_with(uri_, "lock-timeout-missing");
  const Json range = find(found, "lock-timeout-missing")["range"];
  const Json actions =
      client_.result("textDocument/codeAction", {{"textDocument", {{"uri", uri_}}},
                                                 {"range", range},
                                                 {"context", {{"diagnostics", Json::array()}}}});
  const Json edit = actions.at(0)["edit"]["documentChanges"].at(0)["edits"].at(0);
  EXPECT_EQ(edit["newText"], "SET LOCAL lock_timeout = '2s';\\n");
  EXPECT_EQ(marked(kSource, {{"start", edit["range"]["start"]}, {"end", range["end"]}}),
            "ALTER TABLE people\\n\" \"ADD COLUMN age integer");
}

TEST_F(CppTest, AFindingIsSilencedByACommentBeforeTheCall) {
  const std::string text = replaced(kSource, "age integer\"", "age integer NOT NULL\"");
  client_.open(uri_, text);
  const Json found = diagnostics_with(uri_, "add-required-column");
  const Json actions = client_.result("textDocument/codeAction",
                                      {{"textDocument", {{"uri", uri_}}},
                                       {"range", find(found, "add-required-column")["range"]},
                                       {"context", {{"diagnostics", Json::array()}}}});
  for (const Json& action : actions) {
    if (action["title"] != "Ignore add-required-column for this statement") continue;
    const Json edit = action["edit"]["documentChanges"].at(0)["edits"].at(0);
    EXPECT_EQ(edit["newText"], "// belay:ignore add-required-column: TODO say why\n    ");
    EXPECT_EQ(edit["range"]["start"], (Json{{"line", 7}, {"character", 4}}));
    change(
        replaced(text, "    db.execute(\"ALTER",
                 "    // belay:ignore add-required-column: it is empty\n    db.execute(\"ALTER"));
    diagnostics_without(uri_, "add-required-column");
    return;
  }
  FAIL() << actions;
}

TEST_F(CppTest, TheDownIsWrittenAsAMethodLikeTheUp) {
  const std::string forward = R"(#include <belay/migrations.h>

class AddAge : public belay::Migration {
 public:
  std::string version() const override { return "0002"; }
  std::string description() const override { return "add age"; }
  void up(belay::Database& data) override {
    data.execute("ALTER TABLE people ADD COLUMN age integer");
  }
};
BELAY_MIGRATION(AddAge);
)";
  client_.open(uri_, forward);
  diagnostics_with(uri_, "lock-timeout-missing");
  const Json actions = client_.result(
      "textDocument/codeAction",
      {{"textDocument", {{"uri", uri_}}},
       {"range",
        {{"start", {{"line", 6}, {"character", 7}}}, {"end", {{"line", 6}, {"character", 7}}}}},
       {"context", {{"diagnostics", Json::array()}}}});
  for (const Json& action : actions) {
    if (action["title"] != "Write the down migration") continue;
    const Json filled =
        action.contains("edit") ? action : client_.result("codeAction/resolve", action);
    EXPECT_THAT(filled["edit"].dump(), HasSubstr("SafelyReversible {\\n public:"));
    EXPECT_THAT(filled["edit"].dump(),
                HasSubstr("\\n  void down(belay::Database& data) override {\\n"
                          "    data.execute(\\\"ALTER TABLE people DROP COLUMN age\\\");\\n  }"));
    return;
  }
  FAIL() << actions;
}

TEST_F(CppTest, SqlMigrationsBehindKnowWhatClassesMade) {
  // Without its column the index of the next migration cannot be.
  client_.open(folder_.uri("migrations/0003_index.up.sql"), kIndex);
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  const Json hover =
      client_.result("textDocument/codeLens",
                     {{"textDocument", {{"uri", folder_.uri("migrations/0003_index.up.sql")}}}});
  EXPECT_THAT(hover.dump(), HasSubstr("down restores the schema"));
}

TEST_F(CppTest, ALiteralIsCompletedWhileItIsTyped) {
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  // The source is read anew beside; the answer does not wait for it.
  change(replaced(kSource, "DROP COLUMN age)x", "DROP COLUMN )x"));
  const auto labels = [&](uint32_t line, const char* before) {
    const std::string text = replaced(kSource, "DROP COLUMN age)x", "DROP COLUMN )x");
    const size_t at = text.find(before) + std::string_view(before).size();
    const size_t begin = text.rfind('\n', at - 1) + 1;
    const Json list =
        client_.result("textDocument/completion",
                       {{"textDocument", {{"uri", uri_}}},
                        {"position", position(line, static_cast<uint32_t>(at - begin))}});
    std::vector<std::string> out;
    if (list.is_null()) return out;
    for (const Json& item : list["items"]) {
      if (item.contains("data")) out.push_back(item["label"].get<std::string>());
    }
    return out;
  };
  // In the down stands what the up has made.
  EXPECT_THAT(labels(10, "DROP COLUMN "), ElementsAre("id", "age"));
  EXPECT_THAT(labels(7, "\"ALTER TABLE peo"), ElementsAre("people"));
  EXPECT_THAT(labels(4, "return \"00"), IsEmpty());
}

TEST_F(CppTest, ANameIsWrittenAsItsLiteralDemands) {
  folder_.write("migrations/0001_people.up.sql",
                "CREATE TABLE people (id integer, \"Name\" text);\n");
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  change(replaced(kSource, "ADD COLUMN age integer\"", "DROP COLUMN Na\""));
  const Json list = client_.result("textDocument/completion", {{"textDocument", {{"uri", uri_}}},
                                                               {"position", position(7, 53)}});
  ASSERT_TRUE(list.is_object());
  std::vector<std::string> written;
  for (const Json& item : list["items"]) {
    if (item["label"] == "Name") written.push_back(item["textEdit"]["newText"]);
  }
  EXPECT_THAT(written, ElementsAre("\\\"Name\\\""));
}

TEST_F(CppTest, WordsOfSqlAreToldApartInLiterals) {
  const std::string source =
      replaced(kSource, "\"ALTER TABLE people\\n\"", "\"ALTER TABLE people\\n\" ");
  client_.open(uri_, source);
  diagnostics_with(uri_, "lock-timeout-missing");
  const Json tokens = client_.result("textDocument/semanticTokens/full",
                                     {{"textDocument", {{"uri", uri_}}}})["data"];
  std::vector<std::string> words;
  uint32_t line = 0;
  uint32_t character = 0;
  for (size_t i = 0; i + 4 < tokens.size(); i += 5) {
    if (tokens[i] != 0) character = 0;
    line += tokens[i].get<uint32_t>();
    character += tokens[i + 1].get<uint32_t>();
    const Json place =
        range(position(line, character), position(line, character + tokens[i + 2].get<uint32_t>()));
    words.push_back(marked(source, place));
  }
  EXPECT_THAT(words, ElementsAre("ALTER", "TABLE", "people", "ADD", "COLUMN", "age", "integer",
                                 "ALTER", "TABLE", "people", "DROP", "COLUMN", "age"));
}

TEST_F(CppTest, AColumnIsRenamedInItsLiterals) {
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  const Json edit = client_.result(
      "textDocument/rename",
      {{"textDocument", {{"uri", uri_}}}, {"position", position(10, 51)}, {"newName", "Years"}});
  std::vector<std::string> written;
  for (const Json& document : edit["documentChanges"]) {
    for (const Json& one : document["edits"]) written.push_back(one["newText"]);
  }
  EXPECT_THAT(written, ::testing::UnorderedElementsAre("\\\"Years\\\"", "\"Years\"", "\"Years\""));
}

TEST_F(CppTest, ADeadReaderIsStartedAgain) {
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  const std::vector<pid_t> readers = readers_below(getpid());
  ASSERT_THAT(readers, Not(IsEmpty()));
  for (const pid_t reader : readers) kill(reader, SIGKILL);
  change(replaced(kSource, "DROP COLUMN age)x", "DROP COLUMN ages)x"));
  // The text that it died over is told of; the next one is read as if nothing had been.
  diagnostics_with(uri_, "source-not-understood");
  change(replaced(kSource, "DROP COLUMN age)x", "DROP COLUMN old)x"));
  diagnostics_with(uri_, "down-fails");
  EXPECT_TRUE(wire_.is_alive());
}

TEST_F(CppTest, ACrashOfTheCompilerIsSurvivedAndTold) {
  client_.open(uri_, kSource);
  diagnostics_with(uri_, "lock-timeout-missing");
  change("#pragma clang __debug crash\n" + kSource);
  diagnostics_with(uri_, "source-not-understood");
  const std::string sql = folder_.uri("migrations/0003_index.up.sql");
  client_.open(sql, kIndex);
  EXPECT_THAT(client_.diagnostics(sql, 1), Not(IsEmpty()));
  change(replaced(kSource, "DROP COLUMN age)x", "DROP COLUMN ages)x"));
  diagnostics_with(uri_, "down-fails");
}

TEST(CppTestWithoutCpp, NothingOfClangRunsWhereThereIsNone) {
  ProjectFolder folder;
  folder.write("belay.toml", "dialect = \"postgresql\"\n");
  folder.write("migrations/0001_people.up.sql", "CREATE TABLE people (id integer);\n");
  folder.write("migrations/0001_people.down.sql", "DROP TABLE people;\n");
  folder.write("main.cc", "int main() { return 0; }\n");
  ProcessWire wire;
  Client client(wire);
  client.initialize_in(folder.root());
  client.open(folder.uri("migrations/0001_people.up.sql"), "CREATE TABLE people (id integer);\n");
  client.diagnostics(folder.uri("migrations/0001_people.up.sql"), 1);
  client.open(folder.uri("main.cc"), "int main() { return 0; }\n");
  client.idle(std::chrono::milliseconds(300));
  EXPECT_THAT(readers_below(getpid()), IsEmpty());
}

}  // namespace
}  // namespace belay::lsp::testing
