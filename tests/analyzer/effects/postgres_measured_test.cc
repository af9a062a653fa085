// Holds the table of effects against what was measured: postgres15-measured.tsv has, for each
// statement, the strongest lock on each relation (from pg_locks), the relations with new storage,
// the server's messages about scans, and the indexes that were built.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/effects/effect.h"
#include "analyzer/schema/replay.h"
#include "analyzer/sql/script.h"

namespace belay::effects {
namespace {

/// The schema that the measurements were made on, as far as the statements need it.
constexpr std::string_view kSetup = R"sql(
CREATE SCHEMA s;
SET search_path TO s, public;
CREATE TABLE p (id int PRIMARY KEY, v text);
CREATE DOMAIN dom AS int CHECK (value > 0);
CREATE DOMAIN dom0 AS int;
CREATE TYPE e AS ENUM ('x', 'y');
CREATE SEQUENCE sq;
CREATE TABLE dt (d dom0);
CREATE TABLE en (v e);
CREATE TABLE t (
  id int PRIMARY KEY, a int, b text, vc varchar(10), ch char(10), n numeric(10,2),
  nn int NOT NULL, pid int, r int4range, ts timestamp(3), ts6 timestamp, tz timestamptz,
  iv interval(3), c cidr, i inet, x xml, bt bit(4), vb varbit(8), j json, jb jsonb, ci citext,
  CONSTRAINT bnn CHECK (b IS NOT NULL));
ALTER TABLE t ADD CONSTRAINT cknv CHECK (a > 0) NOT VALID;
CREATE UNIQUE INDEX t_a_u ON t (a);
CREATE INDEX t_b ON t (b);
CREATE UNIQUE INDEX t_nn ON t (nn);
CREATE INDEX t_vc ON t (vc);
CREATE TABLE fk (id int PRIMARY KEY, pid int);
ALTER TABLE fk ADD CONSTRAINT fknv FOREIGN KEY (pid) REFERENCES p (id) NOT VALID;
CREATE TABLE part (id int, k int) PARTITION BY RANGE (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE pch (id int, k int);
CREATE TABLE pck (id int, k int, CHECK (k >= 20 AND k < 30 AND k IS NOT NULL));
CREATE FUNCTION trf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER tg BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trf();
CREATE VIEW vw AS SELECT id, a FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM p;
CREATE UNIQUE INDEX mvu ON mv (id);
)sql";

constexpr Dialect kPostgres15 = {Engine::kPostgres, {15, 0, 0}};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, separator);) out.push_back(part);
  return out;
}

std::string unquoted(std::string cell) {
  if (cell.size() < 2 || cell.front() != '"') return cell;
  std::string out;
  for (size_t i = 1; i + 1 < cell.size(); ++i) {
    out += cell[i];
    if (cell[i] == '"') ++i;
  }
  return out;
}

struct Measured {
  std::string ddl, setup;
  std::map<std::string, std::string> locks;  ///< without `Lock`; absent for `-`
  std::set<std::string> rewritten;
  bool scan = false;
  bool builds_index = false;
  bool failed = false;
};

std::vector<Measured> measured() {
  std::ifstream in(std::string(BELAY_SOURCE_DIR) +
                   "/tests/analyzer/effects/postgres15-measured.tsv");
  std::vector<Measured> out;
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::vector<std::string> cells = split(line, '\t');
    cells.resize(7);
    Measured m;
    m.ddl = unquoted(cells[0]);
    m.setup = cells[1];
    for (std::string part : split(cells[2], ';')) {
      part.erase(0, part.find_first_not_of(' '));
      const size_t colon = part.find(':');
      const std::string lock = part.substr(colon + 1);
      if (lock.ends_with("Lock")) m.locks[part.substr(0, colon)] = lock.substr(0, lock.size() - 4);
    }
    for (std::string part : split(cells[3], ';')) {
      part.erase(0, part.find_first_not_of(' '));
      if (part.ends_with(":REWRITE")) m.rewritten.insert(part.substr(0, part.find(':')));
    }
    m.scan = cells[4].find("verifying") != std::string::npos ||
             cells[4].find("validating") != std::string::npos;
    m.builds_index = !cells[5].empty();
    m.failed = !cells[6].empty();
    out.push_back(std::move(m));
  }
  return out;
}

std::string camel(LockMode mode) {
  std::string out;
  bool upper = true;
  for (const char c : lock_mode_name(mode)) {
    if (c == ' ') {
      upper = true;
    } else {
      out += upper ? c : static_cast<char>(c + 32);
      upper = false;
    }
  }
  return out;
}

