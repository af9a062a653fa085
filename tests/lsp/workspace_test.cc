// The workspace as a whole: what is told of files that nobody has opened.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/file_system.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

/// What a report says: the rules by the names of files.
using Told = std::map<std::string, std::vector<std::string>>;

class WorkspaceTest : public ::testing::Test {
 protected:
  WorkspaceTest() : wire_(disk_), client_(wire_) {
    folder_.write("belay.toml", "dialect = \"postgresql\"\n");
    folder_.write("migrations/0001_users.up.sql", kUsers);
    folder_.write("migrations/0001_users.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_phone.up.sql",
                  "SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN phone;\n");
    folder_.write("migrations/0002_phone.down.sql",
                  "SET lock_timeout = '1s';\nALTER TABLE users ADD COLUMN phone text;\n");
  }

  void start(bool pulls, const Json& settings = nullptr) {
    Json capabilities = Client::capabilities();
    capabilities["workspace"]["symbol"] = {{"tagSupport", {{"valueSet", {1}}}}};
    if (pulls) capabilities["textDocument"]["diagnostic"] = Json::object();
    const std::string root = "file://" + folder_.root();
    client_.initialize({{"processId", nullptr},
                        {"rootUri", root},
                        {"capabilities", capabilities},
                        {"initializationOptions", settings},
                        {"workspaceFolders", {{{"uri", root}, {"name", "project"}}}}});
  }
  std::string uri(const std::string& name) const { return folder_.uri(name); }

  /// The name of a file in the folder.
  std::string name_of(const std::string& uri) const {
    const std::string root = "file://" + folder_.root() + "/";
    return uri.starts_with(root) ? uri.substr(root.size()) : uri;
  }
  int64_t ask() {
    Json previous = Json::array();
    for (const auto& [u, id] : known_) previous.push_back({{"uri", u}, {"value", id}});
    return client_.send_request("workspace/diagnostic", {{"previousResultIds", previous}});
  }
  /// Takes over what the answer says, as a client does.
  Told answer(int64_t request) {
    Told out;
    const Json response = client_.response(request);
    for (const Json& item : response["result"]["items"]) {
      const std::string u = item["uri"];
      known_[u] = item["resultId"];
      versions_[name_of(u)] = item["version"];
      out[name_of(u)] = codes(item["items"]);
    }
    return out;
  }
  Told pull() { return answer(ask()); }
  void changed_on_disk(const std::string& name, int type) {
    client_.notify("workspace/didChangeWatchedFiles",
                   {{"changes", {{{"uri", uri(name)}, {"type", type}}}}});
  }

  static constexpr const char* kUsers = "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n";
  static constexpr int kCreated = 1;
  static constexpr int kDeleted = 3;

  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
  std::map<std::string, std::string> known_;
  std::map<std::string, Json> versions_;
};

TEST_F(WorkspaceTest, TellsOfFilesThatNobodyHasOpened) {
  start(true);
  EXPECT_THAT(pull(),
              UnorderedElementsAre(Pair("migrations/0002_phone.up.sql", ElementsAre("drop-column")),
                                   Pair("migrations/0002_phone.down.sql",
                                        ElementsAre("down-restores-shape-not-data"))));
  EXPECT_THAT(versions_["migrations/0002_phone.up.sql"], Json());
}

TEST_F(WorkspaceTest, WaitsUntilThereIsSomethingNew) {
  start(true);
  pull();
  const int64_t waiting = ask();
  client_.idle(std::chrono::milliseconds(100));
  // A column of another type cannot come back as it was.
  client_.open(uri("migrations/0001_users.up.sql"),
               "CREATE TABLE users (id bigint PRIMARY KEY, phone bigint);\n", 7);
  EXPECT_THAT(answer(waiting),
              Contains(Pair("migrations/0002_phone.down.sql", Contains("attribute-lost"))));
}

TEST_F(WorkspaceTest, AnswersOnceForAllThatAnEditChanges) {
  start(true);
  client_.open(uri("migrations/0001_users.up.sql"), kUsers, 7);
  pull();
  const int64_t waiting = ask();
  client_.change(uri("migrations/0001_users.up.sql"), 8,
                 Json::array({{{"text", "DROP TABLE IF EXISTS old;\n" + std::string(kUsers)}}}));
  const Told told = answer(waiting);
  EXPECT_THAT(told, Contains(Pair("migrations/0001_users.up.sql", Contains("drop-table"))));
  EXPECT_EQ(versions_["migrations/0001_users.up.sql"], 8);
}

TEST_F(WorkspaceTest, ARequestThatWaitsCanBeTakenBack) {
  start(true);
  pull();
  const int64_t waiting = ask();
  client_.notify("$/cancelRequest", {{"id", waiting}});
  EXPECT_EQ(client_.response(waiting)["error"]["code"], -32800);
}

