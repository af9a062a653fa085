// Bodies of real migrations, ours against PL/pgSQL's own parser: both find the same statements with
// the same texts, and both refuse the same bodies. The folder with the projects is named by the
// environment variable BELAY_CORPORA; without it only the bodies in this file are compared.

#include <gtest/gtest.h>
#include <pg_query.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analyzer/sql/script.h"
#include "tests/analyzer/sql/postgres/outline.h"
#include "tests/analyzer/sql/postgres/spelling.h"

namespace belay::sql::postgres {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr Dialect kDialect = {Engine::kPostgres, {15, 0, 0}};

/// How often which kind of statement occurs, by our names for them.
using Counts = std::map<std::string, int>;

std::string our_kind(const std::string& theirs) {
  static const std::map<std::string, std::string> kKinds = {{"PLpgSQL_stmt_execsql", "sql"},
                                                            {"PLpgSQL_stmt_call", "sql"},
                                                            {"PLpgSQL_stmt_commit", "sql"},
                                                            {"PLpgSQL_stmt_rollback", "sql"},
                                                            {"PLpgSQL_stmt_perform", "sql"},
                                                            {"PLpgSQL_stmt_return_query", "sql"},
                                                            {"PLpgSQL_stmt_dynexecute", "dynamic"},
                                                            {"PLpgSQL_stmt_if", "if"},
                                                            {"PLpgSQL_stmt_case", "if"},
                                                            {"PLpgSQL_stmt_loop", "loop"},
                                                            {"PLpgSQL_stmt_while", "loop"},
                                                            {"PLpgSQL_stmt_fori", "loop"},
                                                            {"PLpgSQL_stmt_fors", "loop"},
                                                            {"PLpgSQL_stmt_forc", "loop"},
                                                            {"PLpgSQL_stmt_foreach_a", "loop"},
                                                            {"PLpgSQL_stmt_dynfors", "loop"},
                                                            {"PLpgSQL_stmt_raise", "raise"},
                                                            {"PLpgSQL_stmt_assert", "assert"},
                                                            {"PLpgSQL_stmt_exit", "exit"},
                                                            {"PLpgSQL_exception", "handler"}};
  const auto found = kKinds.find(theirs);
  return found == kKinds.end() ? "" : found->second;
}

void count_theirs(const Json& node, Counts& out) {
  if (node.is_array()) {
    for (const Json& part : node) count_theirs(part, out);
  } else if (node.is_object()) {
    for (const auto& [key, value] : node.items()) {
      if (const std::string kind = our_kind(key); !kind.empty()) ++out[kind];
      count_theirs(value, out);
    }
  }
}

Counts count_ours(const RoutineBody& body) {
  Counts out;
  for_each_step(body.steps, [&](const Step& step) {
    if (!step.handlers.empty()) out["handler"] += static_cast<int>(step.handlers.size());
    switch (step.kind) {
      case Step::Kind::kStatement: ++out["sql"]; break;
      case Step::Kind::kDynamic: ++out["dynamic"]; break;
      case Step::Kind::kIf: ++out["if"]; break;
      case Step::Kind::kLoop: ++out["loop"]; break;
      case Step::Kind::kRaise: ++out["raise"]; break;
      case Step::Kind::kAssert: ++out["assert"]; break;
      case Step::Kind::kExit: ++out["exit"]; break;
      default: break;
    }
  });
  return out;
}

std::string in_words(const Counts& counts) {
  std::string out;
  for (const auto& [kind, count] : counts) out += kind + ": " + std::to_string(count) + " ";
  return out;
}

struct Tally {
  int bodies = 0;
  int refused_by_both = 0;
  int refused_for_types = 0;
};

/// What PL/pgSQL's own parser cannot know without a catalog is no difference.
bool is_of_the_catalog(std::string_view message) {
  return message.find("is not a known variable") != std::string_view::npos ||
         message.find("type") != std::string_view::npos;
}

void compare(const ParsedStatement& statement, const std::string& where, Tally& tally) {
  for (const Operation& o : statement.operations) {
    const auto* block = o.as<DoBlock>();
    const auto* function = o.as<CreateFunction>();
    const std::string language = block != nullptr      ? block->language
                                 : function != nullptr ? function->language
                                                       : "";
    if (language != "plpgsql") continue;
    const RoutineBody& ours = block != nullptr ? *block->code : *function->code;
    ++tally.bodies;
    ParsedStatement inside;
    inside.text = statement.text;
    inside.operations = all_operations(ours);
    EXPECT_EQ(misplaced(inside), "") << where << "\n" << statement.text;
    PgQueryPlpgsqlParseResult theirs = pg_query_parse_plpgsql(statement.text.c_str());
    if (theirs.error != nullptr) {
      const std::string message = theirs.error->message;
      if (!ours.problems.empty()) {
        ++tally.refused_by_both;
      } else if (is_of_the_catalog(message)) {
        ++tally.refused_for_types;
      } else {
        ADD_FAILURE() << where << ": " << message << "\n" << statement.text;
      }
    } else if (!ours.problems.empty() || !ours.unknown.empty()) {
      ADD_FAILURE() << where << ": we cannot read it: "
                    << (ours.problems.empty() ? ours.unknown : ours.problems[0].message) << "\n"
                    << statement.text;
    } else {
      Counts counted;
      count_theirs(Json::parse(theirs.plpgsql_funcs), counted);
      EXPECT_EQ(in_words(count_ours(ours)), in_words(counted)) << where << "\n" << statement.text;
    }
    pg_query_free_plpgsql_parse_result(theirs);
  }
}

TEST(PlpgsqlAgainstPostgres, BodiesOfThisFile) {
  // Without cursors: what is one, libpg_query looks up in a catalog that it does not have.
  const char* const bodies[] = {
      "BEGIN NULL; END",
      "BEGIN DELETE FROM a; PERFORM f(1, 2); CALL p(); END;",
      "<<l>> DECLARE a int := 1; b text; BEGIN a := 2; SELECT 1 INTO a; END l;",
      "DECLARE a int; BEGIN IF a = 1 THEN DROP TABLE t; ELSIF a = 2 THEN NULL; ELSE DROP TABLE u; "
      "END IF; END",
      "DECLARE r record; BEGIN FOR r IN SELECT 1 AS x LOOP EXIT WHEN r.x = 1; END LOOP; FOR i IN "
      "REVERSE 3..1 BY 1 LOOP CONTINUE; END LOOP; END",
      "DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT 1' USING 1 LOOP NULL; END LOOP; END",
      "DECLARE x int; BEGIN FOREACH x IN ARRAY ARRAY[1, 2] LOOP NULL; END LOOP; LOOP EXIT; END "
      "LOOP; "
      "WHILE true LOOP NULL; END LOOP; END",
      "DECLARE a int; BEGIN CASE a WHEN 1, 2 THEN NULL; ELSE NULL; END CASE; CASE WHEN a = 1 THEN "
      "NULL; END CASE; END",
      "BEGIN BEGIN CREATE TABLE a (b int); EXCEPTION WHEN duplicate_table OR SQLSTATE '42710' THEN "
      "NULL; WHEN others THEN RAISE; END; END",
      "BEGIN RAISE EXCEPTION 'a % b', 1 USING HINT = 'x'; RAISE NOTICE 'y'; ASSERT true, 'z'; END",
      "DECLARE q text; BEGIN EXECUTE 'x' || q INTO q USING 1, 2; GET DIAGNOSTICS q = ROW_COUNT; "
      "END",
      "BEGIN COMMIT; ROLLBACK; END",
      "#variable_conflict use_column\nBEGIN NULL; END",
      "BEGIN IF true THEN NULL; END; END",
      "BEGIN NULL END",
      "BEGIN LOOP NULL; END IF; END",
      "BEGIN DELETE FORM a; END",
      "BEGIN IF THEN NULL; END IF; END",
      "BEGIN NULL; END; NULL;",
      "NULL;",
      "BEGIN NULL;",
      "BEGIN EXCEPTION THEN NULL; END",
      "BEGIN RETURN 1 +; END",
      "DECLARE BEGIN END",
      "DECLARE a; BEGIN END",
      "BEGIN FOR i IN 1..3 NULL; END LOOP; END",
      "BEGIN x + 1; END",
  };
  Tally tally;
  for (const char* body : bodies) {
    const StatementPtr statement = parse_statement("DO $d$" + std::string(body) + "$d$", kDialect);
    compare(*statement, "this file", tally);
  }
  EXPECT_EQ(tally.bodies, static_cast<int>(std::size(bodies)));
}

TEST(PlpgsqlAgainstPostgres, BodiesOfRealProjects) {
  const char* root = std::getenv("BELAY_CORPORA");
  if (root == nullptr) GTEST_SKIP() << "BELAY_CORPORA names no folder of projects";
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".sql") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const std::string script = text.str();
    const ParsedScript parsed = parse_script(script, {0, static_cast<uint32_t>(script.size())},
                                             kDialect, Recovery::kExact, nullptr);
    for (const ScriptStatement& s : parsed.statements) {
      if (s.parsed != nullptr) compare(*s.parsed, entry.path().string(), tally);
    }
  }
  EXPECT_GT(tally.bodies, 0);
  std::printf("%d bodies; refused by both: %d; for lack of a catalog by PostgreSQL's alone: %d\n",
              tally.bodies, tally.refused_by_both, tally.refused_for_types);
}

}  // namespace
}  // namespace belay::sql::postgres
