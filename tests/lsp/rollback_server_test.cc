// Downs through the protocol: navigation, edits that a client asks for when they are chosen, and
// what an edit of one migration brings up in others.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kStart = "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n";
constexpr const char* kAddsAge =
    "SET lock_timeout = '1s';\nALTER TABLE users ADD COLUMN age int;\n";

class RollbackServerTest : public ::testing::Test {
 protected:
  RollbackServerTest() : wire_(disk_), client_(wire_) {
    folder_.write("belay.toml", "dialect = \"postgresql\"\n");
    folder_.write("migrations/0001_start.up.sql", kStart);
    folder_.write("migrations/0001_start.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_age.up.sql", kAddsAge);
    folder_.write("migrations/0002_age.down.sql", "ALTER TABLE users DROP COLUMN age;\n");
  }

  void start(const Json& capabilities = Client::capabilities()) {
    client_.initialize({{"processId", nullptr},
                        {"rootUri", "file://" + folder_.root()},
                        {"capabilities", capabilities}});
  }
  static Json capabilities(bool resolves, bool creates) {
    Json out = Client::capabilities();
    Json& actions = out["textDocument"]["codeAction"];
    if (resolves) {
      actions["dataSupport"] = true;
      actions["resolveSupport"] = {{"properties", {"edit"}}};
    }
    if (creates) out["workspace"]["workspaceEdit"]["resourceOperations"] = {"create", "rename"};
    return out;
  }
  std::string uri(const std::string& name) const { return folder_.uri("migrations/" + name); }
  Json about(const std::string& document) const { return {{"textDocument", {{"uri", document}}}}; }
  Json run(const std::string& command, const Json& arguments) {
    return client_.result("workspace/executeCommand",
                          {{"command", "belay." + command}, {"arguments", {arguments}}});
  }
  /// The action that writes a down, as it is listed over the first line.
  Json action(const std::string& document) {
    Json params = about(document);
    params["range"] = range(position(0, 0), position(0, 0));
    params["context"] = {{"diagnostics", Json::array()}};
    for (const Json& found : client_.result("textDocument/codeAction", params)) {
      if (found["title"] == "Write the down migration") return found;
    }
    ADD_FAILURE() << "no action";
    return Json::object();
  }
  void replace(const std::string& document, int64_t version, const std::string& text) {
    client_.change(document, version, Json::array({{{"text", text}}}));
  }

  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
};

// --- from up to down ---------------------------------------------------------------------------

TEST_F(RollbackServerTest, CommandsShowTheOtherScript) {
  start();
  const std::string up = uri("0002_age.up.sql");
  const std::string down = uri("0002_age.down.sql");
  client_.open(up, kAddsAge);
  EXPECT_EQ(run("goToDown", {{"uri", up}, {"migration", "0002_age"}})["done"], true);
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_EQ(client_.requests_of("window/showDocument").at(0),
            Json({{"uri", down},
                  {"takeFocus", true},
                  {"selection", range(position(0, 0), position(0, 0))}}));
  client_.open(down, "\nALTER TABLE users DROP COLUMN age;\n");
  EXPECT_EQ(run("goToUp", {{"uri", down}})["message"], up);
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_EQ(client_.requests_of("window/showDocument").at(1)["uri"], up);
  EXPECT_EQ(run("goToDown", {{"uri", up}, {"migration", "0009"}})["done"], false);
  EXPECT_THAT(client_.notification("window/showMessage")["message"].get<std::string>(),
              HasSubstr("no down"));
}

TEST_F(RollbackServerTest, AClientThatShowsNoDocumentsIsToldThePlace) {
  Json few = Client::capabilities();
  few["window"].erase("showDocument");
  start(few);
  client_.open(uri("0002_age.up.sql"), kAddsAge);
  run("goToDown", {{"uri", uri("0002_age.up.sql")}});
  EXPECT_EQ(client_.notification("window/showMessage")["message"],
            folder_.path("migrations/0002_age.down.sql") + ":1");
}

TEST_F(RollbackServerTest, ImplementationGoesToTheOtherScript) {
  start();
  const std::string up = uri("0002_age.up.sql");
  client_.open(up, kAddsAge);
  Json params = about(up);
  params["position"] = position(1, 4);
  EXPECT_EQ(client_.result("textDocument/implementation", params),
            Json::array({{{"uri", uri("0002_age.down.sql")},
                          {"range", range(position(0, 0), position(0, 0))}}}));
}

