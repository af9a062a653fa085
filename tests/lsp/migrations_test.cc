// The list of all migrations, what it knows of their state and from whom, and the schemas around
// each: through the protocol, with a real SQLite database.

#include <sys/wait.h>

#include "tests/lsp/support/session_fixture.h"

namespace belay::lsp::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MigrationsTest : public SessionTest {
 protected:
  Json histories() { return client_.result("belay/migrations", Json::object())["histories"]; }
  Json history() {
    const Json all = histories();
    EXPECT_EQ(all.size(), 1U) << all;
    return all.empty() ? Json() : all[0];
  }
  static std::vector<std::string> states(const Json& history) {
    std::vector<std::string> out;
    for (const Json& migration : history["migrations"]) out.push_back(migration["state"]);
    return out;
  }
  std::vector<std::string> states() { return states(history()); }

  /// The command line, as another process of a person's.
  void belay(const std::string& arguments) const {
    const std::string line = "cd '" + folder_.root() + "' && '" BELAY_PROGRAM "' " + arguments +
                             " >/dev/null 2>&1 </dev/null";
    ASSERT_EQ(WEXITSTATUS(std::system(line.c_str())), 0) << arguments;
  }
  void tell_of(const std::string& file) {
    client_.notify("workspace/didChangeWatchedFiles",
                   {{"changes", {{{"uri", folder_.uri(file)}, {"type", 2}}}}});
  }
  std::string schema(const std::string& when) {
    return client_.result("belay/schema",
                          {{"uri", uri_}, {"migration", "0002_phone"}, {"when", when}})["text"];
  }
};

TEST_F(MigrationsTest, ListsEachWithWhatItDoes) {
  start();
  const Json all = history();
  EXPECT_EQ(all["dialect"], "SQLite");
  EXPECT_EQ(all["uri"], folder_.uri("migrations"));
  EXPECT_EQ(all["configuration"], folder_.uri("belay.toml"));
  EXPECT_EQ(all["database"]["place"], "sqlite:app.db");
  EXPECT_EQ(all["database"]["name"], "app.db");
  EXPECT_FALSE(all.contains("session")) << "nobody has asked";
  ASSERT_EQ(all["migrations"].size(), 2U);
  const Json& second = all["migrations"][1];
  EXPECT_EQ(second["id"], "0002_phone");
  EXPECT_EQ(second["version"], "0002");
  EXPECT_EQ(second["up"]["uri"], uri_);
  EXPECT_EQ(second["down"]["uri"], folder_.uri("migrations/0002_phone.down.sql"));
  EXPECT_EQ(second["verdict"]["word"], "restored-data-lost");
  EXPECT_EQ(second["verdict"]["line"], kVerdict);
  EXPECT_EQ(second["risk"], "high");
  EXPECT_EQ(second["losses"], Json({"the values of users.phone"}));
  EXPECT_EQ(second["state"], "unknown");
  EXPECT_FALSE(has_state()) << "a list touches no database";
}

TEST_F(MigrationsTest, ShowsNoPassword) {
  folder_.write("belay.toml",
                "dialect = \"postgresql\"\n[database]\n"
                "url = \"postgresql://shop:secret-word@127.0.0.1:1/shop\"\n");
  start();
  const Json all = histories();
  EXPECT_EQ(all[0]["database"]["name"], "shop");
  EXPECT_THAT(all.dump(), Not(HasSubstr("secret-word")));
}

TEST_F(MigrationsTest, SaysWhyADatabaseIsNotToBeHad) {
  folder_.write("belay.toml",
                "dialect = \"sqlite\"\n[database]\nurl = \"${BELAY_TEST_IS_NOT_SET}\"\n");
  start();
  const Json all = history();
  EXPECT_FALSE(all.contains("database"));
  EXPECT_THAT(all["databaseProblem"].get<std::string>(), HasSubstr("BELAY_TEST_IS_NOT_SET"));
}

TEST_F(MigrationsTest, StatesFollowTheCommands) {
  start();
  histories();
  run("status", "");
  client_.notification("belay/stateChanged");
  EXPECT_THAT(states(), ElementsAre("pending", "pending"));
  run("begin", "Begin");
  run("apply", "Apply");
  const Json all = history();
  EXPECT_THAT(states(all), ElementsAre("applied", "applied"));
  EXPECT_EQ(all["session"]["open"], true);
  EXPECT_EQ(all["session"]["canRollBack"], true);
  EXPECT_EQ(all["session"]["applied"], Json({"0001_users", "0002_phone"}));
  run("down", "Take back 0002");
  EXPECT_THAT(states(), ElementsAre("applied", "pending"));
  run("rollback", "Rollback");
  const Json after = history();
  EXPECT_THAT(states(after), ElementsAre("pending", "pending"));
  EXPECT_EQ(after["session"]["open"], false);
}

