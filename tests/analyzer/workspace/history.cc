#include "tests/analyzer/workspace/history.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analyzer/effects/effect.h"
#include "tests/analyzer/schema/print_schema.h"

namespace belay {
namespace {

std::string numbered(size_t number, const char* suffix) {
  std::string digits = std::to_string(number);
  return "/p/migrations/" + std::string(4 - digits.size(), '0') + digits + "_step" + suffix;
}

void print(std::ostream& out, const Finding& f) {
  out << "    " << f.rule << ' ' << severity_name(f.severity) << ' ' << f.place.path << ':'
      << f.place.range.begin << '-' << f.place.range.end << " in " << f.statement.begin << '-'
      << f.statement.end << ": " << f.message << '\n';
  if (f.effect) out << "      effect " << effects::describe(*f.effect) << '\n';
  for (const RelatedPlace& r : f.related) {
    out << "      see " << r.place.path << ':' << r.place.range.begin << '-' << r.place.range.end
        << ' ' << r.message << '\n';
  }
  for (const Fix& fix : f.fixes) {
    out << "      fix " << fix.title;
    for (const TextEdit& e : fix.edits) {
      out << ' ' << e.range.begin << '-' << e.range.end << " `" << e.new_text << '`';
    }
    out << '\n';
  }
}

void print(std::ostream& out, const char* direction, const AnalyzedScript& script) {
  out << "  " << direction << ", " << script.parsed->statements.size() << " statements, "
      << script.result->suppressed << " suppressed\n";
  for (const Finding& f : script.result->findings) print(out, f);
  for (const rules::ScriptTrace::Step& step : script.result->trace.steps) {
    out << "    step " << step.statement << '.' << step.operation << ' '
        << effects::describe(step.effect) << ", " << step.losses.size() << " losses\n";
  }
}

}  // namespace

History::History(Engine engine, std::vector<std::string> ups, std::vector<std::string> downs)
    : engine_(engine) {
  for (size_t i = 0; i < ups.size(); ++i) {
    files_[numbered(i + 1, ".up.sql")] = ups[i];
    if (i < downs.size()) files_[numbered(i + 1, ".down.sql")] = downs[i];
  }
}

History::History(Engine engine, std::map<std::string, std::string> files)
    : engine_(engine), files_(std::move(files)) {}

Workspace History::analyze(sql::Recovery recovery) const {
  project::MemoryFiles files({});
  for (const auto& [path, text] : files_) files.write(path, text);
  project::Overrides overrides;
  overrides.engine = engine_;
  std::map<std::string, Document> texts;
  Result<project::Project> found =
      project::discover(files, "/p", {}, overrides, [&](const std::string& path, std::string text) {
        texts.emplace(path, Document(std::move(text)));
      });
  EXPECT_TRUE(found.ok() && !found->sets.empty());
  project::MigrationSet set =
      found.ok() && !found->sets.empty() ? found->sets[0] : project::MigrationSet{};
  return Workspace(std::move(set), texts, rules::Settings(), recovery);
}

std::string describe(const AnalyzedSet& set) {
  std::ostringstream out;
  for (const Finding& f : set.findings) print(out, f);
  for (size_t i = 0; i < set.migrations.size(); ++i) {
    const AnalyzedMigration& m = *set.migrations[i];
    out << "migration " << set.set->migrations[i].id << "\n before\n" << schema::print(m.before);
    if (m.up) print(out, "up", *m.up);
    if (m.down) print(out, "down", *m.down);
    out << " after\n" << schema::print(m.after);
  }
  return out.str();
}

namespace {

constexpr const char* kPostgresPatterns[] = {
    "CREATE TABLE T (C int, C text NOT NULL DEFAULT 'x')",
    "CREATE TABLE T (id int PRIMARY KEY, C int REFERENCES T)",
    "CREATE TABLE IF NOT EXISTS T (C varchar(20) UNIQUE, CHECK (C > 0))",
    "CREATE TABLE T (LIKE T INCLUDING ALL)",
    "CREATE TABLE T AS SELECT C FROM T",
    "DROP TABLE T",
    "DROP TABLE IF EXISTS T, T CASCADE",
    "ALTER TABLE T RENAME TO T",
    "ALTER TABLE T RENAME COLUMN C TO C",
    "ALTER TABLE T ADD COLUMN C int",
    "ALTER TABLE T ADD COLUMN C text NOT NULL",
    "ALTER TABLE T ADD COLUMN C uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE T ADD COLUMN C mood",
    "ALTER TABLE T ADD COLUMN C int DEFAULT f()",
    "ALTER TABLE T DROP COLUMN C",
    "ALTER TABLE T ALTER COLUMN C SET NOT NULL",
    "ALTER TABLE T ALTER COLUMN C DROP NOT NULL",
    "ALTER TABLE T ALTER COLUMN C TYPE bigint",
    "ALTER TABLE T ALTER COLUMN C TYPE varchar(50)",
    "ALTER TABLE T ADD CONSTRAINT k CHECK (C IS NOT NULL) NOT VALID",
    "ALTER TABLE T VALIDATE CONSTRAINT k",
    "ALTER TABLE T DROP CONSTRAINT k",
    "ALTER TABLE T DROP CONSTRAINT IF EXISTS T_pkey CASCADE",
    "ALTER TABLE T ADD PRIMARY KEY (C)",
    "ALTER TABLE T ADD UNIQUE (C)",
    "ALTER TABLE T ADD CONSTRAINT k FOREIGN KEY (C) REFERENCES T (C)",
    "ALTER TABLE T ADD CONSTRAINT k UNIQUE USING INDEX i",
    "ALTER TABLE T SET SCHEMA shop",
    "CREATE INDEX ON T (C)",
    "CREATE INDEX CONCURRENTLY i ON T (C)",
    "CREATE UNIQUE INDEX j ON T (lower(C), C) WHERE C IS NULL",
    "DROP INDEX i",
    "DROP INDEX CONCURRENTLY IF EXISTS j",
    "ALTER INDEX i RENAME TO j",
    "CREATE VIEW v AS SELECT C FROM T",
    "CREATE OR REPLACE VIEW w AS SELECT C FROM v JOIN T ON true",
    "DROP VIEW IF EXISTS v CASCADE",
    "CREATE TYPE mood AS ENUM ('a', 'b')",
    "ALTER TYPE mood ADD VALUE 'c'",
    "DROP TYPE mood",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION f",
    "INSERT INTO T SELECT * FROM T",
    "UPDATE T SET C = 1",
    "UPDATE T SET C = 1 WHERE C IS NULL",
    "DELETE FROM T",
    "TRUNCATE T CASCADE",
    "DO $$ BEGIN NULL; END $$",
    "SET lock_timeout = '2s'",
    "SET LOCAL lock_timeout = '2s'",
    "SET search_path = shop",
    "RESET search_path",
    "BEGIN",
    "COMMIT",
    "CREATE SCHEMA shop",
    "DROP SCHEMA shop CASCADE",
    "CREATE TABLE T (C date) PARTITION BY RANGE (C)",
    "CREATE TABLE T PARTITION OF T DEFAULT",
    "CREATE TRIGGER g AFTER INSERT ON T FOR EACH ROW EXECUTE FUNCTION f()",
    "ALTER TABLE T ADD COLUMN C int -- belay:ignore add-required-column: it is empty",
    "-- belay:ignore drop-table: not needed any more\nDROP TABLE T",
    "THIS IS NOT SQL",
};

constexpr const char* kSqlitePatterns[] = {
    "CREATE TABLE T (C INT, C TEXT NOT NULL DEFAULT 'x')",
    "CREATE TABLE T (id INTEGER PRIMARY KEY, C INT REFERENCES T)",
    "CREATE TABLE IF NOT EXISTS T (C TEXT UNIQUE, CHECK (C > 0))",
    "CREATE TABLE T AS SELECT C FROM T",
    "DROP TABLE T",
    "DROP TABLE IF EXISTS T",
    "ALTER TABLE T RENAME TO T",
    "ALTER TABLE T RENAME COLUMN C TO C",
    "ALTER TABLE T ADD COLUMN C INT",
    "ALTER TABLE T ADD COLUMN C TEXT NOT NULL",
    "ALTER TABLE T ADD COLUMN C INT DEFAULT CURRENT_TIMESTAMP",
    "ALTER TABLE T ADD COLUMN C INT REFERENCES T (C) DEFAULT 1",
    "ALTER TABLE T DROP COLUMN C",
    "CREATE INDEX i ON T (C)",
    "CREATE UNIQUE INDEX j ON T (lower(C), C) WHERE C IS NULL",
    "DROP INDEX i",
    "DROP INDEX IF EXISTS j",
    "CREATE VIEW v AS SELECT C FROM T",
    "DROP VIEW v",
    "CREATE TRIGGER g AFTER UPDATE OF C ON T BEGIN DELETE FROM T WHERE C = 1; END",
    "DROP TRIGGER g",
    "INSERT INTO T SELECT * FROM T",
    "INSERT INTO T SELECT C FROM T",
    "UPDATE T SET C = 1",
    "DELETE FROM T",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA foreign_keys = ON",
    "BEGIN",
    "COMMIT",
    "-- belay:ignore drop-table: not needed any more\nDROP TABLE T",
    "THIS IS NOT SQL",
};

constexpr const char* kTables[] = {"a", "b", "orders", "order_lines", "shop.a", "\"Odd One\""};
constexpr const char* kColumns[] = {"id", "a", "x", "name", "order_id"};
constexpr const char* kTyped[] = {" ",  "\n", ";",  "'",  "\"", "(",  ")",
                                  "--", "/*", "*/", "$$", "xé", "\t", "DROP TABLE a;\n"};

}  // namespace

std::string RandomSql::filled(std::string pattern) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool alone =
        (i == 0 || std::isalpha(static_cast<unsigned char>(pattern[i - 1])) == 0) &&
        (i + 1 == pattern.size() || std::isalpha(static_cast<unsigned char>(pattern[i + 1])) == 0);
    if (alone && pattern[i] == 'T') {
      const size_t known = engine_ == Engine::kSqlite ? 4 : std::size(kTables);
      out += kTables[below(known)];
    } else if (alone && pattern[i] == 'C') {
      out += kColumns[below(std::size(kColumns))];
    } else {
      out += pattern[i];
    }
  }
  return out;
}

