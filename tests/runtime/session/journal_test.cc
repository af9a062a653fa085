#include "runtime/session/journal.h"

#include <gtest/gtest.h>

#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using belay::testing::read_bytes;
using belay::testing::TemporaryDirectory;
using belay::testing::write_bytes;

class JournalTest : public ::testing::Test {
 protected:
  Journal::Content read() {
    Result<Journal::Content> content = Journal::read(path_);
    EXPECT_TRUE(content.ok()) << content.error().to_string();
    return content ? *std::move(content) : Journal::Content{};
  }

  /// The first of them is synced; `rest` tells when the others are.
  void write(int records, Sync rest = Sync::kNow) {
    Result<Journal> journal = Journal::open(path_, read());
    ASSERT_TRUE(journal.ok());
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(journal
                      ->append("s1", "event", {{"text", "Zeile\nzwei \xC3\xA9"}, {"i", i}},
                               i == 0 ? Sync::kNow : rest)
                      .ok());
    }
  }

  /// Where each line ends.
  std::vector<size_t> line_ends() const {
    std::vector<size_t> out;
    const std::string text = read_bytes(path_);
    for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
      out.push_back(at + 1);
    }
    return out;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("journal");
  std::string audit_ = directory_.file("audit.log");
};

TEST_F(JournalTest, IsEmptyWithoutAFile) {
  EXPECT_TRUE(read().records.empty());
  EXPECT_FALSE(read().torn);
}

TEST_F(JournalTest, GivesBackWhatWasAppended) {
  write(2);
  write(1);
  const Journal::Content content = read();
  ASSERT_EQ(content.records.size(), 3U);
  EXPECT_EQ(content.records[2].number, 3U);
  EXPECT_EQ(content.records[0].session, "s1");
  EXPECT_EQ(content.records[0].event, "event");
  EXPECT_EQ(text_at(content.records[1].data, "text"), "Zeile\nzwei \xC3\xA9");
  EXPECT_EQ(content.good_bytes, read_bytes(path_).size());
}

TEST_F(JournalTest, ToleratesEveryWayInWhichItsLastLineCanBeTorn) {
  write(3);
  const std::string whole = read_bytes(path_);
  const size_t second_end = whole.find('\n', whole.find('\n') + 1) + 1;
  for (size_t size = second_end + 1; size < whole.size(); ++size) {
    write_bytes(path_, whole.substr(0, size));
    const Journal::Content content = read();
    ASSERT_EQ(content.records.size(), 2U) << size;
    ASSERT_TRUE(content.torn) << size;
    ASSERT_EQ(content.good_bytes, second_end);
  }
}

TEST_F(JournalTest, ToleratesZerosWhereALineShouldBe) {
  write(2);
  write_bytes(path_, read_bytes(path_) + std::string(100, '\0'));
  EXPECT_EQ(read().records.size(), 2U);
  EXPECT_TRUE(read().torn);
}

TEST_F(JournalTest, CutsATornEndOffBeforeItGoesOn) {
  write(2);
  const std::string good = read_bytes(path_);
  write_bytes(path_, good + "1 0123");
  write(1);
  const Journal::Content content = read();
  EXPECT_EQ(content.records.size(), 3U);
  EXPECT_FALSE(content.torn);
  EXPECT_TRUE(read_bytes(path_).starts_with(good));
}

TEST_F(JournalTest, CallsDamageWhatIsNoTornEnd) {
  write(3);
  const std::string whole = read_bytes(path_);
  const size_t last_line = whole.find('\n', whole.find('\n') + 1) + 1;
  for (size_t i = 0; i < last_line; ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    write_bytes(path_, changed);
    const Result<Journal::Content> content = Journal::read(path_);
    ASSERT_FALSE(content.ok()) << "byte " << i;
    ASSERT_NE(content.error().message.find("damaged"), std::string::npos);
  }
}

TEST_F(JournalTest, EndsWhereLinesThatWereNotSyncedCameThroughInPart) {
  write(5, Sync::kWithNext);
  const std::string whole = read_bytes(path_);
  const std::vector<size_t> ends = line_ends();
  for (size_t lost = 1; lost < ends.size(); ++lost) {
    std::string found = whole;
    found.replace(ends[lost - 1], ends[lost] - ends[lost - 1], ends[lost] - ends[lost - 1], '\0');
    write_bytes(path_, found);
    const Journal::Content content = read();
    EXPECT_EQ(content.records.size(), lost);
    EXPECT_EQ(content.good_bytes, ends[lost - 1]);
    EXPECT_TRUE(content.torn);
  }
  write(1);
  EXPECT_EQ(read().records.size(), ends.size());
  EXPECT_FALSE(read().torn);
}

TEST_F(JournalTest, CallsDamageWhatALaterLineKnowsToHaveBeenSynced) {
  write(3, Sync::kWithNext);
  {
    Result<Journal> journal = Journal::open(path_, read());
    ASSERT_TRUE(journal.ok());
    ASSERT_TRUE(journal->append("s1", "event", {}).ok());  // with all that is before it
    ASSERT_TRUE(journal->append("s1", "event", {}, Sync::kWithNext).ok());
  }
  const std::string whole = read_bytes(path_);
  const std::vector<size_t> ends = line_ends();
  for (size_t lost = 0; lost + 1 < ends.size(); ++lost) {
    std::string found = whole;
    found[ends[lost] - 2] = '\0';
    write_bytes(path_, found);
    EXPECT_FALSE(Journal::read(path_).ok()) << "line " << lost;
  }
}

TEST_F(JournalTest, CallsAMissingLineDamage) {
  write(3);
  const std::string whole = read_bytes(path_);
  const size_t first = whole.find('\n') + 1;
  const size_t second = whole.find('\n', first) + 1;
  write_bytes(path_, whole.substr(0, first) + whole.substr(second));
  EXPECT_FALSE(Journal::read(path_).ok());
}

TEST_F(JournalTest, IsMovedToTheAuditLog) {
  write(2);
  const std::string lines = read_bytes(path_);
  write_bytes(audit_, "older\n");
  ASSERT_TRUE(archive_journal(path_, audit_).ok());
  EXPECT_FALSE(file_exists(path_));
  EXPECT_EQ(read_bytes(audit_), "older\n" + lines);
}

TEST_F(JournalTest, ArrivesInTheAuditLogOnceHoweverOftenTheMoveWasCutOff) {
  write(2);
  const std::string lines = read_bytes(path_);
  for (size_t arrived = 0; arrived <= lines.size(); ++arrived) {
    write_bytes(path_, lines);
    write_bytes(audit_, "older\n" + lines.substr(0, arrived));
    ASSERT_TRUE(archive_journal(path_, audit_).ok());
    ASSERT_EQ(read_bytes(audit_), "older\n" + lines) << arrived;
  }
}

TEST_F(JournalTest, KeepsApartFromATornLineInTheAuditLog) {
  write(1);
  const std::string lines = read_bytes(path_);
  write_bytes(audit_, "torn");
  ASSERT_TRUE(archive_journal(path_, audit_).ok());
  EXPECT_EQ(read_bytes(audit_), "torn\n" + lines);
}

}  // namespace
}  // namespace belay::runtime
