// Which database a command of the editor means, and what each kind of it demands.

#include "tests/lsp/support/session_fixture.h"

namespace belay::lsp::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EnvironmentTest : public SessionTest {
 protected:
  EnvironmentTest() {
    folder_.write("belay.toml", R"(dialect = "sqlite"
[database]
url = "sqlite:app.db"
[environments.dev]
url = "sqlite:dev.db"
[environments.staging]
url = "sqlite:staging.db"
[environments.eu]
url = "sqlite:eu.db"
kind = "production"
)");
    client_.on_request("workspace/configuration", [this](const Json&) {
      return std::optional<Json>(Json::array({Json{{"environment", environment_}}}));
    });
  }

  /// An editor that can be asked for its settings.
  void start_in(const Json& environment) {
    environment_ = environment;
    const std::string root = "file://" + folder_.root();
    Json capabilities = Client::capabilities();
    capabilities["workspace"]["configuration"] = true;
    client_.initialize({{"processId", nullptr},
                        {"rootUri", root},
                        {"capabilities", capabilities},
                        {"workspaceFolders", {{{"uri", root}, {"name", "project"}}}}});
    client_.open(uri_, kDropsPhone);
  }
  void choose(const Json& environment) {
    environment_ = environment;
    client_.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  }
  static std::string message(const Json& result) { return result["message"].get<std::string>(); }
  bool exists(const char* file) const { return std::filesystem::exists(folder_.path(file)); }
  /// Begins, and applies: 0002 loses the values of users.phone.
  Json apply() {
    EXPECT_EQ(run("begin", "Begin")["done"], true);
    return run("apply", "Apply");
  }

  Json environment_ = "";
};

TEST_F(EnvironmentTest, TheChosenOneCountsAndIsNamed) {
  start_in("dev");
  const Json applied = apply();
  EXPECT_EQ(applied["done"], true) << applied;
  EXPECT_THAT(questions_.back(), HasSubstr("to sqlite:dev.db (dev, development)"));
  EXPECT_THAT(message(applied), HasSubstr("sqlite:dev.db (dev, development): "));
  EXPECT_THAT(message(run("status", "")), HasSubstr("sqlite:dev.db (dev, development)"));
  EXPECT_THAT(columns("dev.db"), ElementsAre("id", "name"));
  EXPECT_THAT(columns("app.db"), IsEmpty());
}

TEST_F(EnvironmentTest, AreListedWithTheOneThatCounts) {
  start_in("staging");
  const Json listed = run("environments", "");
  EXPECT_EQ(listed["done"], true);
  EXPECT_EQ(listed["choices"],
            Json::array({{{"name", "dev"}, {"description", "development"}, {"counts", false}},
                         {{"name", "staging"}, {"description", "staging"}, {"counts", true}},
                         {{"name", "eu"}, {"description", "production"}, {"counts", false}}}));
  EXPECT_FALSE(exists("staging.db"));
}

TEST_F(EnvironmentTest, OneThatIsNotThereOpensNoOtherDatabase) {
  for (const Json& wrong : {Json("prod"), Json(7), Json::array({"dev"}), Json(true)}) {
    if (wrong == "prod") {
      start_in(wrong);
    } else {
      choose(wrong);
    }
    for (const char* command : {"begin", "status", "plan", "doctor", "fresh"}) {
      const Json refused = run(command, "Begin");
      EXPECT_EQ(refused["done"], false) << wrong << command;
      EXPECT_THAT(message(refused), HasSubstr("there is no environment")) << command;
    }
  }
  EXPECT_THAT(questions_, IsEmpty());
  EXPECT_FALSE(has_state());
}

TEST_F(EnvironmentTest, AnotherChoiceCountsForTheVeryNextCommand) {
  start_in("dev");
  choose("staging");
  run("begin", "Begin");
  EXPECT_THAT(questions_.back(), HasSubstr("sqlite:staging.db (staging)"));
  EXPECT_FALSE(exists("dev.db.belay"));
}

