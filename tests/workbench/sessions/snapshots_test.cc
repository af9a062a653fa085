// What belay.toml says of snapshots reaches them.
#include "tests/workbench/sessions/project_fixture.h"

namespace belay::workbench {
namespace {

using ::testing::EndsWith;

class SnapshotsTest : public ProjectFixture {
 protected:
  void configure(const std::string& session) {
    testing::run_sql(file("app.db"), "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)");
    write("migrations/1_a.up.sql", "UPDATE people SET name = NULL WHERE id = 1;\n");
    write("belay.toml",
          "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n[session]\n" + session);
  }
};

TEST_F(SnapshotsTest, AreCompressedWhereThatIsWanted) {
  configure("compress_snapshots = true\n");
  EXPECT_THAT(expect(begin(target())).snapshot.path, EndsWith(".db.zst"));
  expect(rollback(target(), /*discard_foreign_writes=*/false));
}

TEST_F(SnapshotsTest, AreAsTheDatabaseIsOtherwise) {
  configure("keep_snapshots = 1\n");
  EXPECT_THAT(expect(begin(target())).snapshot.path, EndsWith(".db"));
  expect(rollback(target(), /*discard_foreign_writes=*/false));
}

}  // namespace
}  // namespace belay::workbench
