// Every project in migrations-fixtures/layouts, compared with the expected.txt beside it.
//
// Each fixture also has to hold for what is true of every project: no file is read twice, every
// text is handed on once, one file brings the same history as its folder, and reading a file again
// with the same text changes nothing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/project/project.h"
#include "tests/analyzer/project/reading.h"

namespace belay::project {
namespace {

const std::string kFixtures = std::string(BELAY_SOURCE_DIR) + "/migrations-fixtures/layouts";

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

/// The disk, counting reads.
class CountingFiles : public DiskFileSystem {
 public:
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override {
    ++reads[path];
    return DiskFileSystem::read(path, max_bytes);
  }
  mutable std::map<std::string, int> reads;
};

std::vector<std::string> fixture_names() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFixtures)) {
    if (entry.is_directory()) out.push_back(entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class LayoutFixture : public testing::TestWithParam<std::string> {
 protected:
  std::string root() const { return kFixtures + "/" + GetParam(); }

  Config config() const {
    const std::string path = root() + "/belay.toml";
    if (!files_.exists(path)) return {};
    ConfigReading reading = read_config(read_text(path), path, {});
    EXPECT_TRUE(reading.problems.empty()) << reading.problems.front().message;
    return reading.config;
  }

  Project discovered(const std::string& path, const TextSink& sink = {}) const {
    auto project = discover(files_, path, config(), {}, sink);
    EXPECT_TRUE(project.ok()) << project.error().to_string();
    return project.ok() ? *project : Project{};
  }

  CountingFiles files_;
};

TEST_P(LayoutFixture, IsReadAsExpected) {
  const std::string got = describe(discovered(root()), root(), read_text);
  const std::string expected_path = root() + "/expected.txt";
  if (std::getenv("BELAY_UPDATE_FIXTURES") != nullptr) {
    std::ofstream(expected_path, std::ios::binary) << got;
  }
  EXPECT_EQ(read_text(expected_path), got)
      << "set BELAY_UPDATE_FIXTURES=1 to write " << expected_path << " anew, and read the change";
}

TEST_P(LayoutFixture, ReadsEachFileOnceAndHandsItsTextOnOnce) {
  std::map<std::string, std::string> handed;
  const Project project = discovered(root(), [&](const std::string& path, std::string text) {
    EXPECT_TRUE(handed.emplace(path, std::move(text)).second) << path << " was handed on twice";
  });
  for (const auto& [path, count] : files_.reads) EXPECT_EQ(count, 1) << path;
  for (const MigrationSet& set : project.sets) {
    for (const std::string& file : set.files) {
      ASSERT_TRUE(handed.contains(file)) << file;
      EXPECT_EQ(handed[file], read_text(file)) << file;
    }
  }
}

TEST_P(LayoutFixture, OneFileBringsTheWholeHistory) {
  const Project whole = discovered(root());
  for (const MigrationSet& set : whole.sets) {
    for (const Migration& migration : set.migrations) {
      const Project found = discovered(migration.up->path);
      const auto same =
          std::find_if(found.sets.begin(), found.sets.end(), [&](const MigrationSet& other) {
            return other.dialect.engine == set.dialect.engine && other.directory == set.directory;
          });
      ASSERT_NE(same, found.sets.end()) << migration.up->path;
      EXPECT_EQ(describe(*same, root(), read_text), describe(set, root(), read_text));
    }
  }
}

TEST_P(LayoutFixture, RereadingTheSameTextChangesNothing) {
  Project project = discovered(root());
  for (MigrationSet& set : project.sets) {
    const std::string before = describe(set, root(), read_text);
    for (const std::string& file : set.files) {
      reread(set, file, read_text(file));
      EXPECT_EQ(describe(set, root(), read_text), before) << file;
    }
  }
}

TEST_P(LayoutFixture, GivesTheSameAnswerTwice) {
  EXPECT_EQ(describe(discovered(root()), root(), read_text),
            describe(discovered(root()), root(), read_text));
}

TEST_P(LayoutFixture, IdsAreUniqueAndRangesLieInTheirFiles) {
  for (const MigrationSet& set : discovered(root()).sets) {
    std::map<std::string, int> ids;
    for (const Migration& migration : set.migrations) {
      EXPECT_EQ(++ids[migration.id], 1) << migration.id;
      for (const auto& script : {migration.up, migration.down}) {
        if (!script) continue;
        const std::string text = read_text(script->path);
        EXPECT_LE(script->range.begin, script->range.end);
        EXPECT_LE(script->range.end, text.size()) << script->path;
        if (!script->unwrapped) continue;
        EXPECT_EQ(script->unwrapped->size(), text.size()) << script->path;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, LayoutFixture, testing::ValuesIn(fixture_names()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace belay::project
