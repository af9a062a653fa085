// Snapshots that are compressed do all that others do.
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

#include "runtime/io/compressed_file.h"
#include "runtime/snapshot/manifest.h"
#include "tests/runtime/session/session_fixture.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;
using namespace runtime;  // NOLINT: the tests are about nothing else
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<MigrationScript> kChanges = {
    migration("0001", "change", "DELETE FROM orders WHERE id > 30;\nCREATE TABLE more (x);\n")};

class CompressionTest : public ShopSession {
 protected:
  void SetUp() override {
    ShopSession::SetUp();
    // Some megabytes, so that there are several frames.
    run_sql(database_,
            "CREATE TABLE bulk (id INTEGER PRIMARY KEY, text TEXT);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            "INSERT INTO bulk SELECT i, 'row number ' || i || hex(randomblob(20)) FROM n;");
    before_ = dump(database_);
    options_.compress_snapshots = true;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(state_ + "/snapshots")) {
      out.push_back(entry.path().filename());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string begin() { return expect(session().begin()).session; }
  std::string file_of(const std::string& session) const {
    return state_ + "/snapshots/" + session + ".db.zst";
  }
  std::string keep_one() {
    const std::string session = begin();
    CommitOptions options;
    options.keep_snapshot = true;
    expect(this->session().commit(options));
    return session;
  }
  Result<ReplaceReport> restore(const std::string& source) {
    RestoreOptions options;
    options.source = source;
    return session().restore(options);
  }
};

TEST_P(CompressionTest, ItTakesLessSpaceAndBringsEverythingBack) {
  const std::string id = begin();
  EXPECT_THAT(files(), ElementsAre(id + ".db.zst", id + ".json"));
  EXPECT_LT(fs::file_size(file_of(id)), fs::file_size(database_) * 3 / 4);
  EXPECT_TRUE(is_compressed(file_of(id)));
  const Manifest manifest = expect(read_manifest(state_ + "/snapshots/" + id + ".json"));
  EXPECT_TRUE(manifest.compressed);
  EXPECT_EQ(manifest.bytes, fs::file_size(file_of(id)));
  must_succeed(kChanges);
  StatusOptions thorough;
  thorough.verify_snapshot = true;
  EXPECT_TRUE(expect(session().status({}, thorough)).snapshot->verified);
  options_.compress_snapshots = false;  // how it was taken is in its manifest
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
  EXPECT_TRUE(files().empty());
}

TEST_P(CompressionTest, ItHoldsEveryByteOfTheFile) {
  const std::string bytes = read_bytes(database_);
  Result<std::unique_ptr<FileReader>> reader = open_reader(file_of(begin()));
  ASSERT_TRUE(reader.ok());
  std::string copied((*reader)->size(), '\0');
  ASSERT_TRUE((*reader)->read(copied.data(), copied.size(), 0).ok());
  EXPECT_TRUE(copied == bytes);
}

TEST_P(CompressionTest, APageSizeThatAMigrationChangedComesBack) {
  begin();
  must_succeed({migration("0001", "pages",
                          std::string("PRAGMA journal_mode=DELETE;\nPRAGMA page_size=8192;\n") +
                              "VACUUM;\nDELETE FROM orders;\n")});
  must_roll_back();
  EXPECT_EQ(query_text(database_, "PRAGMA page_size"), "4096");
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(CompressionTest, DamageIsFoundBeforeItIsWritten) {
  const std::string id = begin();
  must_succeed(kChanges);
  const std::string after = dump(database_);
  const std::string bytes = read_bytes(file_of(id));
  std::string damaged = bytes;
  damaged[bytes.size() / 2] ^= 1;
  write_bytes(file_of(id), damaged);
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("damaged"));
  write_bytes(file_of(id), bytes.substr(0, bytes.size() - 100));
  EXPECT_THAT(refused(session().rollback()).message, HasSubstr("bytes instead of"));
  EXPECT_TRUE(same_content(dump(database_), after));
  write_bytes(file_of(id), bytes);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(CompressionTest, KeptOnesAreListedVerifiedRestoredAndPruned) {
  const std::string kept = keep_one();
  SnapshotsOptions whole;
  whole.verify = true;
  EXPECT_TRUE(expect(session().snapshots(whole)).sound());
  run_sql(database_, "DELETE FROM orders; CREATE TABLE later (x)");
  const std::string later = dump(database_);
  must_begin();
  expect(restore(kept));
  EXPECT_TRUE(same_content(dump(database_), before_));
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), later));
  must_begin();
  expect(restore(file_of(kept)));
  EXPECT_TRUE(same_content(dump(database_), before_));
  must_commit();
  const std::string elsewhere = directory_.file("elsewhere.zst");
  fs::copy_file(file_of(kept), elsewhere);
  std::string bytes = read_bytes(elsewhere);
  bytes[bytes.size() / 3] ^= 1;
  write_bytes(directory_.file("damaged.zst"), bytes);
  PruneOptions named;
  named.sessions = {kept};
  EXPECT_THAT(expect(session().prune_snapshots(named)).removed, ElementsAre(kept));
  EXPECT_TRUE(files().empty());
  run_sql(database_, "DELETE FROM orders");
  must_begin();
  const Error error = refused(restore(directory_.file("damaged.zst")));
  EXPECT_THAT(error.message, HasSubstr("the compressed file is damaged: at byte"));
  EXPECT_THAT(error.message, HasSubstr("the database was not changed"));
  expect(restore(elsewhere));
  EXPECT_TRUE(same_content(dump(database_), before_));
  must_commit();
}

/// A reader keeps the log from being put away, so not all there is is in the file.
TEST_P(CompressionTest, ALogThatCannotBePutAwayIsInIt) {
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(database_.c_str(), &reader), SQLITE_OK);
  sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM log", nullptr, nullptr, nullptr);
  if (GetParam() == std::string("wal")) {
    run_sql(database_, "INSERT INTO bulk (text) VALUES ('late')");
    before_ = dump(database_);
  }
  const std::string id = begin();
  EXPECT_THAT(files(), ElementsAre(id + ".db.zst", id + ".json"));
  sqlite3_close(reader);
  must_succeed(kChanges);
  must_roll_back();
  EXPECT_TRUE(same_content(dump(database_), before_));
}

TEST_P(CompressionTest, AManifestOfTheFormatBeforeIsRead) {
  options_.compress_snapshots = false;
  const std::string id = keep_one();
  const std::string path = state_ + "/snapshots/" + id + ".json";
  Json json = parse_json(read_bytes(path));
  json["format"] = 2;
  json.erase("compression");
  write_bytes(path, dump_json(json));
  SnapshotsOptions whole;
  whole.verify = true;
  EXPECT_TRUE(expect(session().snapshots(whole)).sound());
  json["format"] = 4;
  write_bytes(path, dump_json(json));
  EXPECT_FALSE(expect(session().snapshots(whole)).sound());
}

INSTANTIATE_TEST_SUITE_P(JournalModes, CompressionTest, ::testing::Values("delete", "wal"),
                         journal_name);

}  // namespace
}  // namespace belay::testing
