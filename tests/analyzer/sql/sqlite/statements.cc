#include "tests/analyzer/sql/sqlite/statements.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "analyzer/sql/sqlite/parser.h"
#include "analyzer/text/lexer.h"

namespace belay::sql::sqlite {
namespace {

namespace fs = std::filesystem;

void read_file(const fs::path& path, std::vector<ListedStatement>& out) {
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.starts_with("--")) continue;
    out.push_back({line, path.filename().string() + ":" + std::to_string(number)});
  }
}

std::vector<ListedStatement> read_all() {
  std::vector<fs::path> paths;
  const fs::path folder = fs::path(BELAY_SOURCE_DIR) / "tests/analyzer/sql/sqlite/differential";
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<ListedStatement> out;
  for (const fs::path& path : paths) read_file(path, out);
  return out;
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  Lexer lexer(text, Engine::kSqlite);
  std::vector<Token> tokens;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    tokens.push_back(token);
  }
  return tokens;
}

StatementPtr parse_text(std::string_view text) { return parse(text, tokens_of(text), 0, kDialect); }

const std::vector<ListedStatement>& listed_statements() {
  static const std::vector<ListedStatement> statements = read_all();
  return statements;
}

}  // namespace belay::sql::sqlite
