#include "workbench/upkeep.h"

#include "tests/workbench/sessions/project_fixture.h"
#include "workbench/confirmation.h"

namespace belay::workbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UpkeepTest : public ProjectFixture {
 protected:
  UpkeepTest() {
    write("belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
    write("migrations/0001_users.up.sql", "CREATE TABLE users (id INTEGER, phone TEXT);\n");
    write("migrations/0001_users.down.sql", "DROP TABLE users;\n");
    write("migrations/0002_phone.up.sql", "ALTER TABLE users DROP COLUMN phone;\n");
    write("migrations/0002_phone.down.sql", "ALTER TABLE users ADD COLUMN phone TEXT;\n");
    write("migrations/0003_more.up.sql", "CREATE TABLE more (x);\n");
    write("migrations/0003_more.down.sql", "DROP TABLE more;\n");
    expect(begin(target()));
    ApplyRequest two;
    two.limit = 2;
    expect(apply(target(), two));
  }
  Result<DownRequest> through(const std::string& migration) {
    const SessionTarget on = target();
    return down_through(on, expect(status(on)), migration);
  }
};

TEST_F(UpkeepTest, TakingAMigrationBackTakesBackWhatCameAfterIt) {
  EXPECT_EQ(expect(through("0002")).steps, 1U);
  EXPECT_EQ(expect(through("0002_phone")).steps, 1U);
  EXPECT_EQ(expect(through("0001_users")).steps, 2U);
}

TEST_F(UpkeepTest, WhatIsNotAppliedCannotBeTakenBack) {
  EXPECT_THAT(through("0003").error().message, HasSubstr("0003_more is not applied"));
  EXPECT_THAT(through("0009").error().message, HasSubstr("no migration `0009`"));
}

TEST_F(UpkeepTest, WhatADownWouldLoseIsNamedWithItsMigration) {
  const SessionTarget on = target();
  const RunFacts facts = down_facts(on, "down", expect(plan_down(on, expect(through("0002")))));
  EXPECT_EQ(facts.command, "down");
  EXPECT_THAT(facts.losses, ElementsAre("the values of users.phone (by the up) (0002_phone)"));
}

TEST_F(UpkeepTest, ARollbackLosesWhatOthersWrote) {
  const SessionTarget on = target();
  EXPECT_THAT(rollback_facts(on, status(on)).losses, IsEmpty());
  EXPECT_THAT(rollback_facts(on, Error{"unreachable", "", ""}).losses,
              ElementsAre(HasSubstr("is not known")));
}

}  // namespace
}  // namespace belay::workbench
