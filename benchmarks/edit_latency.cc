// What an edit of one migration costs the history behind it: `edit_latency FOLDER [MIGRATION...]`
// edits migrations of a project on the disk (by default a dozen all over it), in ways that reach
// nothing, little and everything, and prints how long the edited file takes and how long those behind
// it.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "analyzer/workspace.h"
#include "workbench/project_loader.h"

namespace belay::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

struct Edit {
  const char* name;
  const char* prefix;
  const char* suffix;
  bool keeps = true;  ///< the text between them
};

/// Each is made and taken back: both are edits.
constexpr Edit kEdits[] = {
    {"a space", " ", ""},
    {"a new table", "", "\nCREATE TABLE belay_new_table (id bigint PRIMARY KEY);\n"},
    {"an unknown block", "", "\nDO $$ BEGIN EXECUTE 'x' || current_user; END $$;\n"},
    {"all deleted", "-- nothing\n", "", false},
};

/// In milliseconds.
struct Times {
  std::vector<double> own;     ///< the edited file
  std::vector<double> behind;  ///< what comes after it
  size_t most_scripts = 0;
};

double elapsed(Clock::time_point since) {
  return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

void print_times(const char* what, std::vector<double>& ms) {
  std::sort(ms.begin(), ms.end());
  const auto at = [&](size_t percent) { return ms[(ms.size() - 1) * percent / 100]; };
  std::printf("  %s p50 %6.2f p95 %6.2f worst %6.2f", what, at(50), at(95), ms.back());
}

void measure(Workspace& workspace, const std::string& path, const Document& text, Times& out) {
  const auto begun = Clock::now();
  workspace.edit(path, text);
  out.own.push_back(elapsed(begun));
  const auto edited = Clock::now();
  workspace.catch_up();
  out.behind.push_back(elapsed(edited));
  out.most_scripts = std::max(out.most_scripts, workspace.scripts_linted());
}

void edit(Workspace& workspace, uint32_t migration, const Edit& edit, Times& out) {
  constexpr int kTimes = 10;
  const AnalyzedSet& set = *workspace.snapshot();
  if (!set.migrations[migration]->up) return;
  const std::string path = set.set->migrations[migration].up->path;
  const Document before = set.migrations[migration]->up->document;
  const std::string kept = edit.keeps ? std::string(before.text()) : "";
  for (int i = 0; i < kTimes; ++i) {
    measure(workspace, path, Document(edit.prefix + kept + edit.suffix), out);
    measure(workspace, path, before, out);
  }
}

/// Adds a column to the table that the migration makes or changes first, if there is one.
std::string add_column(const AnalyzedMigration& m) {
  std::string table;
  m.after.for_each_table([&](const std::string& key, const schema::Table& t) {
    if (table.empty() && m.before.table(key) != m.after.table(key)) table = t.name;
  });
  return table.empty() ? "" : "\nALTER TABLE \"" + table + "\" ADD COLUMN belay_new_column int;\n";
}

void run(Workspace& workspace, const std::vector<uint32_t>& migrations) {
  const auto print = [](const char* name, Times& times) {
    if (times.own.empty()) return;
    std::printf("%-16s", name);
    print_times("own", times.own);
    print_times("behind", times.behind);
    std::printf("  up to %zu scripts\n", times.most_scripts);
  };
  for (const Edit& e : kEdits) {
    Times times;
    for (const uint32_t m : migrations) edit(workspace, m, e, times);
    print(e.name, times);
  }
  Times times;
  for (const uint32_t m : migrations) {
    const std::string suffix = add_column(*workspace.snapshot()->migrations[m]);
    if (!suffix.empty()) edit(workspace, m, {"", "", suffix.c_str()}, times);
  }
  print("a new column", times);
}

int main_(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "edit_latency FOLDER [MIGRATION...]\n"), 2;
  const DiskFileSystem disk;
  Result<workbench::LoadedProject> loaded = workbench::load_project(disk, argv[1], {});
  if (!loaded || loaded->project.sets.empty()) return std::fprintf(stderr, "no history\n"), 2;
  const rules::Settings settings(loaded->project.config);
  Workspace workspace(std::move(loaded->project.sets.front()), loaded->texts, settings,
                      sql::Recovery::kGenerous);
  const auto& all = workspace.snapshot()->set->migrations;
  std::vector<uint32_t> chosen;
  for (uint32_t i = 0; i < all.size(); ++i) {
    const bool named = std::find(argv + 2, argv + argc, all[i].id) != argv + argc;
    if (argc > 2 ? named : i % (1 + all.size() / 12) == 1) chosen.push_back(i);
  }
  std::printf("%zu migrations, %zu of them edited\n", all.size(), chosen.size());
  run(workspace, chosen);
  return 0;
}

}  // namespace
}  // namespace belay::benchmarks

int main(int argc, char** argv) { return belay::benchmarks::main_(argc, argv); }