std::string RandomSql::statement() {
  return filled(engine_ == Engine::kSqlite
                    ? kSqlitePatterns[below(std::size(kSqlitePatterns))]
                    : kPostgresPatterns[below(std::size(kPostgresPatterns))]);
}

std::string RandomSql::script() {
  std::string out;
  for (size_t n = below(5); n > 0; --n) out += statement() + ";\n";
  return out;
}

std::string RandomSql::edited(const std::string& text) {
  std::string out = text;
  const size_t at = text.empty() ? 0 : below(text.size() + 1);
  switch (below(8)) {
    case 0: return script();
    case 1: return out.insert(at, kTyped[below(std::size(kTyped))]);
    case 2: return out.erase(at, 1 + below(4));
    case 3: return out.erase(at, below(40));
    default: break;
  }
  // A statement that comes, goes or changes, whole.
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
  const size_t line = below(lines.size() + 1);
  const bool inserts = line == lines.size() || below(2) == 0;
  if (inserts) {
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(line), statement() + ";\n");
  } else if (below(3) == 0) {
    lines.erase(lines.begin() + static_cast<ptrdiff_t>(line));
  } else {
    lines[line] = statement() + ";\n";
  }
  out.clear();
  for (const std::string& l : lines) out += l;
  return out;
}

}  // namespace belay
