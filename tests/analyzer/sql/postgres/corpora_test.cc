// Places in real migrations: every name stands where it is spelled. The folder with the projects
// is named by the environment variable BELAY_CORPORA; without it the test is skipped.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "analyzer/sql/script.h"
#include "tests/analyzer/sql/postgres/spelling.h"

namespace belay::sql::postgres {
namespace {

namespace fs = std::filesystem;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(PostgresCorpora, NamesStandWhereTheyAreSpelled) {
  const char* root = std::getenv("BELAY_CORPORA");
  if (root == nullptr) GTEST_SKIP() << "BELAY_CORPORA names no folder of projects";
  size_t statements = 0;
  size_t unread = 0;
  size_t wrong = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".sql") continue;
    const std::string text = read_text(entry.path());
    const ParsedScript script = parse_script(text, {0, static_cast<uint32_t>(text.size())},
                                             kDialect, Recovery::kExact, nullptr);
    for (const ScriptStatement& s : script.statements) {
      if (s.parsed == nullptr) continue;
      ++statements;
      if (!s.parsed->problems.empty()) ++unread;  // of other dialects
      const std::string found = misplaced(*s.parsed);
      if (found.empty()) continue;
      ++wrong;
      if (wrong <= 20) ADD_FAILURE() << entry.path() << ": " << found << "\n" << s.parsed->text;
    }
  }
  EXPECT_GT(statements, 0U);
  EXPECT_EQ(wrong, 0U);
  RecordProperty("statements", static_cast<int>(statements));
  std::printf("%zu statements, %zu of them not PostgreSQL's\n", statements, unread);
}

}  // namespace
}  // namespace belay::sql::postgres
