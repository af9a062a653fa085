// Edits: whatever was typed, the result is that of a fresh analysis.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>

#include "tests/analyzer/workspace/history.h"

namespace belay {
namespace {

using sql::Recovery;

constexpr size_t kMigrations = 8;
constexpr size_t kStepsPerHistory = 60;

/// How many random histories each test edits; BELAY_EDIT_HISTORIES asks for more.
uint32_t histories() {
  const char* asked = std::getenv("BELAY_EDIT_HISTORIES");
  return asked == nullptr ? 15 : static_cast<uint32_t>(std::strtoul(asked, nullptr, 10));
}

/// The first lines in which two texts differ, with what stands before them.
std::string difference(const std::string& a, const std::string& b) {
  const size_t at = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first -
      a.begin());
  const size_t line = a.rfind('\n', at == 0 ? 0 : at - 1);
  const size_t from = line == std::string::npos ? 0 : line;
  const size_t migration = a.rfind("migration ", at);
  return (migration == std::string::npos ? "" : a.substr(migration, 30)) +
         "\n--- edited: " + a.substr(from, 300) +
         "\n--- fresh: " + b.substr(std::min(from, b.size()), 300);
}

std::string all_texts(const History& history) {
  std::string out;
  for (const auto& [path, text] : history.files()) out += "== " + path + "\n" + text + "\n";
  return out;
}

/// Edits one random history step by step; stops at the first step that goes wrong.
void edit_randomly(Engine engine, uint32_t seed, Recovery recovery) {
  RandomSql random(engine, seed);
  std::vector<std::string> ups(kMigrations);
  std::vector<std::string> downs(kMigrations - 1);
  for (std::string& s : ups) s = random.script();
  for (std::string& s : downs) s = random.script();
  History history(engine, ups, downs);
  Workspace workspace = history.analyze(recovery);
  for (size_t step = 0; step < kStepsPerHistory; ++step) {
    const auto file = std::next(history.files().begin(),
                                static_cast<ptrdiff_t>(random.below(history.files().size())));
    const std::string path = file->first;
    const std::string before = all_texts(history);
    history.write(path, random.edited(file->second));
    const Document text(history.files().at(path));
    if (random.below(3) == 0) {  // a fast typist: a later step catches up
      ASSERT_TRUE(workspace.edit(path, text));
      continue;
    }
    ASSERT_TRUE(workspace.update(path, text));
    const std::string edited = describe(*workspace.snapshot());
    const std::string fresh = describe(*history.analyze(recovery).snapshot());
    ASSERT_EQ(edited == fresh, true)
        << "seed " << seed << ", step " << step << ": after an edit of " << path << "\n"
        << difference(edited, fresh) << "\nbefore:\n"
        << before << "\nafter:\n"
        << history.files().at(path);
  }
}

class RandomEdits : public testing::TestWithParam<std::pair<Engine, Recovery>> {};

TEST_P(RandomEdits, GiveWhatAFreshAnalysisGives) {
  for (uint32_t seed = 1; seed <= histories() && !HasFailure(); ++seed) {
    edit_randomly(GetParam().first, seed, GetParam().second);
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, RandomEdits,
                         testing::Values(std::pair{Engine::kPostgres, Recovery::kExact},
                                         std::pair{Engine::kPostgres, Recovery::kGenerous},
                                         std::pair{Engine::kSqlite, Recovery::kExact},
                                         std::pair{Engine::kSqlite, Recovery::kGenerous}),
                         [](const auto& test) {
                           return std::string(engine_name(test.param.first)) +
                                  (test.param.second == Recovery::kExact ? "_exact" : "_generous");
                         });

// --- how far an edit reaches ----------------------------------------------------------------

const std::vector<std::string> kShop = {
    "CREATE TABLE orders (id int PRIMARY KEY, total int);\n",
    "CREATE TABLE customers (id int PRIMARY KEY, name text);\n",
    "ALTER TABLE orders ADD COLUMN note text;\n",
    "ALTER TABLE customers ALTER COLUMN name SET NOT NULL;\n",
};

TEST(WorkspaceEdits, ACommentReachesItsOwnMigrationOnly) {
  History history(Engine::kPostgres, kShop, {});
  Workspace workspace = history.analyze(Recovery::kExact);
  const std::string path = "/p/migrations/0001_step.up.sql";
  ASSERT_TRUE(workspace.update(path, Document("-- why\n" + history.files().at(path))));
  EXPECT_EQ(workspace.scripts_linted(), 1U);
}

TEST(WorkspaceEdits, AChangedTableReachesThoseThatMentionIt) {
  History history(Engine::kPostgres, kShop, {});
  Workspace workspace = history.analyze(Recovery::kExact);
  const std::string path = "/p/migrations/0001_step.up.sql";
  ASSERT_TRUE(workspace.update(
      path, Document("CREATE TABLE orders (id int PRIMARY KEY, total bigint);\n")));
  EXPECT_EQ(workspace.scripts_linted(), 2U);
}

TEST(WorkspaceEdits, WhatLiesBehindMayWait) {
  History history(Engine::kPostgres, kShop, {});
  Workspace workspace = history.analyze(Recovery::kExact);
  const auto findings = [&](uint32_t migration) {
    return workspace.snapshot()->script(migration, project::Direction::kUp)->result;
  };
  const auto third = findings(2);
  const std::string path = "/p/migrations/0001_step.up.sql";
  ASSERT_TRUE(
      workspace.edit(path, Document("CREATE TABLE orders (id int PRIMARY KEY, total bigint);\n")));
  EXPECT_EQ(workspace.scripts_linted(), 1U);
  EXPECT_EQ(findings(2), third);
  EXPECT_TRUE(workspace.catch_up());
  EXPECT_EQ(workspace.scripts_linted(), 1U);
  EXPECT_NE(findings(2), third);
  EXPECT_FALSE(workspace.catch_up());
}

TEST(WorkspaceEdits, WhatWasHandedOutDoesNotChange) {
  History history(Engine::kPostgres, kShop, {});
  Workspace workspace = history.analyze(Recovery::kExact);
  const auto before = workspace.snapshot();
  const std::string text = describe(*before);
  ASSERT_TRUE(workspace.update("/p/migrations/0001_step.up.sql", Document("DROP TABLE orders;\n")));
  EXPECT_EQ(describe(*before), text);
  EXPECT_NE(describe(*workspace.snapshot()), text);
}

TEST(WorkspaceEdits, AFileOfAnotherProjectIsRefused) {
  History history(Engine::kPostgres, kShop, {});
  Workspace workspace = history.analyze(Recovery::kExact);
  const std::string text = describe(*workspace.snapshot());
  EXPECT_FALSE(workspace.update("/p/migrations/0009_new.up.sql", Document("DROP TABLE a;")));
  EXPECT_FALSE(workspace.update("/elsewhere.sql", Document("DROP TABLE a;")));
  EXPECT_EQ(describe(*workspace.snapshot()), text);
}

// --- the shape of the project ---------------------------------------------------------------

/// Applies an edit and checks that the workspace either follows or asks for a new discovery.
bool follows(History& history, Workspace& workspace, const std::string& path,
             const std::string& text) {
  history.write(path, text);
  const bool followed = workspace.update(path, Document(text));
  if (followed) {
    EXPECT_EQ(describe(*workspace.snapshot()),
              describe(*history.analyze(Recovery::kExact).snapshot()))
        << path << "\n"
        << text;
  }
  return followed;
}

TEST(WorkspaceShape, MarksThatComeAndGo) {
  const std::string path = "/p/migrations/00001_a.sql";
  History history(
      Engine::kPostgres,
      {{path, "-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n"},
       {"/p/migrations/00002_b.sql", "-- +goose Up\nALTER TABLE a ADD COLUMN y int NOT NULL;\n"}});
  Workspace workspace = history.analyze(Recovery::kExact);
  for (const char* text :
       {"-- +goose Up\nCREATE TABLE a (x int);\n",
        "-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n",
        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE a (z int);\n", "", "DROP TABLE a;\n",
        "-- +goose Up\n-- +goose Up\nSELECT 1;\n",
        "-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n"}) {
    EXPECT_TRUE(follows(history, workspace, path, text)) << text;
  }
}

TEST(WorkspaceShape, ChangesetsThatComeAndGo) {
  const std::string path = "/p/changelog/a.sql";
  const std::string head = "--liquibase formatted sql\n";
  History history(Engine::kPostgres,
                  {{path, head + "--changeset a:1\nCREATE TABLE a (x int);\n"},
                   {"/p/changelog/b.sql", head + "--changeset a:2\nDROP TABLE a;\n"}});
  Workspace workspace = history.analyze(Recovery::kExact);
  // One changeset more: the project has to be discovered anew.
  EXPECT_FALSE(follows(history, workspace, path,
                       head + "--changeset a:1\nCREATE TABLE a (x int);\n--changeset a:9\nSELECT "
                              "1;\n"));
  workspace = history.analyze(Recovery::kExact);
  EXPECT_TRUE(follows(history, workspace, path,
                      head + "--changeset a:1\nCREATE TABLE a (y int);\n--rollback DROP TABLE a;\n"
                             "--changeset a:9\nSELECT 1;\n"));
  EXPECT_TRUE(follows(history, workspace, path,
                      head + "--changeset a:9\nSELECT 1;\n--changeset a:1\nCREATE TABLE a (y "
                             "int);\n"));
}

TEST(WorkspaceShape, FilesThatComeAndGoAreFoundByANewAnalysis) {
  History history(Engine::kPostgres, kShop, {});
  EXPECT_EQ(history.analyze(Recovery::kExact).snapshot()->migrations.size(), 4U);
  history.write("/p/migrations/0005_more.up.sql", "DROP TABLE orders;\n");
  EXPECT_EQ(history.analyze(Recovery::kExact).snapshot()->migrations.size(), 5U);
  history.remove("/p/migrations/0002_step.up.sql");
  EXPECT_EQ(history.analyze(Recovery::kExact).snapshot()->migrations.size(), 4U);
}

}  // namespace
}  // namespace belay
