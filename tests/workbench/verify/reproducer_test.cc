#include "workbench/verify/reproducer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/overlay_file_system.h"
#include "workbench/verify/verify.h"

namespace belay::workbench {
namespace {

namespace fs = std::filesystem;
using rollback::Verdict;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class ReproducerTest : public ::testing::Test {
 protected:
  ReproducerTest() {
    std::string name = (fs::temp_directory_path() / "belay-reproducer-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~ReproducerTest() override { fs::remove_all(folder_); }

  fs::path folder_;
};

// No analysis knows what `abs` makes of the smallest number, so this is a true disagreement.
TEST_F(ReproducerTest, IsWrittenAndShowsTheDisagreementAgain) {
  const DiskFileSystem disk;
  OverlayFileSystem files(disk);
  const std::string history = "/nowhere/migrations/";
  files.put(history + "1_people.up.sql", "CREATE TABLE people (id INTEGER, password TEXT);");
  files.put(history + "1_people.down.sql", "DROP TABLE people;");
  files.put(history + "2_index.up.sql", "CREATE INDEX people_id ON people (id);");
  files.put(history + "2_index.down.sql",
            "SELECT abs(-9223372036854775808);\nDROP INDEX people_id;\n");
  VerifyRequest request;
  request.targets = {history + "1_people.up.sql", history + "2_index.up.sql"};
  request.load.overrides.engine = Engine::kSqlite;
  request.reproducer_directory = folder_.string();
  const Result<VerifyResult> result = verify(files, request);
  ASSERT_TRUE(result.ok()) << result.error().to_string();
  ASSERT_EQ(result->migrations.size(), 2U);
  EXPECT_THAT(result->migrations[0].reproducer_path, IsEmpty());
  ASSERT_TRUE(result->migrations[1].disagrees());
  const fs::path path = result->migrations[1].reproducer_path;
  EXPECT_EQ(path.parent_path(), folder_);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const std::string text = read_text(path);
  EXPECT_THAT(text, HasSubstr("-- analysis:  restored ("));
  EXPECT_THAT(text, HasSubstr("-- execution: down-failed\n"));
  EXPECT_THAT(text, HasSubstr("--   down fails: integer overflow"));
  EXPECT_THAT(text, HasSubstr("-- engine:    SQLite 3."));

  // Cut apart as its head says, it is a history on which the same happens.
  const fs::path again = folder_ / "again";
  fs::create_directory(again);
  const std::string cut = "cd " + again.string() +
                          " && awk '/^-- belay file / {close(f); f=$4; next} f {print > f}' " +
                          path.string();
  EXPECT_THAT(text, HasSubstr(cut.substr(cut.find("awk"), cut.rfind(' ') - cut.find("awk"))));
  ASSERT_EQ(std::system(cut.c_str()), 0);
  VerifyRequest repeated;
  repeated.targets = {again.string(), "2"};
  repeated.load.overrides.engine = Engine::kSqlite;
  repeated.load.overrides.layout = project::Layout::kSqlx;
  const Result<VerifyResult> second = verify(disk, repeated);
  ASSERT_TRUE(second.ok()) << second.error().to_string();
  ASSERT_EQ(second->migrations.size(), 1U);
  EXPECT_EQ(second->migrations[0].trip.verdict, Verdict::kDownFailed);
  EXPECT_TRUE(second->migrations[0].disagrees());
  EXPECT_THAT(second->migrations[0].reproducer_path, IsEmpty());
}

TEST_F(ReproducerTest, AFolderThatIsNotThereIsNoted) {
  const Result<std::string> written =
      write_reproducer((folder_ / "missing").string(), VerifiedMigration{}, Circumstances{});
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().message, HasSubstr("cannot make a file there"));
}

TEST(ReproducerTextTest, TellsHowEachScriptRan) {
  VerifiedMigration migration;
  migration.id = "0002_x\nSELECT 1;";
  migration.trip.verdict = Verdict::kDiffers;
  Circumstances circumstances;
  circumstances.dialect = {Engine::kPostgres, {15, 0}};
  circumstances.setup = "CREATE TABLE a (p int);";
  circumstances.history = {{"CREATE INDEX CONCURRENTLY i ON a (p);", false}};
  circumstances.up = {"DROP INDEX i;\n", true};
  circumstances.down = {"", true};
  const std::string text = reproducer(migration, circumstances);
  EXPECT_THAT(text, Not(HasSubstr("\nSELECT 1;")));  // a name is a comment to its end
  EXPECT_THAT(text, HasSubstr(" --dialect postgresql --dialect-version 15 --rows 0 "
                              "--setup setup.sql 2\n"));
  EXPECT_THAT(text, HasSubstr("-- belay file setup.sql\nCREATE TABLE a (p int);\n"
                              "-- belay file 1_before.up.sql\n-- no-transaction\n"
                              "CREATE INDEX CONCURRENTLY i ON a (p);\n"
                              "-- belay file 2_disagreement.up.sql\nDROP INDEX i;\n"
                              "-- belay file 2_disagreement.down.sql\n\n"));
}

TEST(ReproducerTextTest, HoldsNoPasswords) {
  struct Case {
    const char* text;
    const char* without;
  };
  const Case cases[] = {
      {"CREATE ROLE r LOGIN PASSWORD 'se''cret';", "CREATE ROLE r LOGIN PASSWORD '***';"},
      {"create role r encrypted password\n  'secret'", "create role r encrypted password\n  '***'"},
      {"CONNECTION 'host=h password=secret user=u'", "CONNECTION 'host=h password=*** user=u'"},
      {"OPTIONS (user 'u', password 'secret')", "OPTIONS (user 'u', password '***')"},
      {"dblink('postgresql://u:secret@h/db')", "dblink('postgresql://u:***@h/db')"},
      {"UPDATE t SET password = 'secret'", "UPDATE t SET password = '***'"},
      {"ALTER TABLE t ADD password text DEFAULT 'x'",
       "ALTER TABLE t ADD password text DEFAULT 'x'"},
      {"CREATE TABLE t (password text, q int)", "CREATE TABLE t (password text, q int)"},
      {"SELECT 'https://h:80/a@b'", "SELECT 'https://h:80/a@b'"},
  };
  for (const Case& c : cases) EXPECT_EQ(without_passwords(c.text), c.without);
}

}  // namespace
}  // namespace belay::workbench
