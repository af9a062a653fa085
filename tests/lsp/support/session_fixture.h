#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {

/// A project with a SQLite database, an editor that has the second migration open, and a person who
/// answers questions: each test says how.
class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    folder_.write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    folder_.write("migrations/0001_users.up.sql",
                  "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT);\n"
                  "INSERT INTO users (name, phone) VALUES ('Ada', '1'), ('Bob', '2');\n");
    folder_.write("migrations/0001_users.down.sql", "DROP TABLE users;\n");
    folder_.write("migrations/0002_phone.up.sql", kDropsPhone);
    folder_.write("migrations/0002_phone.down.sql", "ALTER TABLE users ADD COLUMN phone TEXT;\n");
    sql("CREATE TABLE kept (x); INSERT INTO kept VALUES (1);");
    client_.on_request("window/showMessageRequest",
                       [this](const Json& params) { return answered(params); });
  }

  std::optional<Json> answered(const Json& params) {
    questions_.push_back(params["message"].get<std::string>());
    std::optional<Json> answer;
    if (answer_ == "nothing") return answer;
    answer = Json();
    buttons_.clear();
    for (const Json& action : params["actions"]) {
      buttons_.push_back(action["title"].get<std::string>());
      if (buttons_.back() == answer_) answer = action;
    }
    return answer;
  }

  void start() {
    client_.initialize_in(folder_.root());
    client_.open(uri_, kDropsPhone);
    client_.diagnostics(uri_, 1);
  }
  Json argument() const { return {{"uri", uri_}}; }
  /// Runs a command, with that answer to its question; the result.
  Json run(const std::string& command, const std::string& answer, const Json& arguments) {
    answer_ = answer;
    return client_.result("workspace/executeCommand",
                          {{"command", "belay." + command}, {"arguments", {arguments}}});
  }
  Json run(const std::string& command, const std::string& answer) {
    return run(command, answer, argument());
  }
  std::vector<std::string> lenses() {
    std::vector<std::string> out;
    const Json params = {{"textDocument", {{"uri", uri_}}}};
    for (const Json& lens : client_.result("textDocument/codeLens", params)) {
      out.push_back(lens["command"]["title"].get<std::string>());
    }
    return out;
  }

  /// Runs SQL on the database, without Belay; the first column of all rows.
  std::vector<std::string> sql(const std::string& text,
                               const std::string& database = "app.db") const {
    sqlite3* db = nullptr;
    std::vector<std::string> out;
    EXPECT_EQ(sqlite3_open(folder_.path(database).c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    sqlite3_exec(
        db, text.c_str(),
        [](void* rows, int, char** values, char**) {
          static_cast<std::vector<std::string>*>(rows)->emplace_back(values[0] ? values[0]
                                                                               : "NULL");
          return 0;
        },
        &out, &error);
    if (error != nullptr) out.emplace_back(error);
    sqlite3_free(error);
    sqlite3_close(db);
    return out;
  }
  std::vector<std::string> columns(const std::string& database = "app.db") const {
    return sql("SELECT name FROM pragma_table_info('users') ORDER BY cid", database);
  }
  bool has_state() const { return std::filesystem::exists(folder_.path("app.db.belay")); }

  /// Over every up, whatever the session.
  static constexpr const char* kVerdict =
      "down restores the schema, but not the values of users.phone";
  static constexpr const char* kGoTo = "Go to the down";
  static constexpr const char* kDropsPhone = "ALTER TABLE users DROP COLUMN phone;\n";

  ProjectFolder folder_;
  std::string uri_ = folder_.uri("migrations/0002_phone.up.sql");
  ProcessWire wire_;
  Client client_{wire_};
  std::string answer_;
  std::vector<std::string> questions_;
  std::vector<std::string> buttons_;  ///< of the last question
};

}  // namespace belay::lsp::testing