TEST_F(RollbackServerTest, ShowsWhatStandsBehindTheVerdict) {
  folder_.write("migrations/0002_age.down.sql", "SELECT 1;\n");
  start();
  client_.open(uri("0002_age.up.sql"), kAddsAge);
  EXPECT_EQ(run("showVerdict", {{"uri", uri("0002_age.up.sql")}})["message"],
            "0002_age: differs: column users.age stays");
}

// --- writing the down --------------------------------------------------------------------------

TEST_F(RollbackServerTest, TheEditComesWhenTheActionIsChosen) {
  folder_.remove("migrations/0002_age.down.sql");
  start(capabilities(true, true));
  const std::string up = uri("0002_age.up.sql");
  client_.open(up, kAddsAge);
  const Json listed = action(up);
  EXPECT_FALSE(listed.contains("edit")) << "what nobody chooses costs nothing";
  EXPECT_EQ(listed["command"]["command"], "belay.showVerdict");
  // What was typed since the list was made counts.
  replace(up, 2, "ALTER TABLE users ADD COLUMN years int;\n");
  const Json chosen = client_.result("codeAction/resolve", listed);
  EXPECT_EQ(chosen["title"], listed["title"]);
  const Json& changes = chosen["edit"]["documentChanges"];
  EXPECT_EQ(changes.at(0), Json({{"kind", "create"}, {"uri", uri("0002_age.down.sql")}}));
  EXPECT_EQ(changes.at(1)["textDocument"],
            Json({{"uri", uri("0002_age.down.sql")}, {"version", nullptr}}));
  EXPECT_THAT(changes.at(1)["edits"].at(0)["newText"].get<std::string>(),
              HasSubstr("DROP COLUMN years"));
}

TEST_F(RollbackServerTest, AClientThatResolvesNothingGetsTheEditAtOnce) {
  folder_.remove("migrations/0002_age.down.sql");
  start(capabilities(false, true));
  client_.open(uri("0002_age.up.sql"), kAddsAge);
  const Json listed = action(uri("0002_age.up.sql"));
  EXPECT_FALSE(listed.contains("data"));
  EXPECT_EQ(listed["edit"]["documentChanges"].at(0)["kind"], "create");
}

TEST_F(RollbackServerTest, AClientThatMakesNoFilesGetsTheirText) {
  folder_.remove("migrations/0002_age.down.sql");
  start(capabilities(true, false));
  client_.open(uri("0002_age.up.sql"), kAddsAge);
  const Json chosen = client_.result("codeAction/resolve", action(uri("0002_age.up.sql")));
  const Json& changes = chosen["edit"]["documentChanges"];
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes.at(0)["textDocument"]["uri"], uri("0002_age.down.sql"));
}

TEST_F(RollbackServerTest, WhatCannotBeResolvedIsRefusedWithAReason) {
  folder_.remove("migrations/0002_age.down.sql");
  start(capabilities(true, true));
  const std::string up = uri("0002_age.up.sql");
  client_.open(up, kAddsAge);
  Json listed = action(up);
  const Json plain = {{"title", "Open the page"}, {"kind", "quickfix"}};
  EXPECT_EQ(client_.result("codeAction/resolve", plain), plain);
  listed["data"]["migration"] = "0009_nowhere";
  const Json refused = client_.request("codeAction/resolve", listed);
  EXPECT_EQ(refused["error"]["code"], -32803);
  EXPECT_THAT(refused["error"]["message"].get<std::string>(), HasSubstr("0009_nowhere"));
  listed["data"] = "nonsense";
  EXPECT_EQ(client_.request("codeAction/resolve", listed)["error"]["code"], -32602);
}

// --- what edits bring up elsewhere -------------------------------------------------------------

