// Where everything stands: for each kind of operation a statement with the places that findings
// may point at written into it. Of a label that occurs in a statement all places are written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "analyzer/sql/script.h"
#include "tests/analyzer/sql/postgres/parts.h"
#include "tests/analyzer/sql/postgres/spelling.h"

namespace belay::sql::postgres {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

struct Case {
  const char* operations;  ///< names, separated by blanks
  const char* marked;
};

constexpr Case kCases[] = {
    // --- tables
    {"create_table",
     "CREATE TABLE [[table:[[table_schema:shop]].[[table_name:\"Orders\"]]]] ("
     "[[column:[[column_name:id]] [[type:bigint]] [[constraint:PRIMARY KEY]]]], "
     "[[column:[[column_name:total]] [[type:numeric(10, 2)]] "
     "[[default_clause:DEFAULT [[default:0]]]] [[constraint:NOT NULL]]]])"},
    {"create_table",
     "CREATE TABLE t (a text COLLATE [[collation:\"C\"]] "
     "[[constraint:CONSTRAINT [[constraint_name:nn]] [[clause:NOT NULL]]]] "
     "[[constraint:[[clause:CHECK ([[check:[[check_function:length]]([[check_column:a]]) > "
     "0]])]]]] "
     "[[constraint:[[clause:REFERENCES [[references:p]] ([[referenced:x]]) ON DELETE CASCADE "
     "DEFERRABLE]]]])"},
    {"create_table",
     "CREATE TABLE t (a int, b int, "
     "[[constraint:CONSTRAINT [[constraint_name:pk]] [[clause:PRIMARY KEY ([[key:a]], [[key:b]]) "
     "INCLUDE ([[include:c]])]]]], [[constraint:[[clause:UNIQUE ([[key:b]])]]]], "
     "[[constraint:[[clause:FOREIGN KEY ([[key:a]], [[key:b]]) REFERENCES "
     "[[references:s.p]] ([[referenced:x]], [[referenced:y]])]]]], "
     "[[constraint:[[clause:EXCLUDE USING gist ([[element:[[element_column:c]] WITH &&]]) "
     "WHERE ([[where:b > 0]])]]]])"},
    {"create_table",
     "CREATE TABLE t (id int [[default_clause:GENERATED ALWAYS AS IDENTITY (START 5)]], "
     "n int [[default_clause:GENERATED ALWAYS AS ([[generation:id * 2]]) STORED]])"},
    {"create_table",
     "CREATE TABLE t (a [[type:timestamp with time zone]] NOT NULL, b [[type:int[]]], "
     "c [[type:double precision]] DEFAULT 1, d [[type:s.kind]])"},
    {"create_table",
     "CREATE TEMP TABLE IF NOT EXISTS [[table:t]] (LIKE [[like:s.u]] INCLUDING ALL) "
     "INHERITS ([[parent:v]], [[parent:s.w]])"},
    {"create_table",
     "CREATE TABLE m (at date) [[partition_by:PARTITION BY RANGE ([[key:at]], "
     "[[key:(at + 1)]])]]"},
    {"create_table",
     "CREATE TABLE [[table:m_1]] PARTITION OF [[parent:m]] [[bound:FOR VALUES FROM ('a') TO "
     "('b')]] WITH (fillfactor = 70)"},
    {"create_table",
     "CREATE TABLE m_2 PARTITION OF m [[bound:FOR VALUES WITH (MODULUS 4, REMAINDER "
     "0)]] TABLESPACE x"},
    {"create_table", "CREATE TABLE m_3 PARTITION OF m [[bound:DEFAULT]] PARTITION BY LIST (a)"},
    {"create_table", "CREATE TABLE [[table:t]] OF [[of_type:s.kind]] (a WITH OPTIONS NOT NULL)"},
    {"create_table",
     "CREATE TABLE [[table:t]] ([[as_column:a]], [[as_column:b]]) AS [[query:SELECT "
     "[[query_function:now]](), [[query_column:x]] FROM [[reads:s.u]]]]"},
    {"create_table", "SELECT * INTO [[table:t]] FROM [[reads:u]]"},
    {"create_table", "CREATE FOREIGN TABLE [[table:t]] ([[column_name:a]] int) SERVER s"},
    {"drop_table",
     "[[op:DROP TABLE IF EXISTS [[table:[[table_schema:s]].[[table_name:t]]]] CASCADE]]"},
    {"drop_table drop_table", "DROP TABLE [[op:[[table:a]]]], [[op:[[table:s.b]]]] RESTRICT"},
    {"drop_table", "DROP FOREIGN TABLE [[table:t]]"},
    {"rename_table", "[[op:ALTER TABLE IF EXISTS [[table:s.t]] RENAME TO [[new_name:u]]]]"},
    {"truncate", "[[op:TRUNCATE TABLE ONLY [[table:s.t]] CASCADE]]"},
    {"truncate truncate", "TRUNCATE [[op:[[table:a]]]], [[op:[[table:b]]]] RESTART IDENTITY"},

    // --- clauses of ALTER TABLE
    {"add_column add_column",
     "ALTER TABLE ONLY [[table:t]] [[op:ADD COLUMN IF NOT EXISTS [[column:[[column_name:a]] "
     "[[type:varchar(20)]] [[default_clause:DEFAULT [[default:'x']]]]]]]], [[op:ADD "
     "[[column:[[column_name:validate]] [[type:int]]]]]]"},
    {"drop_column", "ALTER TABLE t [[op:DROP COLUMN IF EXISTS [[column:a]] CASCADE]]"},
    {"drop_column", "ALTER TABLE t [[op:DROP [[column:add]]]]"},
    {"drop_column", "ALTER TABLE t * [[op:DROP [[column:\"DROP\"]]]]"},
    {"rename_column",
     "[[op:ALTER TABLE [[table:t]] RENAME COLUMN [[column:a]] TO [[new_name:b]]]]"},
    {"rename_column", "ALTER VIEW [[table:v]] RENAME [[column:a]] TO [[new_name:\"to\"]]"},
    {"alter_column_type",
     "ALTER TABLE t [[op:ALTER COLUMN [[column:type]] SET DATA TYPE [[type:varchar(9)]] COLLATE "
     "[[collation:\"C\"]] USING [[using:[[using_function:left]]([[using_column:type]], 9)]]]]"},
    {"alter_column_type", "ALTER TABLE t [[op:ALTER [[column:a]] TYPE [[type:double precision]]]]"},
    {"set_default", "ALTER TABLE t [[op:ALTER [[column:a]] SET DEFAULT [[default:1 + 1]]]]"},
    {"drop_default", "ALTER TABLE t [[op:ALTER COLUMN [[column:a]] DROP DEFAULT]]"},
    {"set_not_null", "ALTER TABLE t [[op:ALTER COLUMN [[column:a]] SET NOT NULL]]"},
    {"drop_not_null", "ALTER TABLE t [[op:ALTER COLUMN [[column:a]] DROP NOT NULL]]"},
    {"alter_identity",
     "ALTER TABLE t [[op:ALTER [[column:a]] ADD GENERATED BY DEFAULT AS IDENTITY]]"},
    {"alter_identity", "ALTER TABLE t [[op:ALTER [[column:a]] DROP IDENTITY IF EXISTS]]"},
    {"alter_identity", "ALTER TABLE t [[op:ALTER [[column:a]] SET GENERATED ALWAYS RESTART 5]]"},
    {"alter_generated", "ALTER TABLE t [[op:ALTER COLUMN [[column:a]] DROP EXPRESSION]]"},
    {"set_column_option", "ALTER TABLE t [[op:ALTER [[column:a]] SET STATISTICS 100]]"},
    {"set_column_option", "ALTER TABLE t [[op:ALTER [[column:a]] SET STORAGE EXTERNAL]]"},
    {"set_column_option", "ALTER TABLE t [[op:ALTER [[column:a]] RESET ([[option:n_distinct]])]]"},
    {"add_constraint",
     "ALTER TABLE t [[op:ADD [[constraint:CONSTRAINT [[constraint_name:c]] [[clause:CHECK "
     "([[check:a IS NOT NULL]]) NOT VALID]]]]]]"},
    {"add_constraint",
     "ALTER TABLE t [[op:ADD [[constraint:[[clause:UNIQUE USING INDEX [[using_index:i]]]]]]]]"},
    {"add_constraint",
     "ALTER TABLE t [[op:ADD [[constraint:[[clause:FOREIGN KEY ([[key:a]]) "
     "REFERENCES [[references:u]]]]]]]]"},
    {"drop_constraint", "ALTER TABLE t [[op:DROP CONSTRAINT IF EXISTS [[constraint:c]]]]"},
    {"validate_constraint", "ALTER TABLE t [[op:VALIDATE CONSTRAINT [[constraint:c]]]]"},
    {"alter_constraint",
     "ALTER TABLE t [[op:ALTER CONSTRAINT [[constraint:c]] DEFERRABLE INITIALLY DEFERRED]]"},
    {"rename_constraint",
     "[[op:ALTER TABLE [[table:t]] RENAME CONSTRAINT [[constraint:c]] TO [[new_name:d]]]]"},
    {"attach_partition",
     "ALTER TABLE [[table:m]] [[op:ATTACH PARTITION [[partition:s.m_1]] "
     "[[bound:FOR VALUES IN (1, 2)]]]]"},
    {"detach_partition",
     "ALTER TABLE [[table:m]] [[op:DETACH PARTITION [[partition:m_1]] CONCURRENTLY]]"},
    {"set_inheritance", "ALTER TABLE [[table:t]] [[op:INHERIT [[parent:s.p]]]]"},
    {"set_inheritance", "ALTER TABLE [[table:t]] [[op:NO INHERIT [[parent:p]]]]"},
    {"set_table_option set_table_option",
     "ALTER TABLE [[table:t]] [[op:SET LOGGED]], [[op:SET ([[option:fillfactor]] = 70)]]"},
    {"set_table_option", "ALTER TABLE t [[op:CLUSTER ON [[name:i]]]]"},
    {"set_table_option", "ALTER TABLE t [[op:SET TABLESPACE [[name:fast]]]]"},
    {"set_table_option", "ALTER TABLE t [[op:DISABLE TRIGGER [[name:audit]]]]"},
    {"set_table_option", "ALTER TABLE t [[op:REPLICA IDENTITY USING INDEX [[name:i]]]]"},
    {"set_table_option", "ALTER TABLE t [[op:ENABLE ROW LEVEL SECURITY]]"},

    // --- indexes
    {"create_index",
     "[[op:CREATE UNIQUE INDEX [[concurrently:CONCURRENTLY]] IF NOT EXISTS [[index:i]] ON "
     "[[table:s.t]] USING btree ([[element:[[element_column:a]] COLLATE "
     "[[element_collation:\"C\"]] [[element_class:text_pattern_ops]] DESC]], "
     "[[element:[[element_expression:lower(b)]] NULLS FIRST]], "
     "[[element:([[element_expression:c + 1]])]]) "
     "INCLUDE ([[include:d]], [[include:e]]) WITH ([[option:fillfactor]] = 70) TABLESPACE x WHERE "
     "[[where:[[where_column:f]] IS NULL]]]]"},
    {"create_index", "CREATE [[concurrently:INDEX]] ON ONLY [[table:t]] ([[element:a]])"},
    {"create_index",
     "CREATE INDEX i ON t ([[element:[[element_expression:lower(b)]] "
     "[[element_class:s.ops]]]])"},
    {"drop_index", "[[op:DROP INDEX [[concurrently:CONCURRENTLY]] IF EXISTS [[index:s.i]]]]"},
    {"drop_index drop_index", "DROP [[concurrently:INDEX]] [[op:[[index:i]]]], [[op:[[index:j]]]]"},
    {"reindex", "[[op:REINDEX TABLE CONCURRENTLY [[object:s.t]]]]"},
    {"reindex", "REINDEX (VERBOSE) SCHEMA [[object:s]]"},
    {"attach_index", "ALTER INDEX [[index:i]] [[op:ATTACH PARTITION [[partition:s.j]]]]"},

    // --- views, sequences, types, functions
    {"create_view",
     "[[op:CREATE OR REPLACE VIEW [[view:s.v]] ([[column:a]], [[column:b]]) AS [[query:SELECT "
     "u.[[query_column:x]], [[query_function:count]](*) FROM [[reads:t]] u]]]]"},
    {"create_view",
     "CREATE MATERIALIZED VIEW [[view:v]] AS [[query:SELECT 1 FROM "
     "[[reads:s.t]]]]"},
    {"refresh_materialized_view", "[[op:REFRESH MATERIALIZED VIEW CONCURRENTLY [[view:s.v]]]]"},
    {"create_sequence", "[[op:CREATE SEQUENCE IF NOT EXISTS [[sequence:s.q]] [[option:START]] 5]]"},
    {"alter_sequence", "[[op:ALTER SEQUENCE [[sequence:q]] [[option:RESTART]] WITH 5]]"},
    {"create_type",
     "[[op:CREATE TYPE [[type:s.mood]] AS ENUM ([[value:'sad']], [[value:'it''s']])]]"},
    {"create_type",
     "CREATE TYPE [[type:pair]] AS ([[column:[[column_name:a]] [[type:int]]]], "
     "[[column:[[column_name:b]] [[type:text]]]])"},
    {"create_type", "CREATE TYPE [[type:r]] AS RANGE (subtype = int)"},
    {"create_type", "CREATE TYPE [[type:shell]]"},
    {"add_enum_value",
     "[[op:ALTER TYPE [[type:s.mood]] ADD VALUE IF NOT EXISTS [[value:'ok']] BEFORE "
     "[[neighbour:'sad']]]]"},
    {"add_enum_value", "ALTER TYPE [[type:value]] ADD VALUE [[value:'ok']]"},
    {"rename_enum_value",
     "ALTER TYPE [[type:mood]] RENAME VALUE [[value:'a']] TO [[new_name:'b']]"},
    {"alter_composite_type alter_composite_type",
     "ALTER TYPE [[table:pair]] [[op:ADD ATTRIBUTE [[column:[[column_name:c]] [[type:int]]]]]], "
     "[[op:ALTER ATTRIBUTE [[column_name:a]] TYPE [[type:bigint]] CASCADE]]"},
    {"alter_composite_type", "ALTER TYPE pair [[op:DROP ATTRIBUTE IF EXISTS [[column_name:c]]]]"},
    {"alter_composite_type",
     "ALTER TYPE [[table:pair]] RENAME ATTRIBUTE [[column_name:a]] TO "
     "[[new_name:b]] CASCADE"},
    {"create_domain",
     "[[op:CREATE DOMAIN [[domain:s.mail]] AS [[type:varchar(9)]] COLLATE "
     "[[collation:\"C\"]] DEFAULT [[default:'']] [[constraint:CONSTRAINT "
     "[[constraint_name:c]] CHECK ([[check:value <> 'x']])]]]]"},
    {"alter_domain",
     "[[op:ALTER DOMAIN [[domain:s.mail]] ADD [[constraint:CONSTRAINT "
     "[[constraint_name:c]] CHECK ([[check:value <> '']]) NOT VALID]]]]"},
    {"alter_domain",
     "ALTER DOMAIN [[domain:mail]] DROP CONSTRAINT IF EXISTS "
     "[[constraint_name:c]] CASCADE"},
    {"alter_domain", "ALTER DOMAIN mail VALIDATE CONSTRAINT [[constraint_name:c]]"},
    {"alter_domain", "ALTER DOMAIN [[domain:mail]] SET DEFAULT [[default:'a']]"},
    {"alter_domain", "ALTER DOMAIN [[domain:mail]] SET NOT NULL"},
    {"create_function",
     "[[op:CREATE OR REPLACE FUNCTION [[function:s.f]](a [[type:int]], b [[type:numeric(9, 2)]] "
     "DEFAULT [[default:0]]) RETURNS [[returns:text]] LANGUAGE sql STABLE AS $x$[[body:SELECT "
     "'a']]$x$]]"},
    {"create_function",
     "CREATE FUNCTION f() RETURNS TABLE (a int) LANGUAGE plpgsql AS "
     "'[[body:BEGIN END]]'"},
    {"create_function", "CREATE FUNCTION f() RETURNS int [[body:RETURN 1]]"},
    {"create_function",
     "CREATE PROCEDURE [[function:p]]() LANGUAGE sql [[body:BEGIN ATOMIC SELECT "
     "1; END]]"},
    {"alter_function", "[[op:ALTER FUNCTION [[function:s.f]]([[type:int]]) [[option:IMMUTABLE]]]]"},
    {"create_trigger",
     "[[op:CREATE TRIGGER [[trigger:x]] BEFORE UPDATE OF [[update_column:a]], [[update_column:b]] "
     "ON [[table:s.t]] FOR EACH ROW WHEN ([[when:old.[[when_column:a]] IS NULL]]) EXECUTE FUNCTION "
     "[[function:s.f]]('y')]]"},
    {"create_trigger",
     "CREATE CONSTRAINT TRIGGER [[trigger:x]] AFTER INSERT ON [[table:t]] FOR EACH ROW "
     "EXECUTE PROCEDURE [[function:f]]()"},
    {"create_rule",
     "CREATE RULE [[rule:r]] AS ON INSERT TO [[table:s.t]] DO INSTEAD [[query:NOTHING]]"},
    {"create_rule",
     "CREATE RULE [[rule:r]] AS ON DELETE TO [[table:t]] DO ALSO [[query:INSERT INTO "
     "[[reads:log]] VALUES (1)]]"},
    {"create_policy",
     "[[op:CREATE POLICY [[policy:p]] ON [[table:s.t]] FOR UPDATE TO public USING "
     "([[using:[[using_column:a]] = 1]]) WITH CHECK ([[check:b = 2]])]]"},
    {"alter_policy", "[[op:ALTER POLICY [[policy:p]] ON [[table:t]] USING ([[using:true]])]]"},
    {"create_extension", "CREATE EXTENSION IF NOT EXISTS [[extension:pgcrypto]] SCHEMA s"},
    {"create_schema", "CREATE SCHEMA IF NOT EXISTS [[schema:s]]"},
    {"create_schema create_table",
     "CREATE SCHEMA [[schema:s]] CREATE TABLE [[table:t]] "
     "([[column_name:a]] int)"},

    // --- any object
    {"create_object", "CREATE STATISTICS st ON a, b FROM [[table:s.t]]"},
    {"create_object", "CREATE AGGREGATE [[object:s.total]] (int) (sfunc = f, stype = int)"},
    {"create_object", "[[op:CREATE ROLE r]]"},
    {"alter_object", "[[op:ALTER ROLE r SET x = 1]]"},
    {"alter_object", "[[op:ALTER EXTENSION e UPDATE]]"},
    {"drop_object", "[[op:DROP VIEW IF EXISTS [[object:s.v]] CASCADE]]"},
    {"drop_object", "DROP MATERIALIZED VIEW [[object:v]]"},
    {"drop_object drop_object", "DROP SEQUENCE [[op:[[object:q]]]], [[op:[[object:s.r]]]]"},
    {"drop_object", "DROP TYPE [[object:s.mood]]"},
    {"drop_object", "DROP SCHEMA IF EXISTS [[object:s]] CASCADE"},
    {"drop_object", "DROP FUNCTION [[object:s.f]]([[type:int]], [[type:text]])"},
    {"drop_object", "DROP TRIGGER IF EXISTS [[object:x]] ON [[table:s.t]] CASCADE"},
    {"drop_object", "DROP POLICY [[object:p]] ON [[table:t]]"},
    {"drop_object", "DROP TEXT SEARCH CONFIGURATION [[object:s.c]]"},
    {"drop_object", "DROP OPERATOR CLASS [[object:s.ops]] USING btree"},
    {"drop_object", "DROP PROCEDURAL LANGUAGE [[object:plx]]"},
    {"rename_object", "[[op:ALTER INDEX [[object:s.i]] RENAME TO [[new_name:j]]]]"},
    {"rename_object", "ALTER SEQUENCE [[object:q]] RENAME TO [[new_name:r]]"},
    {"rename_object", "ALTER TYPE [[object:s.mood]] RENAME TO [[new_name:m]]"},
    {"rename_object", "ALTER TRIGGER [[object:x]] ON [[table:s.t]] RENAME TO [[new_name:y]]"},
    {"rename_object", "ALTER SCHEMA [[object:s]] RENAME TO [[new_name:t]]"},
    {"rename_object", "ALTER FUNCTION [[object:s.f]](int) RENAME TO [[new_name:g]]"},
    {"rename_object", "ALTER MATERIALIZED VIEW IF EXISTS [[object:v]] RENAME TO [[new_name:w]]"},
    {"set_schema", "[[op:ALTER TABLE IF EXISTS [[object:s.t]] SET SCHEMA [[new_schema:u]]]]"},
    {"set_schema", "ALTER TYPE [[object:s.mood]] SET SCHEMA [[new_schema:u]]"},
    {"set_owner", "ALTER TABLE [[object:s.t]] [[op:OWNER TO bob]]"},
    {"set_owner", "[[op:ALTER FUNCTION [[object:s.f]](int) OWNER TO bob]]"},
    {"comment", "[[op:COMMENT ON TABLE [[object:s.t]] IS 'x']]"},
    {"comment", "COMMENT ON COLUMN [[table:s.t]].[[object:a]] IS NULL"},
    {"comment", "COMMENT ON CONSTRAINT [[object:c]] ON [[table:s.t]] IS 'is'"},
    {"comment", "COMMENT ON MATERIALIZED VIEW [[object:v]] IS 'x'"},
    {"comment", "COMMENT ON FUNCTION [[object:s.f]](int) IS 'x'"},
    {"grant", "[[op:GRANT SELECT (a), UPDATE ON [[object:s.t]], [[object:u]] TO bob]]"},
    {"grant", "[[op:ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO bob]]"},

    // --- rows
    {"insert",
     "[[op:INSERT INTO [[table:s.t]] AS x ([[column:a]], [[column:b]]) VALUES (1, 2), (3, "
     "4) ON CONFLICT DO NOTHING]]"},
    {"insert", "INSERT INTO [[table:t]] SELECT [[query_column:a]] FROM [[reads:s.u]]"},
    {"update",
     "[[op:UPDATE [[table:s.t]] x SET [[column:a]] = [[value:1 + 1]], [[column:b]] = "
     "[[value:u.[[value_column:c]]]] FROM [[reads:u]] WHERE [[where:x.[[where_column:id]] = "
     "1]] RETURNING a]]"},
    {"update", "UPDATE t SET ([[column:a]], [[column:b]]) = [[value:(1, 2)]] WHERE [[where:c]]"},
    {"update", "UPDATE t SET [[column:a]][1] = [[value:2]]"},
    {"delete",
     "[[op:DELETE FROM [[table:s.t]] USING [[reads:u]] WHERE [[where:t.[[where_column:a]] "
     "= 1]] RETURNING *]]"},
    {"delete insert",
     "WITH gone AS (DELETE FROM [[table:t]] WHERE [[where:a]]) INSERT INTO [[table:u]] "
     "SELECT 1 FROM gone WHERE b"},
    {"update select", "WITH w AS (UPDATE t SET [[column:a]] = [[value:1]]) SELECT 1"},
    {"merge", "[[op:MERGE INTO [[table:s.t]] USING [[reads:u]] ON true WHEN MATCHED THEN DELETE]]"},
    {"copy", "[[op:COPY [[table:s.t]] (a) FROM stdin]]"},
    {"select",
     "[[op:[[query:SELECT [[query_column:a]] FROM [[reads:s.t]] WHERE x.[[query_column:b]] "
     "IN (SELECT [[query_column:c]] FROM [[reads:u]])]]]]"},

    // --- session and maintenance
    {"transaction", "[[op:BEGIN ISOLATION LEVEL SERIALIZABLE]]"},
    {"transaction", "ROLLBACK TO SAVEPOINT [[savepoint:a]]"},
    {"transaction", "[[op:SET TRANSACTION READ ONLY]]"},
    {"set_variable", "[[op:SET LOCAL [[name:lock_timeout]] = '2s']]"},
    {"set_variable", "RESET [[name:search_path]]"},
    {"set_variable", "[[op:SELECT set_config('search_path', '', false)]]"},
    {"lock_table", "[[op:LOCK TABLE ONLY [[table:s.t]] IN SHARE MODE NOWAIT]]"},
    {"lock_table lock_table", "LOCK [[op:[[table:a]]]], [[op:[[table:b]]]]"},
    {"maintenance", "[[op:VACUUM (FULL, ANALYZE) [[table:s.t]]]]"},
    {"maintenance maintenance", "ANALYZE [[op:[[table:a]]]], [[op:[[table:b]]]] (c)"},
    {"maintenance", "[[op:CLUSTER [[table:s.t]] USING i]]"},
    {"maintenance", "[[op:CHECKPOINT]]"},
    {"do_block", "[[op:DO LANGUAGE plpgsql $a$[[body:BEGIN NULL; END]]$a$]]"},
    {"do_block", "DO E'[[body:BEGIN END]]'"},
    {"call", "[[op:CALL [[procedure:s.p]](1)]]"},
    {"no_change", "[[op:EXPLAIN SELECT 1]]"},
};

std::string names_of(const std::vector<Operation>& operations) {
  std::string out;
  for (const Operation& o : operations) {
    out += (out.empty() ? "" : " ") + std::string(operation_name(o));
  }
  return out;
}

/// The places of all operations under the labels that the test names; a label with a place that is
/// not there counts as well.
std::vector<Part> found_parts(const ParsedStatement& statement, const std::vector<Part>& wanted) {
  std::vector<Part> out;
  for (const Operation& operation : statement.operations) {
    for (Part& part : parts_of(operation)) {
      const auto same = [&](const Part& p) { return p.label == part.label; };
      if (part.range.empty() || std::none_of(wanted.begin(), wanted.end(), same)) continue;
      const auto equal = [&](const Part& p) { return same(p) && p.range == part.range; };
      if (std::none_of(out.begin(), out.end(), equal)) out.push_back(std::move(part));
    }
  }
  return out;
}

std::set<std::string> labels_and_ranges(const std::vector<Part>& parts) {
  std::set<std::string> out;
  for (const Part& p : parts) {
    out.insert(p.label + " " + std::to_string(p.range.begin) + "-" + std::to_string(p.range.end));
  }
  return out;
}

TEST(PostgresPlaces, AreThoseInTheText) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.marked);
    const Labelled sql(c.marked);
    const StatementPtr statement = parse_statement(sql.text, kDialect);
    ASSERT_THAT(statement->problems, IsEmpty()) << statement->problems[0].message;
    EXPECT_EQ(names_of(statement->operations), c.operations);
    const std::vector<Part> found = found_parts(*statement, sql.parts);
    EXPECT_EQ(labels_and_ranges(found), labels_and_ranges(sql.parts))
        << "found:  " << write_labelled(sql.text, found)
        << "\nwanted: " << write_labelled(sql.text, sql.parts);
  }
}

