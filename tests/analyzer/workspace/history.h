#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "analyzer/workspace.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay {

/// The project that tests edit: files in memory, discovered and analysed anew at will.
class History {
 public:
  /// Migrations as golang-migrate names them, number by number, under /p/migrations.
  History(Engine engine, std::vector<std::string> ups, std::vector<std::string> downs);
  /// Any files; the dialect is stated.
  History(Engine engine, std::map<std::string, std::string> files);

  const std::map<std::string, std::string>& files() const { return files_; }
  void write(const std::string& path, std::string text) { files_[path] = std::move(text); }
  void remove(const std::string& path) { files_.erase(path); }

  /// The first set of the project as a fresh analysis sees it.
  Workspace analyze(sql::Recovery recovery) const;

 private:
  Engine engine_;
  std::map<std::string, std::string> files_;
};

/// All that can be seen of an analysis, as text: findings with their places, effects and fixes,
/// what each script loses, and the schemas before and behind each migration.
std::string describe(const AnalyzedSet& set);

/// Random statements over a few tables, and random edits of texts. Each seed gives one sequence.
class RandomSql {
 public:
  RandomSql(Engine engine, uint32_t seed) : engine_(engine), random_(seed) {}

  /// A script of a few statements.
  std::string script();
  /// The text after one edit, as somebody who types or pastes makes it.
  std::string edited(const std::string& text);
  size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

 private:
  std::string statement();
  std::string filled(std::string pattern);

  Engine engine_;
  std::mt19937 random_;
};

}  // namespace belay
