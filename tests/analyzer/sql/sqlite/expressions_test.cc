// What the parser keeps of expressions and queries.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/sql/sqlite/statements.h"
#include "tests/support/annotated.h"

namespace belay::sql::sqlite {
namespace {

using belay::testing::Annotated;
using ::testing::IsEmpty;
using Strings = std::vector<std::string>;

/// The WHERE of `DELETE FROM t WHERE ...`.
Expression condition(const std::string& text) {
  const StatementPtr statement = parse_text("DELETE FROM t WHERE " + text);
  EXPECT_THAT(statement->problems, IsEmpty()) << text;
  const Delete* remove = statement->operations.at(0).as<Delete>();
  return remove == nullptr ? Expression{} : remove->where.value_or(Expression{});
}

Strings texts(const std::vector<QualifiedName>& names) {
  Strings out;
  for (const QualifiedName& name : names) out.push_back(name.to_string());
  return out;
}

TEST(SqliteExpressions, Shapes) {
  using Shape = Expression::Shape;
  struct Case {
    const char* text;
    Shape shape;
    const char* literal;
  };
  const Case cases[] = {
      {"1", Shape::kLiteral, "1"},
      {"-1", Shape::kLiteral, "-1"},
      {"- -1", Shape::kLiteral, "1"},
      {"((1))", Shape::kLiteral, "1"},
      {"CAST('x' AS TEXT)", Shape::kLiteral, "x"},
      {"'a''b' COLLATE nocase", Shape::kLiteral, "a'b"},
      {"true", Shape::kLiteral, "true"},
      {"NULL", Shape::kNull, ""},
      {"CAST(NULL AS INT)", Shape::kNull, ""},
      {"a", Shape::kColumn, ""},
      {"main.t.a", Shape::kColumn, ""},
      {"f(1)", Shape::kCall, ""},
      {"CURRENT_TIME", Shape::kCall, ""},
      {"-a", Shape::kOther, ""},
      {"~1", Shape::kOther, ""},
      {"1 + 1", Shape::kOther, ""},
      {"a IS NULL", Shape::kOther, ""},
      {"(SELECT 1)", Shape::kOther, ""},
      {"?", Shape::kOther, ""},
      {"(1, 2)", Shape::kOther, ""},
      {"CASE WHEN 1 THEN 2 END", Shape::kOther, ""},
      {"${name}", Shape::kOther, ""},
  };
  for (const Case& c : cases) {
    const Expression e = condition(c.text);
    EXPECT_EQ(e.shape, c.shape) << c.text;
    EXPECT_EQ(e.literal, c.literal) << c.text;
  }
}

TEST(SqliteExpressions, Names) {
  struct Case {
    const char* text;
    Strings columns, functions, relations;
    bool has_subquery;
  };
  const Case cases[] = {
      {"A + t.\"B\" > main.t.c", {"a", "b", "c"}, {}, {}, false},
      {"lower(a) = Upper(trim(b))", {"a", "b"}, {"lower", "upper", "trim"}, {}, false},
      {"a LIKE b AND c GLOB d", {"a", "b", "c", "d"}, {}, {}, false},
      {"CAST(a AS INT) COLLATE nocase", {"a"}, {}, {}, false},
      {"a IN (SELECT max(x) FROM u WHERE y = b)", {"a"}, {"max"}, {"u"}, true},
      {"EXISTS (SELECT 1 FROM main.u, (SELECT 2 FROM v))", {}, {}, {"main.u", "v"}, true},
      {"a IN u", {"a"}, {}, {"u"}, true},
      {"a IN json_each(b)", {"a", "b"}, {"json_each"}, {}, true},
      {"a = (WITH q AS (SELECT 1 FROM w) SELECT * FROM q)", {"a"}, {}, {"w"}, true},
      {"sum(a) OVER (PARTITION BY b ORDER BY c) > 0", {"a", "b", "c"}, {"sum"}, {}, false},
      {"a < CURRENT_DATE", {"a"}, {"current_date"}, {}, false},
      {"${column} > 1", {"${column}"}, {}, {}, false},
  };
  for (const Case& c : cases) {
    const Expression e = condition(c.text);
    EXPECT_EQ(ids(e.columns), c.columns) << c.text;
    EXPECT_EQ(texts(e.functions), c.functions) << c.text;
    EXPECT_EQ(texts(e.relations), c.relations) << c.text;
    EXPECT_EQ(e.has_subquery, c.has_subquery) << c.text;
  }
}

TEST(SqliteExpressions, NamesKnowTheirPlaces) {
  const Annotated sql(
      "DELETE FROM t WHERE [[[[f]](t.[[a]]) = (SELECT 1 FROM [[main.u]])]] RETURNING a");
  const StatementPtr statement = parse_text(sql.text);
  ASSERT_THAT(statement->problems, IsEmpty());
  const Expression& where = *statement->operations.at(0).as<Delete>()->where;
  EXPECT_EQ(where.range, sql.ranges[0]);
  EXPECT_EQ(where.functions.at(0).range, sql.ranges[1]);
  EXPECT_EQ(where.columns.at(0).range, sql.ranges[2]);
  EXPECT_EQ(where.relations.at(0).range, sql.ranges[3]);
}

TEST(SqliteExpressions, ProvesNotNull) {
  struct Case {
    const char* text;
    Strings proved;
  };
  const Case cases[] = {
      {"a IS NOT NULL", {"a"}},
      {"a NOTNULL AND t.B NOT NULL", {"a", "b"}},
      {"(a IS NOT NULL) AND (b > 0 AND (c NOTNULL))", {"a", "c"}},
      {"a IS DISTINCT FROM NULL", {"a"}},
      {"a IS NOT DISTINCT FROM NULL", {}},
      {"a IS NULL", {}},
      {"a > 0", {}},
      {"a IS NOT NULL OR b", {}},
      {"b AND (a IS NOT NULL OR c)", {}},
      {"NOT (a IS NOT NULL)", {}},
      {"(a IS NOT NULL) = 0", {}},
      {"a IS NOT NULL AND b IS NOT NULL OR c", {}},
      {"coalesce(a IS NOT NULL, 1)", {}},
      {"CASE WHEN a IS NOT NULL THEN 1 END", {}},
      {"a + 1 IS NOT NULL", {}},
      {"a IS NOT NULL IS NOT NULL", {}},
      {"EXISTS (SELECT 1 FROM u WHERE a IS NOT NULL)", {}},
      {"a BETWEEN b IS NOT NULL AND c", {}},
      {"x IN (a IS NOT NULL)", {}},
  };
  for (const Case& c : cases) EXPECT_EQ(condition(c.text).proves_not_null, c.proved) << c.text;
}

TEST(SqliteExpressions, AlwaysTrue) {
  for (const char* text :
       {"1", "true", "TRUE", "1 = 1", "'a' = 'a'", "2 == 2", "NOT 0", "NOT FALSE", "a OR 1",
        "1 OR a", "1 AND 1 = 1", "(1)", "NOT (a AND 0)"}) {
    EXPECT_TRUE(condition(text).always_true) << text;
  }
  for (const char* text :
       {"0", "false", "a", "a = a", "1 = 2", "NULL", "NULL = NULL", "'x'", "a AND 1", "NOT 1", "?",
        "-1 = 1", "1 <> 1", "f()", "(SELECT 1)", "a OR 0", "0.5"}) {
    EXPECT_FALSE(condition(text).always_true) << text;
  }
}

TEST(SqliteExpressions, CommonTablesAreNoRelations) {
  struct Case {
    const char* text;
    Strings relations;
  };
  const Case cases[] = {
      {"WITH q AS (SELECT * FROM t) SELECT * FROM q, Q AS r, u", {"t", "u"}},
      {"WITH q AS (SELECT * FROM r), r AS (SELECT * FROM t) SELECT * FROM q", {"t"}},
      {"WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i FROM n) SELECT * FROM n", {}},
      {"WITH q AS (SELECT 1) SELECT * FROM main.q", {"main.q"}},
      {"SELECT * FROM (WITH q AS (SELECT 1) SELECT * FROM q), q", {"q"}},
      {"WITH q AS (SELECT 1) SELECT (SELECT 2 FROM q), (SELECT 3 FROM v)", {"v"}},
      {"SELECT 1 FROM t JOIN (u, v AS w) ON t.a IN (SELECT 1 FROM x) UNION SELECT 2 FROM y",
       {"t", "u", "v", "x", "y"}},
      {"SELECT * FROM json_each('[]'), t", {"t"}},
  };
  for (const Case& c : cases) {
    const StatementPtr statement = parse_text(c.text);
    ASSERT_THAT(statement->problems, IsEmpty()) << c.text;
    const Select* select = statement->operations.at(0).as<Select>();
    ASSERT_NE(select, nullptr) << c.text;
    EXPECT_EQ(texts(select->query.relations), c.relations) << c.text;
  }
}

}  // namespace
}  // namespace belay::sql::sqlite