TEST(PostgresPlaces, StayWhereTheyAreInAScript) {
  for (const Case& c : kCases) {
    const Labelled sql(c.marked);
    const std::string script = "-- é\nDROP TABLE x;\n  " + sql.text + ";\n";
    const ParsedScript parsed = parse_script(script, {0, static_cast<uint32_t>(script.size())},
                                             kDialect, Recovery::kExact, nullptr);
    ASSERT_EQ(parsed.statements.size(), 2U) << c.marked;
    EXPECT_EQ(parsed.statements[1].parsed->text, sql.text);
    const std::vector<Part> found = found_parts(*parsed.statements[1].parsed, sql.parts);
    EXPECT_EQ(labels_and_ranges(found), labels_and_ranges(sql.parts)) << c.marked;
  }
}

TEST(PostgresPlaces, NamesStandWhereTheyAreSpelled) {
  for (const Case& c : kCases) {
    const StatementPtr statement = parse_statement(Labelled(c.marked).text, kDialect);
    EXPECT_EQ(misplaced(*statement), "") << c.marked;
  }
}

/// What PostgreSQL's statements are never turned into.
constexpr std::string_view kOfOtherDialects[] = {"pragma", "attach_database"};

TEST(PostgresPlaces, EveryKindOfOperationIsAmongTheStatements) {
  std::set<size_t> seen;
  for (const Case& c : kCases) {
    const StatementPtr statement = parse_statement(Labelled(c.marked).text, kDialect);
    for (const Operation& o : statement->operations) seen.insert(o.data.index());
  }
  std::vector<std::string_view> missing;
  [&]<size_t... I>(std::index_sequence<I...>) {
    const auto note = [&](size_t index, const Operation& operation) {
      if (seen.count(index) == 0) missing.push_back(operation_name(operation));
    };
    (note(I, Operation{{}, std::variant_alternative_t<I, OperationData>{}}), ...);
  }
  (std::make_index_sequence<std::variant_size_v<OperationData>>());
  std::erase(missing, "unknown");  // what cannot be parsed: problems_test.cc
  EXPECT_THAT(missing, ::testing::UnorderedElementsAreArray(kOfOtherDialects));
}

}  // namespace
}  // namespace belay::sql::postgres
