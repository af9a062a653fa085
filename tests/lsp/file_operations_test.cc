// What the server does about files that an editor makes and renames, and texts that it asks for
// later.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_system.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;

class FileOperationsTest : public ::testing::Test {
 protected:
  FileOperationsTest() : wire_(disk_), client_(wire_) {
    folder_.write("belay.toml", "dialect = \"postgresql\"\n");
    folder_.write("migrations/0001_start.up.sql",
                  "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n");
    folder_.write("migrations/0001_start.down.sql", "DROP TABLE users;\n");
  }
  void start(const Json& operations) {
    Json capabilities = Client::capabilities();
    capabilities["workspace"]["workspaceEdit"] = {{"documentChanges", true},
                                                  {"resourceOperations", operations}};
    client_.initialize({{"processId", nullptr},
                        {"rootUri", "file://" + folder_.root()},
                        {"capabilities", capabilities}});
  }
  std::string uri(const std::string& name) const { return folder_.uri(name); }
  Json will_create(const std::string& name) {
    return client_.result("workspace/willCreateFiles", {{"files", {{{"uri", uri(name)}}}}});
  }
  Json will_rename(const std::string& from, const std::string& to) {
    return client_.result("workspace/willRenameFiles",
                          {{"files", {{{"oldUri", uri(from)}, {"newUri", uri(to)}}}}});
  }

  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
};

TEST_F(FileOperationsTest, AnUpThatIsMadeGetsItsDown) {
  start({"create", "rename"});
  const Json edit = will_create("migrations/0002_more.up.sql");
  EXPECT_EQ(edit["documentChanges"],
            Json::array({{{"kind", "create"}, {"uri", uri("migrations/0002_more.down.sql")}}}));
  EXPECT_EQ(will_create("migrations/0002_more.down.sql"), nullptr);
  EXPECT_EQ(will_create("elsewhere/0002_more.up.sql"), nullptr);
}

TEST_F(FileOperationsTest, AnUpThatIsRenamedTakesItsDownAlong) {
  start({"create", "rename"});
  const Json edit = will_rename("migrations/0001_start.up.sql", "migrations/0001_begin.up.sql");
  EXPECT_EQ(edit["documentChanges"],
            Json::array({{{"kind", "rename"},
                          {"oldUri", uri("migrations/0001_start.down.sql")},
                          {"newUri", uri("migrations/0001_begin.down.sql")}}}));
  EXPECT_EQ(will_rename("migrations/0001_start.up.sql", "migrations/notes.txt"), nullptr);
  EXPECT_EQ(will_rename("migrations/0009_none.up.sql", "migrations/0010_none.up.sql"), nullptr);
}

TEST_F(FileOperationsTest, BothThatAreRenamedTogetherAreLeftToTheEditor) {
  start({"create", "rename"});
  const Json files = Json::array({{{"oldUri", uri("migrations/0001_start.up.sql")},
                                   {"newUri", uri("migrations/0001_begin.up.sql")}},
                                  {{"oldUri", uri("migrations/0001_start.down.sql")},
                                   {"newUri", uri("migrations/0001_begin.down.sql")}}});
  EXPECT_EQ(client_.result("workspace/willRenameFiles", {{"files", files}}), nullptr);
}

TEST_F(FileOperationsTest, AClientThatCannotMakeFilesIsOfferedNone) {
  start(Json::array());
  EXPECT_EQ(will_create("migrations/0002_more.up.sql"), nullptr);
  EXPECT_EQ(will_rename("migrations/0001_start.up.sql", "migrations/0001_begin.up.sql"), nullptr);
}

TEST_F(FileOperationsTest, AFileThatWasMadeBelongsToItsHistoryAtOnce) {
  start({"create", "rename"});
  const std::string up = "migrations/0002_more.up.sql";
  const std::string text = "ALTER TABLE users DROP COLUMN phone;\n";
  folder_.write(up, text);
  client_.notify("workspace/didCreateFiles", {{"files", {{{"uri", uri(up)}}}}});
  client_.open(uri(up), text);
  EXPECT_THAT(codes(client_.diagnostics(uri(up), 1)), Contains("missing-down"));
  folder_.write("migrations/0002_more.down.sql", "ALTER TABLE users ADD COLUMN phone text;\n");
  client_.notify("workspace/didCreateFiles",
                 {{"files", {{{"uri", uri("migrations/0002_more.down.sql")}}}}});
  EXPECT_THAT(codes(client_.diagnostics(uri(up), 1)), ::testing::Not(Contains("missing-down")));
}

TEST_F(FileOperationsTest, LensesComeWithTheirTextsWhenTheyAreSeen) {
  Json capabilities = Client::capabilities();
  capabilities["textDocument"]["codeLens"]["resolveSupport"] = {{"properties", {"command"}}};
  client_.initialize({{"processId", nullptr},
                      {"rootUri", "file://" + folder_.root()},
                      {"capabilities", capabilities}});
  const std::string up = uri("migrations/0001_start.up.sql");
  const std::string text = "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n";
  client_.open(up, text);
  const Json lenses = client_.result("textDocument/codeLens", {{"textDocument", {{"uri", up}}}});
  std::vector<std::string> titles;
  for (const Json& lens : lenses) {
    EXPECT_NE(lens.contains("command"), lens.contains("data"));
    if (!lens.contains("data")) continue;
    const Json resolved = client_.result("codeLens/resolve", lens);
    EXPECT_EQ(resolved["range"], lens["range"]);
    titles.push_back(resolved["command"]["title"]);
  }
  EXPECT_THAT(titles, ::testing::ElementsAre("risk low", "down restores the schema"));
  client_.change(up, 2, Json::array({{{"text", text + "\n"}}}));
  EXPECT_EQ(client_.request("codeLens/resolve", lenses.at(0))["error"]["code"], -32801);
}

TEST_F(FileOperationsTest, FixingAllIsResolvedWhenItIsChosen) {
  Json capabilities = Client::capabilities();
  capabilities["textDocument"]["codeAction"]["dataSupport"] = true;
  capabilities["textDocument"]["codeAction"]["resolveSupport"] = {{"properties", {"edit"}}};
  client_.initialize({{"processId", nullptr},
                      {"rootUri", "file://" + folder_.root()},
                      {"capabilities", capabilities}});
  const std::string up = uri("migrations/0002_more.up.sql");
  client_.open(up,
               "SET lock_timeout = '1s';\n"
               "ALTER TABLE users ADD CONSTRAINT a CHECK (id > 0);\n");
  const Json params = {{"textDocument", {{"uri", up}}},
                       {"range", range(position(0, 0), position(0, 0))},
                       {"context", {{"diagnostics", Json::array()}, {"only", {"source.fixAll"}}}}};
  const Json actions = client_.result("textDocument/codeAction", params);
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(actions[0]["kind"], "source.fixAll.belay");
  EXPECT_FALSE(actions[0].contains("edit"));
  const Json edit = client_.result("codeAction/resolve", actions[0])["edit"];
  ASSERT_EQ(edit["documentChanges"].size(), 1U);
  EXPECT_EQ(edit["documentChanges"][0]["textDocument"]["version"], 1);
  EXPECT_THAT(edit.dump(), ::testing::HasSubstr("NOT VALID"));
}

}  // namespace
}  // namespace belay::lsp::testing
