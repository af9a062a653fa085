#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "runtime/io/checksum.h"
#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/file_lock.h"
#include "runtime/io/sha256.h"
#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using belay::testing::read_bytes;
using belay::testing::TemporaryDirectory;
using belay::testing::write_bytes;

TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.add("a");
  pieces.add("");
  pieces.add("bc");
  EXPECT_EQ(pieces.hex(), sha256_hex("abc"));
}

TEST(DurableFile, WritesWholeFilesForTheirOwnerAlone) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a");
  ASSERT_TRUE(write_file(path, "one").ok());
  ASSERT_TRUE(write_file(path, "two").ok());
  EXPECT_EQ(read_bytes(path), "two");
  EXPECT_FALSE(file_exists(path + ".partial"));
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(*file_checksum(path), "35d5c8cc887e4da96c0560bdcb29998b") << "`xxhsum -H2`";
}

TEST(DurableFile, SaysWhatItCouldNotDoAndWhere) {
  const Result<void> written = write_file("/nowhere/at/all", "x");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().where, "/nowhere/at/all.partial");
  EXPECT_NE(written.error().message.find("No such file"), std::string::npos);
}

TEST(DurableFile, RemovesWhatMayBeGone) {
  const TemporaryDirectory directory;
  write_bytes(directory.file("a"), "x");
  EXPECT_TRUE(remove_file(directory.file("a")).ok());
  EXPECT_TRUE(remove_file(directory.file("a")).ok());
  EXPECT_FALSE(file_exists(directory.file("a")));
}

TEST(AppendFile, GrowsAndCanBeCut) {
  const TemporaryDirectory directory;
  Result<AppendFile> file = AppendFile::open(directory.file("log"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->append("one\n").ok());
  ASSERT_TRUE(file->append("two\n").ok());
  EXPECT_EQ(file->size(), 8U);
  ASSERT_TRUE(file->truncate(4).ok());
  ASSERT_TRUE(file->append("three\n").ok());
  EXPECT_EQ(read_bytes(directory.file("log")), "one\nthree\n");
}

FileLock::Request request(const char* command, int milliseconds) {
  FileLock::Request request;
  request.command = command;
  request.timeout = std::chrono::milliseconds(milliseconds);
  return request;
}

TEST(FileLock, ExcludesAnotherHolderInTheSameProcess) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  Result<FileLock> first = FileLock::acquire(path, request("begin", 0));
  ASSERT_TRUE(first.ok());
  const Result<FileLock> second = FileLock::acquire(path, request("apply", 20));
  ASSERT_FALSE(second.ok());
  const std::string text = second.error().message;
  EXPECT_NE(text.find("belay begin, process " + std::to_string(::getpid())), std::string::npos)
      << text;
}

TEST(FileLock, IsFreeAgainAfterItsHolder) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  {
    const Result<FileLock> lock = FileLock::acquire(path, request("begin", 0));
    ASSERT_TRUE(lock.ok());
    const std::optional<LockHolder> holder = FileLock::holder(path);
    ASSERT_TRUE(holder.has_value());
    EXPECT_EQ(holder->command, "begin");
    EXPECT_EQ(holder->pid, ::getpid());
  }
  EXPECT_FALSE(FileLock::holder(path).has_value());
  EXPECT_TRUE(FileLock::acquire(path, request("apply", 0)).ok());
}

TEST(FileLock, WaitsForItsHolder) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  auto first = std::make_unique<Result<FileLock>>(FileLock::acquire(path, request("begin", 0)));
  ASSERT_TRUE(first->ok());
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    first.reset();
  });
  std::string waited_for;
  FileLock::Request waiting = request("apply", 5000);
  waiting.progress = [&](const Progress& progress) { waited_for = progress.subject; };
  EXPECT_TRUE(FileLock::acquire(path, waiting).ok());
  holder.join();
  EXPECT_NE(waited_for.find("belay begin"), std::string::npos) << waited_for;
}

TEST(FileLock, EndsWithAProcessThatIsKilled) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Result<FileLock> lock = FileLock::acquire(path, request("begin", 0));
    (void)!::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_TRUE(FileLock::holder(path).has_value());
  EXPECT_EQ(FileLock::holder(path)->pid, child);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::acquire(path, request("apply", 0)).ok());
}

TEST(FileLock, DoesNotHoldAFileThatIsNoLongerThere) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  Result<FileLock> stale = FileLock::acquire(path, request("begin", 0));
  ASSERT_TRUE(stale.ok());
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_TRUE(FileLock::acquire(path, request("apply", 0)).ok());
}

TEST(FileLock, CanBeCancelledWhileItWaits) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("lock");
  Result<FileLock> first = FileLock::acquire(path, request("begin", 0));
  FileLock::Request waiting = request("apply", 60000);
  waiting.progress = [&](const Progress&) { waiting.cancellation.cancel(); };
  const Result<FileLock> second = FileLock::acquire(path, waiting);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().message, "cancelled");
}

TEST(Clock, NamesSessionsDifferently) {
  EXPECT_NE(new_session_id(), new_session_id());
  EXPECT_EQ(new_session_id().size(), std::string("20260131T120000Z-9f3a1c").size());
}

TEST(Clock, TellsAnAge) {
  EXPECT_EQ(age_of(utc_now()), "just now");
  EXPECT_NE(age_of("2020-01-01T00:00:00Z").find(" days ago"), std::string::npos);
  EXPECT_EQ(age_of("no time"), "");
}

}  // namespace
}  // namespace belay::runtime