schema::Schema replay(const std::string& text, schema::Schema start, uint32_t script) {
  schema::Replay replay(std::move(start));
  const sql::ParsedScript parsed = sql::parse_script(text, {0, static_cast<uint32_t>(text.size())},
                                                     kPostgres15, sql::Recovery::kExact, nullptr);
  uint32_t index = 0;
  for (const sql::ScriptStatement& s : parsed.statements) {
    EXPECT_TRUE(s.parsed->problems.empty()) << s.parsed->text;
    for (size_t o = 0; o < s.parsed->operations.size(); ++o) {
      replay.apply(*s.parsed, o, {script, index});
    }
    ++index;
  }
  return std::move(replay).take();
}

/// The effect of all statements of a text together, by relation.
std::map<std::string, RelationEffect> effects_of(const std::string& text, schema::Schema schema,
                                                 bool& uncertain) {
  std::map<std::string, RelationEffect> out;
  const sql::ParsedScript parsed = sql::parse_script(text, {0, static_cast<uint32_t>(text.size())},
                                                     kPostgres15, sql::Recovery::kExact, nullptr);
  schema::Replay replay(std::move(schema));
  for (const sql::ScriptStatement& s : parsed.statements) {
    for (size_t o = 0; o < s.parsed->operations.size(); ++o) {
      const Effect effect = effect_of(s.parsed->operations[o], replay.schema(), 4);
      uncertain |= !effect.unknown.empty();
      for (const RelationEffect& r : effect.relations) {
        RelationEffect& sum = out[r.relation];
        sum.lock = std::max(sum.lock, r.lock);
        sum.rewrite |= r.rewrite;
        sum.scan |= r.scan;
        sum.builds_index |= r.builds_index;
      }
      replay.apply(*s.parsed, o, {4, 0});
    }
  }
  return out;
}

/// New storage without writing rows: TRUNCATE and ALTER SEQUENCE RESTART start an empty file.
bool new_storage_is_no_rewrite(const std::string& ddl) {
  return ddl.starts_with("truncate") || ddl.starts_with("alter sequence");
}

TEST(PostgresEffects, AgreeWithWhatWasMeasured) {
  const schema::Schema base = replay(std::string(kSetup), schema::Schema(kPostgres15), 0);
  size_t compared = 0;
  for (const Measured& m : measured()) {
    if (m.failed) continue;
    SCOPED_TRACE(m.ddl + (m.setup.empty() ? "" : "  [" + m.setup + "]"));
    schema::Schema schema = base;
    if (m.setup.starts_with("alter table")) schema = replay(m.setup, base, 2);
    bool uncertain = false;
    const auto effects = effects_of(m.ddl, schema, uncertain);
    const std::set<std::string> indexes = {"t_b",    "t_a_u", "t_nn",  "t_vc",
                                           "t_pkey", "mvu",   "p_pkey"};
    std::map<std::string, std::string> locks;
    std::set<std::string> rewritten;
    bool scan = false;
    bool builds_index = false;
    for (const auto& [relation, effect] : effects) {
      if (effect.lock != LockMode::kNone) locks[relation] = camel(effect.lock);
      if (effect.rewrite) rewritten.insert(relation);
      scan |= effect.scan;
      builds_index |= effect.builds_index;
    }
    std::map<std::string, std::string> expected = m.locks;
    for (const std::string& index : indexes) {  // told for the table as a whole
      expected.erase(index);
      locks.erase(index);
    }
    if (m.ddl.starts_with("drop schema")) {  // measured for one of its tables
      EXPECT_EQ(locks["t"], expected["t"]);
      continue;
    }
    EXPECT_EQ(locks, expected);
    if (!uncertain && !new_storage_is_no_rewrite(m.ddl)) {
      std::set<std::string> tables = m.rewritten;
      for (const std::string& index : indexes) tables.erase(index);
      EXPECT_EQ(rewritten, tables);
    }
    // The server tells of scans for constraints only, and not where it rewrites anyway.
    if (m.ddl.starts_with("alter table") && !uncertain) {
      if (m.rewritten.empty()) {
        EXPECT_EQ(scan, m.scan);
      }
      EXPECT_EQ(builds_index, m.builds_index);
    }
    ++compared;
  }
  EXPECT_GE(compared, 145U);
}

}  // namespace
}  // namespace belay::effects