TEST_F(MigrationsTest, AFailedOneSaysWhy) {
  folder_.write("migrations/0002_phone.up.sql", "ALTER TABLE nowhere DROP COLUMN phone;\n");
  start();
  run("begin", "Begin");
  client_.on_request("window/showMessageRequest", [this](const Json& params) {
    answer_ = params["actions"][0]["title"] == "Rollback" ? "Keep the session" : "Apply";
    return answered(params);
  });
  client_.change(uri_, 2, Json::array({{{"text", "ALTER TABLE nowhere DROP COLUMN phone;\n"}}}));
  run("apply", "Apply");
  const Json all = history();
  EXPECT_THAT(states(all), ElementsAre("applied", "failed"));
  EXPECT_THAT(all["migrations"][1]["detail"].get<std::string>(), HasSubstr("nowhere"));
}

TEST_F(MigrationsTest, AnotherProcessIsFollowedByItsJournals) {
  start();
  histories();
  belay("begin");
  belay("apply --to 0001");
  tell_of("app.db.belay/journal");
  client_.notification("belay/stateChanged");
  Json all = history();
  EXPECT_EQ(all["session"]["open"], true);
  EXPECT_EQ(all["session"]["applied"], Json({"0001_users"}));
  EXPECT_THAT(states(all), ElementsAre("applied", "unknown")) << "of the second nobody has told";
  EXPECT_THAT(lenses(), Contains("Commit"));

  // What this server has seen of the database itself stays, as far as nothing else has happened.
  run("status", "");
  EXPECT_THAT(states(), ElementsAre("applied", "pending"));
  belay("apply");
  EXPECT_THAT(states(), ElementsAre("applied", "applied")) << "a list looks at the journals, too";
  belay("rollback");
  tell_of("app.db.belay/audit.log");
  client_.notification("belay/stateChanged");
  all = history();
  EXPECT_EQ(all["session"]["open"], false);
  EXPECT_THAT(states(all), ElementsAre("pending", "pending"));
}

TEST_F(MigrationsTest, AnEarlierSessionOfAnotherProcessIsKnown) {
  belay("begin");
  belay("apply");
  belay("commit");
  start();
  EXPECT_THAT(states(), ElementsAre("applied", "applied"));
  EXPECT_EQ(history()["session"]["open"], false);
}

TEST_F(MigrationsTest, WhatIsEditedBehindItsRunIsMarkedAtOnce) {
  start();
  run("begin", "Begin");
  run("apply", "Apply");
  const auto shown = [&](int64_t version) { return codes(client_.diagnostics(uri_, version)); };
  client_.change(uri_, 2,
                 Json::array({{{"text",
                                "-- another comment\nALTER TABLE users DROP COLUMN "
                                "phone;\n"}}}));
  EXPECT_THAT(shown(2), Not(Contains("changed-after-apply"))) << "comments do not run";
  EXPECT_THAT(states(), ElementsAre("applied", "applied"));
  client_.change(uri_, 3, Json::array({{{"text", "ALTER TABLE users DROP COLUMN name;\n"}}}));
  EXPECT_THAT(shown(3), Contains("changed-after-apply"));
  EXPECT_THAT(states(), ElementsAre("applied", "changed"));
  client_.change(uri_, 4, Json::array({{{"text", kDropsPhone}}}));
  EXPECT_THAT(shown(4), Not(Contains("changed-after-apply")));
  EXPECT_THAT(states(), ElementsAre("applied", "applied"));
}

TEST_F(MigrationsTest, IsToldOnceUntilItAsksAgain) {
  start();
  histories();
  for (int64_t version = 2; version < 6; ++version) {
    client_.change(uri_, version, Json::array({{{"text", kDropsPhone}}}));
  }
  client_.notification("belay/stateChanged");
  client_.idle(std::chrono::milliseconds(200));
  EXPECT_FALSE(client_.has_notification("belay/stateChanged"));
}

