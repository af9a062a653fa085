// A session on PostgreSQL through the protocol: the program on one side, a server of the test's own
// on the other.

#include "tests/lsp/support/session_fixture.h"
#include "tests/runtime/postgres/shop.h"

namespace belay::lsp::testing {
namespace {

using belay::testing::dump_postgres;
using belay::testing::query_postgres;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kDatabase = "lsp_shop";

class PostgresSessionTest : public SessionTest {
 protected:
  static constexpr const char* kFails =
      "CREATE TABLE added (id bigint);\n\nINSERT INTO added SELECT nowhere FROM added;\n";

  PostgresSessionTest() {
    belay::testing::make_postgres_shop(kDatabase);
    folder_.write("belay.toml", "dialect = \"postgresql\"\n[database]\nurl = \"" +
                                    belay::testing::url_text(kDatabase) + "\"\n");
    folder_.write("migrations/0001_users.up.sql", "CREATE TABLE users (id bigint, phone text);\n");
    folder_.write("migrations/0002_phone.up.sql", "ALTER TABLE users DROP COLUMN phone;\n");
    folder_.write("migrations/0003_fails.up.sql", kFails);
    folder_.write("migrations/0003_fails.down.sql", "DROP TABLE added;\n");
  }
  ~PostgresSessionTest() override { belay::testing::drop_postgres(kDatabase); }
};

TEST_F(PostgresSessionTest, IsTakenBackAndRolledBackToTheLastRow) {
  const std::string before = dump_postgres(kDatabase);
  start();
  EXPECT_EQ(run("begin", "Begin")["done"], true);
  EXPECT_EQ(run("apply", "Apply")["done"], true);
  EXPECT_EQ(run("down", "Take back 0002")["done"], true);
  EXPECT_THAT(query_postgres(kDatabase,
                             "SELECT count(*) FROM information_schema.columns WHERE table_name = "
                             "'users' AND column_name = 'phone'"),
              "1");
  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_EQ(dump_postgres(kDatabase), before);
}

TEST_F(PostgresSessionTest, IsRehearsedOnACopyOfTheServers) {
  const std::string before = dump_postgres(kDatabase);
  start();
  const Json done = run("rehearse", "Rehearse", {{"uri", uri_}, {"migration", "0002_phone"}});
  EXPECT_EQ(done["done"], true) << done;
  EXPECT_THAT(done["report"].get<std::string>(),
              AllOf(HasSubstr("AccessExclusiveLock"), HasSubstr("DROP COLUMN phone")));
  // In an open session, too, whose mark stands in the database.
  EXPECT_EQ(run("begin", "Begin")["done"], true);
  EXPECT_EQ(run("rehearse", "Rehearse")["done"], false) << "the third one fails";
  EXPECT_EQ(run("rollback", "Rollback")["done"], true);
  EXPECT_EQ(dump_postgres(kDatabase), before);
  EXPECT_EQ(
      query_postgres(kDatabase,
                     "SELECT count(*) FROM pg_database WHERE datname LIKE 'belay_rehearsal%'"),
      "0");
}

TEST_F(PostgresSessionTest, AFailureIsUnderlinedAtItsStatementAndOffersTheRollback) {
  const std::string before = dump_postgres(kDatabase);
  uri_ = folder_.uri("migrations/0003_fails.up.sql");
  client_.initialize_in(folder_.root());
  client_.open(uri_, kFails);
  run("begin", "Begin");
  client_.on_request("window/showMessageRequest", [this](const Json& params) {
    answer_ = params["actions"][0]["title"].get<std::string>();
    return answered(params);
  });
  EXPECT_EQ(run("apply", "")["done"], false);
  const Json shown = client_.notification("textDocument/publishDiagnostics", [&](const Json& p) {
    return p["uri"] == uri_ && p["diagnostics"].dump().find("run-failed") != std::string::npos;
  })["diagnostics"];
  EXPECT_EQ(shown[0]["range"], range(position(2, 0), position(2, 43)));
  EXPECT_THAT(shown[0]["message"].get<std::string>(),
              AllOf(HasSubstr("column \"nowhere\" does not exist"), HasSubstr("42703")));
  client_.notification("window/showMessage", [](const Json& p) {
    return p["message"].get<std::string>().find("rolled back") != std::string::npos;
  });
  EXPECT_THAT(questions_.back(), HasSubstr("Roll back now"));
  EXPECT_EQ(dump_postgres(kDatabase), before);
}

}  // namespace
}  // namespace belay::lsp::testing
