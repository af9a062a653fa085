#include "workbench/confirmation.h"

#include "tests/workbench/sessions/project_fixture.h"

namespace belay::workbench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using How = Confirmation::How;
using project::ConfirmWhen;
using project::EnvironmentKind;

RunFacts facts(EnvironmentKind kind, ConfirmWhen confirm, bool loses) {
  RunFacts run;
  run.command = "apply";
  run.url = "postgresql://shop:***@db/shop";
  run.database_name = "shop";
  run.environment = "eu";
  run.kind = kind;
  run.confirm = confirm;
  if (loses) run.losses = {"the values of users.phone (0042_x)"};
  return run;
}
RunFacts development(bool loses) {
  return facts(EnvironmentKind::kDevelopment, ConfirmWhen::kNever, loses);
}
RunFacts staging(bool loses) {
  return facts(EnvironmentKind::kStaging, ConfirmWhen::kDataLoss, loses);
}
RunFacts production(bool loses) {
  return facts(EnvironmentKind::kProduction, ConfirmWhen::kDataLoss, loses);
}

constexpr Permission kPerson{true, false, false};
constexpr Permission kScript{false, false, false};
constexpr Permission kYes{false, true, false};
constexpr Permission kProduction{false, false, true};
constexpr Permission kBoth{false, true, true};

How how(const RunFacts& run, const Permission& permission) {
  return confirmation_for(run, permission).how;
}

TEST(Confirmation, NobodyIsAskedInDevelopment) {
  for (const bool loses : {false, true}) {
    EXPECT_EQ(how(development(loses), kPerson), How::kNone);
    EXPECT_EQ(how(development(loses), kScript), How::kNone);
  }
}

TEST(Confirmation, WithoutASnapshotSomebodyIsAskedEverywhere) {
  RunFacts run = development(false);
  run.guarded = false;
  EXPECT_EQ(how(run, kPerson), How::kYes);
  EXPECT_THAT(confirmation_for(run, kPerson).question, HasSubstr("There is no snapshot"));
  EXPECT_EQ(how(run, kScript), How::kRefused);
  EXPECT_EQ(how(run, kYes), How::kNone);
  run = production(false);
  run.guarded = false;
  EXPECT_EQ(how(run, kPerson), How::kTypeName);
}

TEST(Confirmation, OnStagingALossIsConfirmedByYes) {
  EXPECT_EQ(how(staging(false), kPerson), How::kNone);
  EXPECT_EQ(how(staging(false), kScript), How::kNone);
  EXPECT_EQ(how(staging(true), kYes), How::kNone);
  const Confirmation asked = confirmation_for(staging(true), kPerson);
  EXPECT_EQ(asked.how, How::kYes);
  EXPECT_THAT(asked.question,
              AllOf(HasSubstr("(eu, staging) will lose:"), HasSubstr("users.phone (0042_x)")));
  const Confirmation refused = confirmation_for(staging(true), kScript);
  EXPECT_EQ(refused.how, How::kRefused);
  EXPECT_THAT(refused.refusal.message, HasSubstr("will lose the values of users.phone"));
  EXPECT_THAT(refused.refusal.hint, HasSubstr("--yes"));
}

TEST(Confirmation, InProductionALossIsConfirmedByTheDatabasesName) {
  EXPECT_EQ(how(production(false), kPerson), How::kNone);
  const Confirmation asked = confirmation_for(production(true), kPerson);
  EXPECT_EQ(asked.how, How::kTypeName);
  EXPECT_EQ(asked.expected, "shop");
  EXPECT_THAT(asked.question, AllOf(HasSubstr("(eu, production)"), HasSubstr("users.phone"),
                                    HasSubstr("Type the name of the database, shop")));
  // Yes alone does not answer it for a person either.
  EXPECT_EQ(how(production(true), {true, true, false}), How::kTypeName);
  EXPECT_EQ(how(production(true), {true, true, true}), How::kNone);
}

TEST(Confirmation, AScriptOnProductionSaysBoth) {
  for (const bool loses : {false, true}) {
    for (const Permission& permission : {kScript, kYes, kProduction}) {
      EXPECT_EQ(how(production(loses), permission), How::kRefused);
    }
    EXPECT_EQ(how(production(loses), kBoth), How::kNone);
  }
  EXPECT_THAT(confirmation_for(production(true), kYes).refusal.hint,
              HasSubstr("missing: --production"));
  EXPECT_THAT(confirmation_for(production(true), kProduction).refusal.hint,
              HasSubstr("missing: --yes"));
}

TEST(Confirmation, TheFlagMakesItProduction) {
  EXPECT_EQ(how(development(true), {true, false, true}), How::kTypeName);
  EXPECT_EQ(how(development(true), kProduction), How::kRefused);
  EXPECT_EQ(how(development(false), kProduction), How::kRefused);
  EXPECT_EQ(how(staging(true), {true, false, true}), How::kTypeName);
}