TEST_F(EnvironmentTest, AnotherChoiceGivesAnOpenQuestionUpAndForgetsTheSession) {
  start_in("dev");
  run("begin", "Begin");
  EXPECT_THAT(lenses(), ::testing::Not(::testing::Contains("Begin session")));
  answer_ = "nothing";
  const int64_t waiting = client_.send_request(
      "workspace/executeCommand", {{"command", "belay.apply"}, {"arguments", {argument()}}});
  while (questions_.size() < 2) client_.idle(std::chrono::milliseconds(20));
  const Json question = client_.last_request_id();
  choose("staging");
  EXPECT_THAT(message(client_.response(waiting)["result"]), HasSubstr("Another environment"));
  client_.answer_late(question, {{"title", "Apply"}});
  client_.idle(std::chrono::milliseconds(200));
  EXPECT_THAT(columns("dev.db"), IsEmpty());
  EXPECT_THAT(lenses(), ::testing::Contains("Begin session"));
}

TEST_F(EnvironmentTest, StagingIsAskedWithAllThatIsLost) {
  start_in("staging");
  EXPECT_EQ(apply()["done"], true);
  EXPECT_THAT(questions_.back(), AllOf(HasSubstr("sqlite:staging.db (staging)"),
                                       HasSubstr("loses the values of users.phone (0002_phone)")));
}

TEST_F(EnvironmentTest, ProductionLosesNothingFromAnEditor) {
  start_in("eu");
  const std::string first = folder_.uri("migrations/0001_users.up.sql");
  run("begin", "Begin");
  const Json harmless = run("apply", "Apply", {{"uri", first}, {"migration", "0001_users"}});
  EXPECT_EQ(harmless["done"], true) << harmless;
  EXPECT_THAT(questions_.back(), HasSubstr("sqlite:eu.db (eu, production)"));

  const size_t asked = questions_.size();
  const Json refused = run("apply", "Apply");
  EXPECT_EQ(refused["done"], false);
  EXPECT_THAT(message(refused),
              AllOf(HasSubstr("`apply` on sqlite:eu.db (eu, production) will lose:"),
                    HasSubstr("the values of users.phone (0002_phone)"),
                    HasSubstr("The name of the database has to be typed"),
                    HasSubstr("belay apply --to 0002 " + folder_.path("migrations") +
                              " --environment eu")));
  EXPECT_THAT(refused["report"].get<std::string>(), HasSubstr("\n    belay apply --to 0002 "));
  EXPECT_EQ(run("down", "Take back 0001", {{"uri", first}, {"migration", "0001_users"}})["done"],
            false);
  sql("INSERT INTO users (name) VALUES ('Eve')", "eu.db");
  const Json kept = run("rollback", "Rollback");
  EXPECT_EQ(kept["done"], false);
  EXPECT_THAT(message(kept), HasSubstr("belay rollback "));
  EXPECT_THAT(message(run("fresh", "Empty and apply")),
              HasSubstr("no environment for development"));
  EXPECT_EQ(questions_.size(), asked) << "nobody is asked for what cannot be answered";
  EXPECT_THAT(sql("SELECT name FROM users ORDER BY id", "eu.db"), ElementsAre("Ada", "Bob", "Eve"));
}

TEST_F(EnvironmentTest, TheRefusedCommandCanBeTyped) {
  start_in("eu");
  const std::string text = message(apply());
  const std::string command = text.substr(text.rfind('\n') + 1);
  ASSERT_TRUE(command.starts_with("belay apply ")) << text;
  const std::string program = BELAY_PROGRAM;
  const std::string typed = program + command.substr(5) + " --yes --production > /dev/null 2>&1";
  EXPECT_EQ(std::system(typed.c_str()), 0) << typed;
  EXPECT_THAT(columns("eu.db"), ElementsAre("id", "name"));
}

}  // namespace
}  // namespace belay::lsp::testing