TEST_F(WorkspaceTest, ARequestThatWaitsIsAnsweredAtTheEnd) {
  start(true);
  pull();
  const int64_t waiting = ask();
  client_.result("shutdown", nullptr);
  EXPECT_TRUE(client_.response(waiting).contains("error"));
}

TEST_F(WorkspaceTest, FilesComeAndGo) {
  start(true);
  pull();
  folder_.write("migrations/0003_gone.up.sql", "SET lock_timeout = '1s';\nDROP TABLE users;\n");
  folder_.write("migrations/0003_gone.down.sql", kUsers);
  int64_t waiting = ask();
  changed_on_disk("migrations/0003_gone.up.sql", kCreated);
  EXPECT_THAT(answer(waiting),
              Contains(Pair("migrations/0003_gone.up.sql", Contains("drop-table"))));
  folder_.remove("migrations/0003_gone.up.sql");
  folder_.remove("migrations/0003_gone.down.sql");
  waiting = ask();
  changed_on_disk("migrations/0003_gone.up.sql", kDeleted);
  EXPECT_THAT(answer(waiting), Contains(Pair("migrations/0003_gone.up.sql", IsEmpty())));
}

TEST_F(WorkspaceTest, AFolderWithItsOwnConfigurationIsAProjectOfItsOwn) {
  folder_.write("tool/belay.toml", "dialect = \"sqlite\"\n");
  folder_.write("tool/db/migrations/0001_notes.up.sql", "CREATE TABLE notes (id INTEGER);\n");
  folder_.write("tool/db/migrations/0002_drop.up.sql", "DROP TABLE notes;\n");
  start(true);
  const Told told = pull();
  EXPECT_THAT(told, Contains(Pair("migrations/0002_phone.up.sql", ElementsAre("drop-column"))));
  // No lock_timeout is missing: SQLite has none.
  EXPECT_THAT(told.at("tool/db/migrations/0002_drop.up.sql"), Contains("drop-table"));
  EXPECT_THAT(told.at("tool/db/migrations/0002_drop.up.sql"),
              Not(Contains("lock-timeout-missing")));
}

TEST_F(WorkspaceTest, AFolderThatIsRemovedIsForgotten) {
  start(true);
  pull();
  const int64_t waiting = ask();
  const Json folder = {{"uri", "file://" + folder_.root()}, {"name", "project"}};
  client_.notify("workspace/didChangeWorkspaceFolders",
                 {{"event", {{"added", Json::array()}, {"removed", {folder}}}}});
  EXPECT_THAT(answer(waiting), ElementsAre(Pair("migrations/0002_phone.down.sql", IsEmpty()),
                                           Pair("migrations/0002_phone.up.sql", IsEmpty())));
}

TEST_F(WorkspaceTest, ThePersonMayWantOpenFilesAlone) {
  start(true, {{"workspaceDiagnostics", false}});
  EXPECT_THAT(pull(), IsEmpty());
}

TEST_F(WorkspaceTest, AClientThatDoesNotAskIsToldWhereItWantsThat) {
  start(false, {{"workspaceDiagnostics", true}});
  const std::string phone = uri("migrations/0002_phone.up.sql");
  const auto is_phone = [&](const Json& params) { return params["uri"] == phone; };
  EXPECT_THAT(
      codes(client_.notification("textDocument/publishDiagnostics", is_phone)["diagnostics"]),
      ElementsAre("drop-column"));
  // What is open is told by its version, and when it is closed the file is told of again.
  client_.open(phone, "SELECT 1;\n", 4);
  EXPECT_THAT(codes(client_.diagnostics(phone, 4)), Not(Contains("drop-column")));
  client_.close(phone);
  const auto has_any = [&](const Json& params) {
    return is_phone(params) && !params["diagnostics"].empty();
  };
  EXPECT_THAT(
      codes(client_.notification("textDocument/publishDiagnostics", has_any)["diagnostics"]),
      ElementsAre("drop-column"));
}

TEST_F(WorkspaceTest, SymbolsAreFoundThroughAllMigrations) {
  start(true);
  const auto names = [&](const std::string& query) {
    std::vector<std::string> out;
    for (const Json& symbol : client_.result("workspace/symbol", {{"query", query}})) {
      out.push_back(symbol["name"].get<std::string>() + " in " +
                    name_of(symbol["location"]["uri"]));
    }
    return out;
  };
  EXPECT_THAT(names("phone"), UnorderedElementsAre("phone in migrations/0001_users.up.sql",
                                                   "0002_phone in migrations/0002_phone.up.sql"));
  EXPECT_THAT(names("usr"), Contains("users in migrations/0001_users.up.sql"));
  EXPECT_THAT(names("nothing like it"), IsEmpty());
  // A column that is dropped later is told as such.
  const Json phone = client_.result("workspace/symbol", {{"query", "phone"}});
  size_t gone = 0;
  for (const Json& symbol : phone) gone += symbol.contains("tags") ? 1 : 0;
  EXPECT_EQ(gone, 1U);
}

}  // namespace
}  // namespace belay::lsp::testing
