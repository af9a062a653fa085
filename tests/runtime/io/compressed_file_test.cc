#include "runtime/io/compressed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "runtime/io/child_process.h"
#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using belay::testing::read_bytes;
using belay::testing::TemporaryDirectory;
using belay::testing::write_bytes;
using ::testing::HasSubstr;

constexpr size_t kMegabyte = size_t{1} << 20U;

/// Compresses to about half.
std::string sample(size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random() % 16);
  return out;
}

class CompressedFileTest : public ::testing::Test {
 protected:
  /// In pieces that are no frames.
  void write(const std::string& content) {
    Result<CompressedWriter> file = CompressedWriter::create(path_);
    ASSERT_TRUE(file.ok());
    constexpr size_t kPiece = 70'000;
    for (size_t at = 0; at < content.size(); at += kPiece) {
      ASSERT_TRUE(file->write(std::string_view(content).substr(at, kPiece)).ok());
    }
    ASSERT_TRUE(file->finish().ok());
    ASSERT_TRUE(file->sync().ok());
  }
  /// The content, or the error.
  std::string read_all() const {
    Result<std::unique_ptr<FileReader>> reader = open_compressed(path_);
    if (!reader) return reader.error().to_string();
    std::string out((*reader)->size(), '\0');
    const Result<void> read = (*reader)->read(out.data(), out.size(), 0);
    return read ? out : read.error().to_string();
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("copy.zst");
};

TEST_F(CompressedFileTest, GivesBackWhatWasWritten) {
  for (const size_t size :
       {size_t{0}, size_t{1}, kMegabyte - 1, kMegabyte, kMegabyte + 1, 3 * kMegabyte + 12'345}) {
    SCOPED_TRACE(size);
    const std::string content = sample(size);
    write(content);
    EXPECT_TRUE(is_compressed(path_));
    EXPECT_TRUE(read_all() == content);
    EXPECT_LT(std::filesystem::file_size(path_), size * 3 / 4 + 200);
  }
}

TEST_F(CompressedFileTest, AnyPartIsReadWithoutWhatIsBefore) {
  const std::string content = sample(12 * kMegabyte + 7);
  write(content);
  Result<std::unique_ptr<FileReader>> reader = open_compressed(path_);
  ASSERT_TRUE(reader.ok());
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    const size_t at = random() % content.size();
    const size_t size = std::min<size_t>(random() % (3 * kMegabyte), content.size() - at);
    std::string out(size, '\0');
    ASSERT_TRUE((*reader)->read(out.data(), size, at).ok());
    ASSERT_TRUE(out == content.substr(at, size)) << size << " bytes at " << at;
  }
  char beyond = 0;
  EXPECT_FALSE((*reader)->read(&beyond, 1, content.size()).ok());
}

TEST_F(CompressedFileTest, ADamageAnywhereIsAnError) {
  const std::string content = sample(2 * kMegabyte + 5);
  write(content);
  const std::string bytes = read_bytes(path_);
  const auto found_after = [&](size_t at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x21);
    write_bytes(path_, damaged);
    return read_all();
  };
  const auto is_refused = [](const std::string& found) {
    return found.find("the compressed file") != std::string::npos;
  };
  // In what was compressed, as the checksum of each frame finds.
  for (size_t at = 40'009; at < bytes.size() - 100; at += 40'009) {
    EXPECT_TRUE(is_refused(found_after(at))) << "byte " << at;
  }
  // In the table, some bits of which tell nothing.
  for (size_t at = bytes.size() - 8 - 3 * 8 - 9; at < bytes.size(); ++at) {
    const std::string found = found_after(at);
    EXPECT_TRUE(is_refused(found) || found == content) << "byte " << at;
  }
  for (const size_t size : {bytes.size() - 1, bytes.size() / 2, size_t{5}}) {
    write_bytes(path_, bytes.substr(0, size));
    EXPECT_TRUE(is_refused(read_all())) << "cut off at " << size;
  }
}

TEST_F(CompressedFileTest, ZstdsOwnProgramReadsItAndWhatItMakesIsTold) {
  const std::string zstd = find_program("zstd");
  if (zstd.empty()) GTEST_SKIP() << "the program zstd is not there";
  const std::string content = sample(kMegabyte + 9);
  write(content);
  const std::string plain = directory_.file("plain");
  const auto run = [](std::vector<std::string> command) {
    Result<ChildProcess> child = ChildProcess::start({std::move(command), {}});
    return child.ok() && child->wait().ok();
  };
  ASSERT_TRUE(run({zstd, "-q", "-d", path_, "-o", plain}));
  EXPECT_TRUE(read_bytes(plain) == content);
  ASSERT_TRUE(run({zstd, "-q", "-f", plain, "-o", path_}));
  EXPECT_THAT(read_all(), HasSubstr("decompress it with `zstd -d`"));
}

}  // namespace
}  // namespace belay::runtime
