// Odd files on a real disk, and a disk that changes while it is read.

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/analyzer/odd_input/lint_text.h"

namespace belay {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::IsEmpty;

class OddFiles : public testing::Test {
 protected:
  OddFiles() {
    std::string name = (fs::temp_directory_path() / "belay-odd-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    write("0001_first.up.sql", "CREATE TABLE t (a int);\n");
    write("0001_first.down.sql", "DROP TABLE t;\n");
    write("0002_second.up.sql", "DROP TABLE orders;\n");
    write("0002_second.down.sql", "-- nothing\n");
  }
  ~OddFiles() override {
    std::error_code ignored;
    fs::permissions(folder_ / "0003_third.up.sql", fs::perms::owner_all, ignored);
    fs::remove_all(folder_, ignored);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  workbench::LintResult lint(const FileSystem& files) const {
    workbench::LintOptions options;
    options.paths = {folder_.string()};
    options.load.overrides.engine = Engine::kPostgres;
    Result<workbench::LintResult> result = workbench::lint(files, options);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().to_string());
    return result.ok() ? std::move(*result) : workbench::LintResult{};
  }
  workbench::LintResult lint() const { return lint(disk_); }

  DiskFileSystem disk_;
  fs::path folder_;
};

TEST_F(OddFiles, AFolderNamedLikeAFileIsNoMigration) {
  fs::create_directory(folder_ / "0003_third.up.sql");
  EXPECT_EQ(lint().migrations, 2U);
  EXPECT_THAT(rules_of(lint()), Contains("drop-table"));
}

/// The disk, except for one file that cannot be read: permissions do not hold for root.
class ClosedFile : public DiskFileSystem {
 public:
  explicit ClosedFile(std::string path) : path_(std::move(path)) {}
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override {
    if (path == path_) return Error{"cannot read: Permission denied", path, ""};
    return DiskFileSystem::read(path, max_bytes);
  }

 private:
  std::string path_;
};

TEST_F(OddFiles, AFileThatMustNotBeReadIsTold) {
  write("0003_third.up.sql", "DROP TABLE secret;\n");
  const workbench::LintResult result = lint(ClosedFile((folder_ / "0003_third.up.sql").string()));
  EXPECT_THAT(rules_of(result), Contains("unreadable-file"));
  EXPECT_THAT(rules_of(result), Contains("drop-table"));
  if (geteuid() != 0) {
    fs::permissions(folder_ / "0003_third.up.sql", fs::perms::none);
    EXPECT_THAT(rules_of(lint()), Contains("unreadable-file"));
  }
}

TEST_F(OddFiles, ALinkToItselfIsToldOrPassedOver) {
  fs::create_symlink("0003_third.up.sql", folder_ / "0003_third.up.sql");
  EXPECT_THAT(rules_of(lint()), Contains("drop-table"));
  EXPECT_THAT(rules_of(lint()), Contains("unreadable-file"));
}

TEST_F(OddFiles, ALinkToNothingIsTold) {
  fs::create_symlink("nowhere.sql", folder_ / "0003_third.up.sql");
  EXPECT_THAT(rules_of(lint()), Contains("unreadable-file"));
}

TEST_F(OddFiles, FoldersInARingEnd) {
  fs::create_directory(folder_ / "more");
  fs::create_directory_symlink("..", folder_ / "more" / "again");
  EXPECT_THAT(rules_of(lint()), Contains("drop-table"));
}

TEST_F(OddFiles, APipeIsNotWaitedFor) {
  ASSERT_EQ(mkfifo((folder_ / "0003_third.up.sql").c_str(), 0600), 0);
  EXPECT_THAT(rules_of(lint()), Contains("drop-table"));
}

/// The disk; a file disappears between being listed and being read.
class VanishingFile : public DiskFileSystem {
 public:
  explicit VanishingFile(fs::path path) : path_(std::move(path)) {}
  Result<std::vector<Entry>> list(const std::string& directory) const override {
    Result<std::vector<Entry>> out = DiskFileSystem::list(directory);
    fs::remove(path_);
    return out;
  }

 private:
  fs::path path_;
};

TEST_F(OddFiles, AFileThatVanishesIsTold) {
  const workbench::LintResult result = lint(VanishingFile(folder_ / "0001_first.up.sql"));
  EXPECT_THAT(rules_of(result), Contains("unreadable-file"));
  EXPECT_THAT(rules_of(result), Contains("drop-table"));
}

TEST_F(OddFiles, NamesOfAnyBytes) {
  write("0003_caf\xE9 'x\" \n%.up.sql", "DROP TABLE customers;\n");
  const workbench::LintResult result = lint();
  EXPECT_EQ(result.migrations, 3U);
  EXPECT_THAT(rules_of(result), Contains("drop-table").Times(2));
}

TEST_F(OddFiles, AnEmptyFolderHoldsNothing) {
  fs::remove_all(folder_);
  fs::create_directory(folder_);
  EXPECT_EQ(lint().migrations, 0U);
  EXPECT_THAT(rules_of(lint()), IsEmpty());
}

}  // namespace
}  // namespace belay
