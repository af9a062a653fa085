#include "analyzer/sql/sqlite/hints.h"

#include <algorithm>
#include <array>

#include "analyzer/text/utf8.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

/// Patterns are words between spaces; `a|b` is either, `*` any one lexeme.
struct Hint {
  std::string_view start;   ///< how the statement begins
  std::string_view before;  ///< what stands right before the unexpected lexeme
  std::string_view at;      ///< the unexpected lexeme and what follows it
  std::string_view text;
};

/// The first that fits is taken.
constexpr std::array kHints = {
    // ALTER
    Hint{"alter table", "", "alter", "SQLite has no ALTER COLUMN: the table has to be rebuilt"},
    Hint{"alter table", "", "modify|change",
         "SQLite cannot change a column's definition: the table has to be rebuilt"},
    Hint{"alter table", "add", "constraint|primary|foreign|unique|check",
         "SQLite cannot add a constraint to a table: the table has to be rebuilt"},
    Hint{"alter table", "add", "index", "SQLite has no ADD INDEX: use CREATE INDEX"},
    Hint{"alter table", "drop", "constraint|primary|foreign|check|unique",
         "SQLite cannot drop a constraint: the table has to be rebuilt"},
    Hint{"alter table", "drop", "index",
         "SQLite has no ALTER TABLE ... DROP INDEX: use DROP INDEX"},
    Hint{"alter table", "rename", "constraint|index", "SQLite renames tables and columns only"},
    Hint{"alter table", "", "exists", "SQLite has no IF EXISTS and IF NOT EXISTS in ALTER TABLE"},
    Hint{"alter table", "", ",", "SQLite changes one thing with each ALTER TABLE"},
    Hint{"alter table", "", "cascade|restrict", "SQLite has no CASCADE and RESTRICT here"},
    Hint{"alter table", "", "*", "SQLite's ALTER TABLE has RENAME, ADD COLUMN and DROP COLUMN"},
    Hint{"alter", "alter", "*", "SQLite alters tables only"},
    // CREATE and DROP
    Hint{"create", "create", "or", "SQLite has no CREATE OR REPLACE: drop the object first"},
    Hint{"create", "create|temp|temporary", "*",
         "SQLite creates tables, indexes, views and triggers only"},
    Hint{"create", "concurrently", "*", "SQLite has no CONCURRENTLY"},
    Hint{"create index|unique", "", "using", "SQLite has one kind of index: leave USING out"},
    Hint{"create index|unique", "", "include", "SQLite has no INCLUDE in an index"},
    Hint{"create trigger", "each", "*", "SQLite's triggers run for each row only"},
    Hint{"create trigger", "insert|update|delete", "or|,", "a SQLite trigger has one event"},
    Hint{"create trigger", "", "execute", "a SQLite trigger has its statements in BEGIN ... END"},
    Hint{"create table", "", "index|key|fulltext",
         "SQLite makes indexes with CREATE INDEX, not inside CREATE TABLE"},
    Hint{"create table", "", "auto_increment",
         "SQLite has AUTOINCREMENT, behind INTEGER PRIMARY KEY"},
    Hint{"create table", "", "autoincrement", "AUTOINCREMENT stands right behind PRIMARY KEY"},
    Hint{"create table", "", "comment", "SQLite keeps no comments on columns and tables"},
    Hint{"create table", "", "unsigned", "SQLite has no UNSIGNED"},
    Hint{"create table", "engine|charset|comment|tablespace|inherits|partition", "*",
         "SQLite knows no table options but WITHOUT ROWID and STRICT"},
    Hint{"create table", "", "on update", "SQLite has no ON UPDATE for a column: use a trigger"},
    Hint{"create|alter table", "default *", "(",
         "a default that is computed stands in brackets: DEFAULT (...)"},
    Hint{"drop", "drop", "*", "SQLite drops tables, indexes, views and triggers only"},
    Hint{"drop", "", ",", "SQLite drops one object with each DROP"},
    Hint{"drop", "", "cascade|restrict", "SQLite has no CASCADE and RESTRICT in DROP"},
    Hint{"drop index|trigger", "", "on", "SQLite names no table in DROP INDEX and DROP TRIGGER"},
    // rows
    Hint{"insert", "insert", "ignore", "SQLite spells it INSERT OR IGNORE"},
    Hint{"insert|with|replace", "on conflict", "*",
         "SQLite takes this ON for that of a join: put WHERE true in front of it"},
    Hint{"insert", "on", "duplicate", "SQLite has ON CONFLICT (...) DO UPDATE SET instead"},
    Hint{"delete", "", "using", "SQLite has no DELETE ... USING: use a subquery in WHERE"},
    Hint{"", "", "ilike", "SQLite has no ILIKE: its LIKE ignores the case of ASCII letters"},
    Hint{"", "ilike", "*", "SQLite has no ILIKE: its LIKE ignores the case of ASCII letters"},
    Hint{"", "interval", "*", "SQLite has no INTERVAL: use datetime() and its modifiers"},
    Hint{"", "", "for update|share", "SQLite locks the whole database: leave FOR UPDATE out"},
    // statements of other databases
    Hint{"truncate", "", "truncate", "SQLite has no TRUNCATE: use DELETE FROM without WHERE"},
    Hint{"comment", "", "comment", "SQLite keeps no comments on columns and tables"},
    Hint{"grant|revoke", "", "grant|revoke", "SQLite has no users and privileges"},
    Hint{"set", "", "set", "SQLite has no SET: its settings are PRAGMAs"},
    Hint{"start", "", "start", "SQLite begins a transaction with BEGIN"},
    Hint{"begin|commit|rollback|end", "", "work", "SQLite has TRANSACTION, or nothing, for WORK"},
    Hint{"rename", "", "rename", "SQLite has ALTER TABLE ... RENAME TO instead"},
    Hint{"lock|unlock", "", "lock|unlock", "SQLite has no LOCK TABLE: use BEGIN EXCLUSIVE"},
    Hint{"do|call|copy|merge|show|use|refresh|optimize", "",
         "do|call|copy|merge|show|use|refresh|optimize", "SQLite has no such statement"},
};

