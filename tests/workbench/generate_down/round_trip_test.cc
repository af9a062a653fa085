// The downs of whole projects: BELAY_CORPORA names a folder of projects. For each migration the
// down is generated and judged; those for SQLite are executed, too. What is said to bring the
// schema back must do so.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "tests/workbench/generate_down/layered_files.h"
#include "workbench/generate_down.h"
#include "workbench/verify/verify.h"

namespace belay::workbench {
namespace {

using rollback::Verdict;

bool brings_back(Verdict verdict) {
  return verdict == Verdict::kRestored || verdict == Verdict::kRestoredButOrder ||
         verdict == Verdict::kRestoredDataLost;
}

struct Tally {
  size_t migrations = 0;
  size_t brought_back = 0;
  bool has_sqlite = false;
  std::map<std::string, Verdict> verdicts;  ///< by the up's path
};

/// Takes the downs away that are files of their own.
void remove_downs(LayeredFiles& files, const std::string& root) {
  for (bool more = true; more;) {  // another file may take the place of one that is gone
    more = false;
    const Result<LoadedProject> project = load_project(files, root, {});
    ASSERT_TRUE(project) << project.error().to_string();
    for (const project::MigrationSet& set : project->project.sets) {
      for (const project::Migration& m : set.migrations) {
        if (!m.up || !m.down || m.down->path == m.up->path) continue;
        files.remove(m.down->path);
        more = true;
      }
    }
  }
}

/// Puts a generated down beside every up that has none.
Tally put_downs(LayeredFiles& files, const std::string& root) {
  Tally out;
  Result<LoadedProject> project = load_project(files, root, {});
  if (!project) return out;
  const rules::Settings settings(project->project.config);
  for (project::MigrationSet& set : project->project.sets) {
    if (set.dialect.is(Engine::kMysql) || set.dialect.is(Engine::kMariadb)) continue;
    out.has_sqlite |= set.dialect.is(Engine::kSqlite);
    const Workspace workspace(std::move(set), project->texts, settings, sql::Recovery::kExact);
    const auto& analyzed = workspace.snapshot();
    for (uint32_t i = 0; i < analyzed->migrations.size(); ++i) {
      const project::Migration& location = analyzed->set->migrations[i];
      if (!location.up || location.down) continue;
      const Result<GeneratedDownFile> down = generate_down(*analyzed, i, {});
      if (!down || down->path.empty()) continue;
      files.put(down->path, down->new_text);
      ++out.migrations;
      const Verdict verdict = down->reversibility.verdict;
      out.brought_back += brings_back(verdict) ? 1 : 0;
      out.verdicts[location.up->path] = verdict;
      if (!brings_back(verdict)) {
        std::cout << location.id << ": " << rollback::verdict_name(verdict) << ", "
                  << down->reversibility.reason << '\n';
      }
    }
  }
  return out;
}

TEST(Corpora, ComeBack) {
  const char* root = std::getenv("BELAY_CORPORA");
  if (root == nullptr) GTEST_SKIP() << "BELAY_CORPORA names no folder of projects";
  size_t migrations = 0;
  size_t brought_back = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    const std::string corpus = path::absolute(entry.path().string());
    LayeredFiles files;
    remove_downs(files, corpus);
    const Tally tally = put_downs(files, corpus);
    std::cout << entry.path().filename().string() << ": " << tally.brought_back << " of "
              << tally.migrations << '\n';
    migrations += tally.migrations;
    brought_back += tally.brought_back;
    if (!tally.has_sqlite) continue;
    VerifyRequest request;
    request.targets = {corpus};
    request.load.overrides.engine = Engine::kSqlite;
    request.rows = 0;
    const Result<VerifyResult> executed = verify(files, request);
    ASSERT_TRUE(executed) << executed.error().to_string();
    for (const VerifiedMigration& m : executed->migrations) {
      // Where an application makes tables and functions of its own, the database is not what the
      // history says.
      if (m.failed_before != 0) continue;
      const auto said = tally.verdicts.find(m.up_path);
      if (said == tally.verdicts.end() || !brings_back(said->second)) continue;
      EXPECT_TRUE(m.word() == "restored" || m.word() == "restored-but-order" ||
                  m.word() == "restored-data-lost" || m.word() == "up-failed")
          << m.up_path << ": " << m.word();
    }
  }
  EXPECT_GE(brought_back * 100, migrations * 95);
}

}  // namespace
}  // namespace belay::workbench