TEST_F(MigrationsTest, TellsTheSchemaOnBothSides) {
  start();
  EXPECT_THAT(schema("before"), AllOf(HasSubstr("CREATE TABLE users"), HasSubstr("phone")));
  EXPECT_THAT(schema("after"), AllOf(HasSubstr("CREATE TABLE users"), Not(HasSubstr("phone"))));
  const Json missing =
      client_.request("belay/schema", {{"uri", folder_.uri("elsewhere.sql")}, {"when", "before"}});
  EXPECT_THAT(missing["error"]["message"].get<std::string>(), HasSubstr("no migration stands in"));
}

TEST_F(MigrationsTest, MakesANewOneInTheLayoutAndOpensIt) {
  start();
  std::string opened;
  client_.on_request("window/showDocument", [&](const Json& params) {
    opened = params["uri"];
    return Json({{"success", true}});
  });
  Json arguments = argument();
  arguments["name"] = "add an address";
  const Json made = run("new", "", arguments);
  EXPECT_EQ(made["done"], true) << made;
  EXPECT_EQ(made["message"], folder_.uri("migrations/0003_add_an_address.up.sql"));
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_EQ(opened, made["message"]);
  EXPECT_TRUE(std::filesystem::exists(folder_.path("migrations/0003_add_an_address.down.sql")));
  EXPECT_EQ(history()["migrations"].size(), 3U);
}

TEST_F(MigrationsTest, WritesADownWithoutACursor) {
  folder_.remove("migrations/0002_phone.down.sql");
  start();
  Json edit;
  client_.on_request("workspace/applyEdit", [&](const Json& params) {
    edit = params["edit"];
    return Json({{"applied", true}});
  });
  EXPECT_EQ(run("generateDown", "")["done"], true);
  client_.idle(std::chrono::milliseconds(50));
  EXPECT_THAT(edit.dump(), AllOf(HasSubstr("0002_phone.down.sql"), HasSubstr("ADD COLUMN phone")));
}

TEST_F(MigrationsTest, RehearsesOnACopyAndChangesNothing) {
  belay("begin");
  belay("apply --to 0001");
  belay("commit");
  start();
  const std::vector<std::string> before = sql("SELECT * FROM belay_migrations");
  EXPECT_EQ(run("rehearse", "Cancel")["done"], false);
  const Json done = run("rehearse", "Rehearse");
  EXPECT_EQ(done["done"], true) << done;
  EXPECT_THAT(questions_.back(), AllOf(HasSubstr("Rehearse 1 migration on a copy of sqlite:app.db"),
                                       HasSubstr("0002_phone"), HasSubstr("thrown away")));
  EXPECT_THAT(done["report"].get<std::string>(),
              AllOf(HasSubstr("# Rehearsal"), HasSubstr("0002\\_phone"), HasSubstr("line 1: "),
                    HasSubstr("DROP COLUMN phone")));
  EXPECT_THAT(columns(), ElementsAre("id", "name", "phone"));
  EXPECT_EQ(sql("SELECT * FROM belay_migrations"), before);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.root())) {
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("rehearsal")));
  }
  EXPECT_THAT(states(), ElementsAre("applied", "pending"));
}

TEST_F(MigrationsTest, ARehearsalThatFailsSaysWhere) {
  folder_.write("migrations/0002_phone.up.sql",
                "CREATE TABLE more (x);\nALTER TABLE users DROP COLUMN nowhere;\n");
  sql("CREATE TABLE probe (x);");
  start();
  client_.change(
      uri_, 2,
      Json::array(
          {{{"text", "CREATE TABLE more (x);\nALTER TABLE users DROP COLUMN nowhere;\n"}}}));
  const Json done = run("rehearse", "Rehearse");
  EXPECT_EQ(done["done"], false);
  EXPECT_THAT(done["message"].get<std::string>(), HasSubstr("0002_phone fails on a copy of"));
  EXPECT_THAT(columns(), IsEmpty());
}

TEST_F(MigrationsTest, WithoutTrustNothingOfTheFolderIsActedOn) {
  belay("begin");
  client_.initialize({{"processId", nullptr},
                      {"rootUri", folder_.uri("")},
                      {"capabilities", Client::capabilities()},
                      {"initializationOptions", {{"untrusted", true}}}});
  client_.open(uri_, kDropsPhone);
  const Json all = history();
  EXPECT_FALSE(all.contains("database"));
  EXPECT_FALSE(all.contains("session"));
  Json arguments = argument();
  arguments["name"] = "x";
  EXPECT_EQ(run("new", "", arguments)["done"], false);
  EXPECT_EQ(run("rehearse", "Rehearse")["done"], false);
}

}  // namespace
}  // namespace belay::lsp::testing