std::string_view next_word(std::string_view& pattern) {
  const size_t space = std::min(pattern.find(' '), pattern.size());
  const std::string_view word = pattern.substr(0, space);
  pattern.remove_prefix(std::min(space + 1, pattern.size()));
  return word;
}

size_t word_count(std::string_view pattern) {
  return pattern.empty() ? 0
                         : 1 + static_cast<size_t>(std::count(pattern.begin(), pattern.end(), ' '));
}

bool matches_word(std::string_view alternatives, std::string_view written) {
  if (alternatives == "*") return true;
  while (!alternatives.empty()) {
    const size_t bar = std::min(alternatives.find('|'), alternatives.size());
    if (ascii::equal_ignoring_case(alternatives.substr(0, bar), written)) return true;
    alternatives.remove_prefix(std::min(bar + 1, alternatives.size()));
  }
  return false;
}

/// Whether the lexemes from `first` on are what the pattern says.
bool matches(std::string_view pattern, std::string_view text, std::span<const SqliteLexeme> lexemes,
             size_t first) {
  for (size_t i = first; !pattern.empty(); ++i) {
    if (i >= lexemes.size() || lexemes[i].symbol == Symbol::kEnd) return false;
    if (!matches_word(next_word(pattern), lexemes[i].range.of(text))) return false;
  }
  return true;
}

bool fits(const Hint& hint, std::string_view text, std::span<const SqliteLexeme> lexemes,
          size_t index) {
  const size_t before = word_count(hint.before);
  return before <= index && matches(hint.start, text, lexemes, 0) &&
         matches(hint.before, text, lexemes, index - before) &&
         matches(hint.at, text, lexemes, index);
}

/// A lexeme for a message: cut where it is long.
std::string shown(std::string_view written) {
  constexpr uint32_t kLongest = 40;
  std::string out(1, '"');
  if (written.size() <= kLongest) {
    out += written;
  } else {
    uint32_t end = 0;
    while (end < kLongest) end += utf8::step_at(written, end).bytes;
    out += written.substr(0, end);
    out += "...";
  }
  out += '"';
  return out;
}

std::string_view hint_at(std::string_view text, std::span<const SqliteLexeme> lexemes,
                         size_t index) {
  if (text.substr(lexemes[index].range.begin).starts_with("::")) {
    return "SQLite has no :: for casts: use CAST(value AS type)";
  }
  const auto* hint = std::find_if(kHints.begin(), kHints.end(),
                                  [&](const Hint& h) { return fits(h, text, lexemes, index); });
  return hint == kHints.end() ? std::string_view() : hint->text;
}

}  // namespace

std::string describe_unexpected(std::string_view text, std::span<const SqliteLexeme> lexemes,
                                size_t index) {
  const SqliteLexeme& lexeme = lexemes[index];
  if (lexeme.symbol == Symbol::kEnd) return "incomplete statement";
  const bool illegal = lexeme.symbol == Symbol::kIllegal;
  std::string out = illegal ? "unrecognized token " : "syntax error at ";
  out += shown(lexeme.range.of(text));
  const std::string_view hint = hint_at(text, lexemes, index);
  if (!hint.empty()) {
    out += ": ";
    out += hint;
  }
  return out;
}

}  // namespace belay::sql::sqlite