class BroughtUpTest : public RollbackServerTest {
 protected:
  BroughtUpTest() {
    folder_.write("migrations/0003_tags.up.sql",
                  "SET lock_timeout = '1s';\nCREATE TABLE tags (id bigint PRIMARY KEY);\n");
    folder_.write("migrations/0003_tags.down.sql",
                  "DROP TABLE tags;\nALTER TABLE users ALTER COLUMN phone DROP NOT NULL;\n");
  }
  std::string start_up() const { return uri("0001_start.up.sql"); }
  std::string far_down() const { return uri("0003_tags.down.sql"); }
  /// Until it is analysed, so that no edit takes its place.
  void open_start() {
    client_.open(start_up(), kStart);
    client_.result("textDocument/codeLens", about(start_up()));
  }
  void break_it(int64_t version) {
    replace(start_up(), version, "CREATE TABLE users (id bigint PRIMARY KEY);\n");
  }
};

TEST_F(BroughtUpTest, AFileThatIsNotOpenIsToldOfWhatAnEditBreaksInIt) {
  start();
  client_.open(start_up(), kStart);
  client_.diagnostics(start_up(), 1);
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_FALSE(client_.has_notification("textDocument/publishDiagnostics"))
      << "what was there before is told where it is opened";
  break_it(2);
  const Json broken = client_.diagnostics(far_down(), std::nullopt);
  EXPECT_THAT(codes(broken), Contains("down-fails"));
  EXPECT_THAT(broken.dump(), HasSubstr("phone"));
  replace(start_up(), 3, kStart);
  EXPECT_THAT(client_.diagnostics(far_down(), std::nullopt), IsEmpty());
}

TEST_F(BroughtUpTest, TheFileTellsItselfOnceItIsOpen) {
  Json pulls = Client::capabilities();
  pulls["textDocument"]["diagnostic"] = Json::object();
  start(pulls);
  open_start();
  break_it(2);
  EXPECT_THAT(client_.diagnostics(far_down(), std::nullopt), Not(IsEmpty()));
  client_.open(far_down(), "DROP TABLE tags;\n");
  EXPECT_THAT(client_.diagnostics(far_down(), std::nullopt), IsEmpty()) << "never both";
}

TEST_F(BroughtUpTest, ANewMigrationDoesNotMakeItForgotten) {
  start();
  open_start();
  break_it(2);
  EXPECT_THAT(client_.diagnostics(far_down(), std::nullopt), Not(IsEmpty()));
  folder_.write("migrations/0004_new.up.sql", "DROP TABLE users;\n");
  client_.notify("workspace/didChangeWatchedFiles",
                 {{"changes", {{{"uri", uri("0004_new.up.sql")}, {"type", 1}}}}});
  client_.result("textDocument/codeLens", about(start_up()));
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_FALSE(client_.has_notification("textDocument/publishDiagnostics"))
      << "it stands, and what is found in the new file is nobody's doing";
  replace(start_up(), 3, kStart);
  EXPECT_THAT(client_.diagnostics(far_down(), std::nullopt), IsEmpty());
}

TEST_F(BroughtUpTest, OtherSettingsBringNothingUp) {
  start();
  client_.open(start_up(), kStart);
  client_.diagnostics(start_up(), 1);
  folder_.write("belay.toml",
                "dialect = \"postgresql\"\n[rules]\nlock-timeout-missing = \"error\"\n");
  client_.notify("workspace/didChangeWatchedFiles",
                 {{"changes", {{{"uri", folder_.uri("belay.toml")}, {"type", 2}}}}});
  client_.result("textDocument/codeLens", about(start_up()));
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_FALSE(client_.has_notification("textDocument/publishDiagnostics"));
}

TEST_F(BroughtUpTest, WhatAFileBringsItselfIsItsOwn) {
  start();
  client_.open(start_up(), kStart);
  client_.diagnostics(start_up(), 1);
  // A pull of somebody's work: another text, with findings of its own.
  folder_.write("migrations/0003_tags.down.sql", "DROP TABLE users;\n");
  client_.notify("workspace/didChangeWatchedFiles",
                 {{"changes", {{{"uri", far_down()}, {"type", 2}}}}});
  client_.result("textDocument/codeLens", about(start_up()));
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_FALSE(client_.has_notification("textDocument/publishDiagnostics"));
  // From here on edits elsewhere are told again.
  replace(start_up(), 2, "CREATE TABLE users (id bigint, phone text, extra text);\n");
  client_.diagnostics(start_up(), 2);
}

}  // namespace
}  // namespace belay::lsp::testing
