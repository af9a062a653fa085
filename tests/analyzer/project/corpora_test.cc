// Real projects, read with the right layout, the right number of migrations and the right pairs.
// What is right is counted here from the names of the files in another way than `discover` goes:
// with regular expressions over directory listings, for each project as its own runner's sources
// have it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/project/project.h"

namespace belay::project {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::string corpora() {
  const char* folder = std::getenv("BELAY_CORPORA");
  return folder != nullptr ? folder : "";
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    out.push_back(entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// A POSIX extended expression over a whole name. (GCC 12 warns inside of its own <regex>.)
class Expression {
 public:
  explicit Expression(const std::string& pattern) {
    EXPECT_EQ(regcomp(&compiled_, ("^(" + pattern + ")$").c_str(), REG_EXTENDED), 0) << pattern;
  }
  ~Expression() { regfree(&compiled_); }
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  /// The groups of a match, the whole first; empty without one. A group that took no part is empty.
  std::vector<std::string> match(const std::string& name) const {
    std::array<regmatch_t, 8> groups = {};
    if (regexec(&compiled_, name.c_str(), groups.size(), groups.data(), 0) != 0) return {};
    std::vector<std::string> out;
    for (size_t i = 1; i < groups.size(); ++i) {
      const bool took_part = groups[i].rm_so >= 0;
      out.push_back(took_part ? name.substr(static_cast<size_t>(groups[i].rm_so),
                                            static_cast<size_t>(groups[i].rm_eo - groups[i].rm_so))
                              : "");
    }
    return out;
  }

 private:
  regex_t compiled_;
};

size_t count_matching(const std::string& folder, const std::string& pattern) {
  const Expression expression(pattern);
  const std::vector<std::string> names = names_in(folder);
  return static_cast<size_t>(std::count_if(names.begin(), names.end(), [&](const auto& name) {
    return !expression.match(name).empty();
  }));
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

size_t downs_of(const MigrationSet& set) {
  return static_cast<size_t>(
      std::count_if(set.migrations.begin(), set.migrations.end(),
                    [](const Migration& migration) { return migration.down.has_value(); }));
}

class Corpora : public testing::Test {
 protected:
  void SetUp() override {
    if (corpora().empty()) {
      GTEST_SKIP() << "set BELAY_CORPORA to the folder of the real projects to run this";
    }
  }

  /// The sets of one project, by `folder engine`.
  std::map<std::string, MigrationSet> sets_of(const std::string& project) {
    const std::string root = corpora() + "/" + project;
    if (!std::filesystem::is_directory(root)) return {};
    auto found = discover(DiskFileSystem(), root, {}, {});
    EXPECT_TRUE(found.ok());
    std::map<std::string, MigrationSet> out;
    for (MigrationSet& set : found->sets) {
      out.emplace(path::relative_to(set.directory, path::absolute(root)) + " " +
                      std::string(engine_name(set.dialect.engine)),
                  std::move(set));
    }
    return out;
  }

  void expect_set(const std::map<std::string, MigrationSet>& sets, const std::string& name,
                  Layout layout, size_t migrations, size_t downs) {
    const auto set = sets.find(name);
    ASSERT_NE(set, sets.end()) << name;
    EXPECT_EQ(layout_name(set->second.layout), layout_name(layout)) << name;
    EXPECT_GT(migrations, 0u) << name << ": the count itself found nothing";
    EXPECT_EQ(set->second.migrations.size(), migrations) << name;
    EXPECT_EQ(downs_of(set->second), downs) << name;
    for (const LayoutProblem& problem : set->second.problems) {
      ADD_FAILURE() << problem.path << ": " << problem.message;
    }
  }
};

TEST_F(Corpora, CratesIoIsDiesel) {
  const auto sets = sets_of("crates-io");
  const std::string root = corpora() + "/crates-io";
  size_t ups = 0;
  size_t downs = 0;
  std::map<std::string, std::string> by_version;  // diesel: dashes out, compared as text
  std::set<std::string> no_transaction;
  for (const std::string& name : names_in(root)) {
    if (!std::filesystem::exists(root + "/" + name + "/up.sql")) continue;
    ++ups;
    downs += std::filesystem::exists(root + "/" + name + "/down.sql");
    std::string version = name.substr(0, name.find('_'));
    std::erase(version, '-');
    by_version[version] = name;
    if (std::filesystem::exists(root + "/" + name + "/metadata.toml")) no_transaction.insert(name);
  }
  expect_set(sets, ". postgresql", Layout::kDiesel, ups, downs);
  const auto& migrations = sets.at(". postgresql").migrations;
  size_t i = 0;
  for (const auto& [version, name] : by_version) EXPECT_EQ(migrations.at(i++).id, name);
  for (const Migration& migration : migrations) {
    EXPECT_EQ(migration.up->transaction == TransactionHabit::kNone,
              no_transaction.contains(migration.id))
        << migration.id;
  }
}

TEST_F(Corpora, SvixAndLndArePairsWithANumber) {
  const std::string svix = corpora() + "/svix";
  expect_set(sets_of("svix"), ". postgresql", Layout::kGolangMigrate,
             count_matching(svix, R"([0-9]+_.*\.up\.sql)"),
             count_matching(svix, R"([0-9]+_.*\.down\.sql)"));
  const std::string lnd = corpora() + "/lnd";
  expect_set(sets_of("lnd"), ". sqlite", Layout::kGolangMigrate,
             count_matching(lnd, R"([0-9]+_.*\.up\.sql)"),
             count_matching(lnd, R"([0-9]+_.*\.down\.sql)"));
}

/// Harness's runner takes `^([\w-]+).up.sql$`, the dots being any character, in the order of names.
TEST_F(Corpora, HarnessIsUpAndDownWithSharedNumbers) {
  const auto sets = sets_of("harness");
  for (const auto& [folder, engine] :
       {std::pair<std::string, std::string>{"postgres", "postgresql"}, {"sqlite", "sqlite"}}) {
    const std::string root = corpora() + "/harness/" + folder;
    const std::string name = folder + " " + engine;
    expect_set(sets, name, Layout::kUpDown, count_matching(root, "[A-Za-z0-9_-]+.up.sql"),
               count_matching(root, "[A-Za-z0-9_-]+.down.sql"));
    std::vector<std::string> ups;
    const Expression up("([A-Za-z0-9_-]+).up.sql");
    for (const std::string& file : names_in(root)) {
      if (const auto groups = up.match(file); !groups.empty()) ups.push_back(groups[1]);
    }
    std::vector<std::string> ids;
    for (const Migration& migration : sets.at(name).migrations) ids.push_back(migration.id);
    EXPECT_EQ(ids, ups) << "the order of names, as the runner has it";
  }
}

TEST_F(Corpora, AutheliaIsUpAndDownForThreeEngines) {
  const auto sets = sets_of("authelia");
  for (const auto& [folder, engine] :
       {std::pair<std::string, std::string>{"postgres", "postgresql"},
        {"sqlite", "sqlite"},
        {"mysql", "mysql"}}) {
    const std::string root = corpora() + "/authelia/" + folder;
    expect_set(sets, folder + " " + engine, Layout::kUpDown,
               count_matching(root, R"(V[0-9]{4}\.[A-Za-z0-9_]+\.up\.sql)"),
               count_matching(root, R"(V[0-9]{4}\.[A-Za-z0-9_]+\.down\.sql)"));
  }
}

/// popx: a version's file for the dialect, or else the common one, for each direction by itself.
TEST_F(Corpora, KetoIsPopForEachDialect) {
  const auto sets = sets_of("keto");
  const Expression expression(R"(([0-9]+)_[^.]+(\.([a-z0-9]+))?\.(up|down)\.sql)");
  for (const auto& [engine, infixes] :
       {std::pair<std::string, std::set<std::string>>{"postgresql", {"postgres"}},
        {"sqlite", {"sqlite", "sqlite3"}},
        {"mysql", {"mysql"}}}) {
    std::set<std::string> ups;
    std::set<std::string> downs;
    for (const std::string& file : names_in(corpora() + "/keto")) {
      const auto groups = expression.match(file);
      if (groups.empty()) continue;
      if (!groups[3].empty() && !infixes.contains(groups[3])) continue;
      (groups[4] == "up" ? ups : downs).insert(groups[1]);
    }
    std::set<std::string> both;
    std::set_intersection(ups.begin(), ups.end(), downs.begin(), downs.end(),
                          std::inserter(both, both.begin()));
    expect_set(sets, ". " + engine, Layout::kPop, ups.size(), both.size());
  }
}

TEST_F(Corpora, OpenfgaIsGoose) {
  const auto sets = sets_of("openfga");
  for (const auto& [folder, engine] :
       {std::pair<std::string, std::string>{"postgres", "postgresql"},
        {"sqlite", "sqlite"},
        {"mysql", "mysql"}}) {
    const std::string root = corpora() + "/openfga/" + folder;
    size_t downs = 0;
    for (const std::string& file : names_in(root)) {
      downs += read_text(root + "/" + file).find("-- +goose Down") != std::string::npos;
    }
    expect_set(sets, folder + " " + engine, Layout::kGoose,
               count_matching(root, R"([0-9]+_.*\.sql)"), downs);
  }
}

TEST_F(Corpora, EveryFileBringsTheSetThatHasIt) {
  auto whole = discover(DiskFileSystem(), corpora(), {}, {});
  ASSERT_TRUE(whole.ok());
  for (const MigrationSet& set : whole->sets) {
    // The first, the last and one in the middle stand for the others: each costs a whole reading.
    for (const size_t i : {size_t{0}, set.migrations.size() / 2, set.migrations.size() - 1}) {
      const std::string& file = set.migrations[i].up->path;
      auto found = discover(DiskFileSystem(), file, {}, {});
      ASSERT_TRUE(found.ok());
      const bool same =
          std::any_of(found->sets.begin(), found->sets.end(), [&](const MigrationSet& other) {
            return other.directory == set.directory && other.layout == set.layout &&
                   other.dialect == set.dialect && other.migrations.size() == set.migrations.size();
          });
      EXPECT_TRUE(same) << file;
    }
  }
}

TEST_F(Corpora, RereadingChangesNothing) {
  std::map<std::string, std::string> texts;
  auto project = discover(
      DiskFileSystem(), corpora(), {}, {},
      [&](const std::string& path, std::string text) { texts.emplace(path, std::move(text)); });
  ASSERT_TRUE(project.ok());
  for (MigrationSet& set : project->sets) {
    const std::vector<Migration> before = set.migrations;
    for (const std::string& file : set.files) reread(set, file, texts.at(file));
    ASSERT_EQ(set.migrations.size(), before.size());
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(set.migrations[i].id, before[i].id);
      EXPECT_EQ(set.migrations[i].up->range, before[i].up->range) << before[i].id;
      EXPECT_EQ(set.migrations[i].up->transaction, before[i].up->transaction) << before[i].id;
      EXPECT_EQ(set.migrations[i].down.has_value(), before[i].down.has_value()) << before[i].id;
    }
  }
}

}  // namespace
}  // namespace belay::project
