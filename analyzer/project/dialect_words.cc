#include "analyzer/project/dialect_words.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "analyzer/project/quoted.h"
#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

/// A word that no other engine has is worth this much; one that others have, but seldom, a quarter.
constexpr uint32_t kSure = 4;
constexpr uint32_t kWeak = 1;

/// So many points more than the second that further scripts are not worth their time.
constexpr uint32_t kClearLead = 200;

struct Meaning {
  Engine engine;
  uint32_t points;
};

const std::unordered_map<std::string_view, Meaning>& meanings() {
  using enum Engine;
  static const std::unordered_map<std::string_view, Meaning> words = {
      {"serial", {kPostgres, kSure}},
      {"bigserial", {kPostgres, kSure}},
      {"smallserial", {kPostgres, kSure}},
      {"jsonb", {kPostgres, kSure}},
      {"timestamptz", {kPostgres, kSure}},
      {"timetz", {kPostgres, kSure}},
      {"bytea", {kPostgres, kSure}},
      {"citext", {kPostgres, kSure}},
      {"tsvector", {kPostgres, kSure}},
      {"tsquery", {kPostgres, kSure}},
      {"inet", {kPostgres, kSure}},
      {"concurrently", {kPostgres, kSure}},
      {"plpgsql", {kPostgres, kSure}},
      {"extension", {kPostgres, kSure}},
      {"gin", {kPostgres, kSure}},
      {"gist", {kPostgres, kSure}},
      {"brin", {kPostgres, kSure}},
      {"regclass", {kPostgres, kSure}},
      {"nextval", {kPostgres, kSure}},
      {"setval", {kPostgres, kSure}},
      {"gen_random_uuid", {kPostgres, kSure}},
      {"uuid_generate_v4", {kPostgres, kSure}},
      {"pg_catalog", {kPostgres, kSure}},
      {"search_path", {kPostgres, kSure}},
      {"int8", {kPostgres, kWeak}},
      {"int4", {kPostgres, kWeak}},
      {"uuid", {kPostgres, kWeak}},
      {"owner", {kPostgres, kWeak}},
      {"domain", {kPostgres, kWeak}},
      {"using", {kPostgres, kWeak}},
      {"autoincrement", {kSqlite, kSure}},
      {"pragma", {kSqlite, kSure}},
      {"rowid", {kSqlite, kSure}},
      {"strftime", {kSqlite, kSure}},
      {"sqlite_master", {kSqlite, kSure}},
      {"sqlite_schema", {kSqlite, kSure}},
      {"fts5", {kSqlite, kSure}},
      {"fts4", {kSqlite, kSure}},
      {"julianday", {kSqlite, kSure}},
      {"blob", {kSqlite, kWeak}},
      {"datetime", {kSqlite, kWeak}},
      {"auto_increment", {kMysql, kSure}},
      {"unsigned", {kMysql, kSure}},
      {"innodb", {kMysql, kSure}},
      {"utf8mb4", {kMysql, kSure}},
      {"mediumtext", {kMysql, kSure}},
      {"longtext", {kMysql, kSure}},
      {"mediumblob", {kMysql, kSure}},
      {"longblob", {kMysql, kSure}},
      {"tinyint", {kMysql, kSure}},
      {"mediumint", {kMysql, kSure}},
      {"varbinary", {kMysql, kSure}},
      {"charset", {kMysql, kSure}},
      {"modify", {kMysql, kSure}},
      {"fulltext", {kMysql, kSure}},
      {"delimiter", {kMysql, kSure}},
  };
  return words;
}

/// PostgreSQL, SQLite, MySQL; MariaDB counts as MySQL.
size_t side_of(Engine engine) {
  return engine == Engine::kMariadb ? static_cast<size_t>(Engine::kMysql)
                                    : static_cast<size_t>(engine);
}

}  // namespace

void DialectScore::count(Engine engine, uint32_t points, std::string_view word,
                         const std::string& name) {
  constexpr uint32_t kMostWords = 3;
  Side& side = sides_[side_of(engine)];
  side.points += points;
  if (side.file.empty()) side.file = name;
  side.more_files |= side.file != name;
  const std::string shown = quoted(ascii::lower(word));
  if (side.word_count >= kMostWords || side.words.find(shown) != std::string::npos) return;
  if (side.word_count++ > 0) side.words += ", ";
  side.words += shown;
}

void DialectScore::add(std::string_view text, const std::string& name) {
  // PostgreSQL's tokens: dollar quotes are seen, and a backtick is a sign of its own.
  Lexer lexer(text, Engine::kPostgres);
  std::string previous;
  bool backtick = false;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    const std::string_view written = token.range.of(text);
    if (token.is(TokenKind::kWord)) {
      std::string word = ascii::lower(written);
      const auto meaning = meanings().find(word);
      if (meaning != meanings().end()) {
        count(meaning->second.engine, meaning->second.points, word, name);
      }
      // SQLite's own way to write a key that counts upwards; others write it seldom.
      if (word == "primary" && previous == "integer") {
        count(Engine::kSqlite, kWeak, "integer primary key", name);
      }
      previous = std::move(word);
      continue;
    }
    if (token.is(TokenKind::kString) && written.starts_with('$')) {
      count(Engine::kPostgres, kSure, "$$", name);
    } else if (token.is(TokenKind::kOperator) && written == "::") {
      count(Engine::kPostgres, kSure, "::", name);
    } else if (token.is(TokenKind::kOperator) && written == "=" && previous == "engine") {
      count(Engine::kMysql, kSure, "engine=", name);
    } else if (token.is(TokenKind::kOperator) && !backtick &&
               written.find('`') != std::string_view::npos) {
      // SQLite reads backticks too, so a script's worth of them is one weak sign.
      backtick = true;
      count(Engine::kMysql, 2 * kWeak, "a backtick", name);
    }
    previous.clear();
  }
}

std::optional<DialectScore::Verdict> DialectScore::verdict() const {
  const auto* best =
      std::max_element(sides_.begin(), sides_.end(),
                       [](const Side& a, const Side& b) { return a.points < b.points; });
  const auto even = std::count_if(sides_.begin(), sides_.end(),
                                  [&](const Side& side) { return side.points == best->points; });
  if (best->points == 0 || even > 1) return std::nullopt;
  const auto engine = static_cast<Engine>(best - sides_.data());
  return Verdict{
      engine, best->words + " in `" + best->file + "`" + (best->more_files ? " and others" : "")};
}

bool DialectScore::is_clear() const {
  std::array<uint32_t, 3> points = {};
  std::transform(sides_.begin(), sides_.end(), points.begin(),
                 [](const Side& side) { return side.points; });
  std::sort(points.begin(), points.end());
  return points[2] >= points[1] + kClearLead;
}

}  // namespace belay::project