TEST(Confirmation, AlwaysMeansAlways) {
  RunFacts run = development(false);
  run.confirm = ConfirmWhen::kAlways;
  EXPECT_EQ(how(run, kPerson), How::kYes);
  run = production(false);
  run.confirm = ConfirmWhen::kAlways;
  EXPECT_EQ(how(run, kPerson), How::kTypeName);
}

TEST(Confirmation, ManyLossesAreCounted) {
  RunFacts run = production(false);
  for (int i = 0; i < 20; ++i) run.losses.push_back("the table t" + std::to_string(i));
  const std::string question = confirmation_for(run, kPerson).question;
  EXPECT_THAT(question, AllOf(HasSubstr("t11"), HasSubstr("and 8 more"), Not(HasSubstr("t12"))));
}

class Environments : public ProjectFixture {
 protected:
  void SetUp() override {
    write("belay.toml",
          "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:dev.db\"\n"
          "[environments.production]\nurl = \"sqlite:data/live.db\"\n"
          "[environments.stage]\nurl = \"sqlite:stage.db\"\nconfirm = \"always\"\n"
          "[environments.bare]\n");
    write("migrations/1_a.up.sql",
          "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT);\nCREATE TABLE log (x);\n");
    write("migrations/2_b.up.sql", "ALTER TABLE users DROP COLUMN phone;\nDELETE FROM log;\n");
    write("migrations/3_c.up.sql", "DROP TABLE log;\n");
  }
};

TEST_F(Environments, AppEnvNamesTheOneThatCounts) {
  EXPECT_EQ(target().url, "sqlite:dev.db");
  EXPECT_EQ(target().environment, "");
  EXPECT_EQ(target().kind, EnvironmentKind::kDevelopment);
  variables_["APP_ENV"] = "production";
  SessionTarget found = target();
  EXPECT_EQ(found.url, "sqlite:data/live.db");
  EXPECT_EQ(found.database_name, "live.db");
  EXPECT_EQ(found.environment, "production");
  EXPECT_EQ(found.kind, EnvironmentKind::kProduction);
  EXPECT_EQ(found.confirm, ConfirmWhen::kDataLoss);
  variables_["APP_ENV"] = "nightly";
  EXPECT_EQ(target().url, "sqlite:dev.db") << "there is none of that name";
  variables_["APP_ENV"] = "stage";
  EXPECT_EQ(target().confirm, ConfirmWhen::kAlways);
}

TEST_F(Environments, TheCommandLineComesBeforeTheVariable) {
  variables_["APP_ENV"] = "production";
  SessionRequest asked = request();
  asked.load.overrides.environment = "stage";
  const SessionTarget found = expect_target(asked);
  EXPECT_EQ(found.url, "sqlite:stage.db");
  asked.load.overrides.environment = "nowhere";
  const Result<SessionTarget> none = find_target(DiskFileSystem(), asked);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("no environment `nowhere`"));
}

TEST_F(Environments, ADatabaseOfTheCommandLineIsNotTheVariablesEnvironment) {
  variables_["APP_ENV"] = "production";
  SessionRequest asked = request();
  asked.database_url = "sqlite:" + file("copy.db");
  EXPECT_EQ(expect_target(asked).environment, "");
  asked.load.overrides.environment = "production";
  EXPECT_EQ(expect_target(asked).kind, EnvironmentKind::kProduction) << "where both are asked for";
}

TEST_F(Environments, TheConfigurationsDefaultComesBeforeTheVariable) {
  variables_["APP_ENV"] = "production";
  write("belay.toml",
        "dialect = \"sqlite\"\ndefault_environment = \"stage\"\n"
        "[environments.production]\nurl = \"sqlite:live.db\"\n"
        "[environments.stage]\nurl = \"sqlite:stage.db\"\n");
  EXPECT_EQ(target().environment, "stage");
}

TEST_F(Environments, LossesAreThoseOfWhatWillRun) {
  const SessionTarget project = target();
  const std::vector<std::string> pending = {"1_a", "2_b", "3_c"};
  ApplyRequest request;
  EXPECT_THAT(losses_of(project, wanted_of(project, pending, request)),
              AllOf(Contains(HasSubstr("users.phone (2_b)")), Contains(HasSubstr("(3_c)"))));
  request.to = "2";
  EXPECT_THAT(wanted_of(project, pending, request), ElementsAre("1_a", "2_b"));
  request.limit = 1;
  EXPECT_THAT(losses_of(project, wanted_of(project, pending, request)), IsEmpty());
  EXPECT_THAT(losses_of(project, {"9_unknown"}), ElementsAre(HasSubstr("was not analysed")));
}

}  // namespace
}  // namespace belay::workbench
