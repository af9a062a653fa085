// CREATE TABLE and ADD COLUMN: columns, types, defaults, constraints and where they stand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/sql/sqlite/statements.h"
#include "tests/support/annotated.h"

namespace belay::sql::sqlite {
namespace {

using belay::testing::Annotated;
using belay::testing::covered;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CreateTable create_table(std::string_view text) {
  const StatementPtr statement = parse_text(text);
  EXPECT_THAT(statement->problems, IsEmpty()) << text;
  const CreateTable* table = statement->operations.at(0).as<CreateTable>();
  EXPECT_NE(table, nullptr) << text;
  return table == nullptr ? CreateTable{} : *table;
}

// --- the statement --------------------------------------------------------------------------

TEST(SqliteTables, NamesTheTableAndItsColumns) {
  const Annotated sql("CREATE TABLE [[main.[[Orders]]]] ([[[[\"Id\"]] [[INTEGER]]]], [[b]])");
  const CreateTable table = create_table(sql.text);
  EXPECT_EQ(table.table.to_string(), "main.orders");
  EXPECT_EQ(table.table.range, sql.ranges[0]);
  EXPECT_EQ(table.table.name.range, sql.ranges[1]);
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[0].name.id, "id");
  EXPECT_EQ(table.columns[0].range, sql.ranges[2]);
  EXPECT_EQ(table.columns[0].name.range, sql.ranges[3]);
  EXPECT_EQ(table.columns[0].type.range, sql.ranges[4]);
  EXPECT_EQ(table.columns[1].range, sql.ranges[5]);
  EXPECT_TRUE(table.columns[1].type.empty());
}

TEST(SqliteTables, OperationCoversTheStatement) {
  const std::string text = "CREATE TABLE t (a)";
  const StatementPtr statement = parse_text(text);
  EXPECT_EQ(statement->text, text);
  ASSERT_EQ(statement->operations.size(), 1U);
  EXPECT_EQ(statement->operations[0].range, (ByteRange{0, static_cast<uint32_t>(text.size())}));
}

TEST(SqliteTables, RangesCountFromTheStatement) {
  const std::string script = "DROP TABLE a; DROP TABLE b";
  std::vector<Token> tokens = tokens_of(script);
  tokens.erase(tokens.begin(), tokens.begin() + 4);
  const StatementPtr statement = parse(script.substr(14), tokens, 14, kDialect);
  ASSERT_THAT(statement->problems, IsEmpty());
  EXPECT_EQ(statement->operations[0].as<DropTable>()->table.range, (ByteRange{11, 12}));
}

struct FlagCase {
  const char* text;
  bool temporary, if_not_exists, without_rowid, strict;
};

TEST(SqliteTables, Flags) {
  const FlagCase cases[] = {
      {"CREATE TABLE t (a)", false, false, false, false},
      {"CREATE TEMP TABLE t (a)", true, false, false, false},
      {"CREATE TEMPORARY TABLE t (a)", true, false, false, false},
      {"CREATE TABLE temp.t (a)", true, false, false, false},
      {"CREATE TABLE IF NOT EXISTS t (a)", false, true, false, false},
      {"CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID", false, false, true, false},
      {"CREATE TABLE t (a INT) STRICT", false, false, false, true},
      {"CREATE TABLE t (a INT PRIMARY KEY) strict, without rowid", false, false, true, true},
  };
  for (const FlagCase& c : cases) {
    const CreateTable table = create_table(c.text);
    EXPECT_EQ(table.temporary, c.temporary) << c.text;
    EXPECT_EQ(table.if_not_exists, c.if_not_exists) << c.text;
    EXPECT_EQ(table.without_rowid, c.without_rowid) << c.text;
    EXPECT_EQ(table.strict, c.strict) << c.text;
  }
}

TEST(SqliteTables, AsSelect) {
  const Annotated sql("CREATE TABLE t AS [[SELECT upper(a) FROM u JOIN main.v]]");
  const CreateTable table = create_table(sql.text);
  ASSERT_TRUE(table.as_query);
  EXPECT_EQ(table.as_query->range, sql.ranges[0]);
  ASSERT_EQ(table.as_query->relations.size(), 2U);
  EXPECT_EQ(table.as_query->relations[0].to_string(), "u");
  EXPECT_EQ(table.as_query->relations[1].to_string(), "main.v");
  ASSERT_EQ(table.as_query->functions.size(), 1U);
  EXPECT_EQ(table.as_query->functions[0].to_string(), "upper");
}

TEST(SqliteTables, VirtualTable) {
  const Annotated sql(
      "CREATE VIRTUAL TABLE t USING [[FTS5]]([[title]], [[body UNINDEXED]], [[tokenize = 'a b']])");
  const CreateTable table = create_table(sql.text);
  EXPECT_EQ(table.virtual_module.id, "fts5");
  EXPECT_EQ(table.virtual_module.range, sql.ranges[0]);
  ASSERT_EQ(table.options.size(), 3U);
  EXPECT_EQ(table.options[0].name.id, "title");
  EXPECT_EQ(table.options[0].value, "");
  EXPECT_EQ(table.options[1].value, "UNINDEXED");
  EXPECT_EQ(table.options[2].name.id, "tokenize");
  EXPECT_EQ(table.options[2].value, "'a b'");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(table.options[i].range, sql.ranges[i + 1]);
}

// --- types ----------------------------------------------------------------------------------

struct TypeCase {
  const char* marked;
  const char* name;
  std::vector<std::string> modifiers;
};

TEST(SqliteTables, Types) {
  const TypeCase cases[] = {
      {"CREATE TABLE t (a [[INTEGER]] NOT NULL)", "integer", {}},
      {"CREATE TABLE t (a [[VARCHAR(255)]])", "varchar", {"255"}},
      {"CREATE TABLE t (a [[DECIMAL ( 10 , -2 )]])", "decimal", {"10", "-2"}},
      {"CREATE TABLE t (a [[UNSIGNED  BIG INT]])", "unsigned big int", {}},
      {"CREATE TABLE t (a [[\"My Type\"]])", "my type", {}},
      {"CREATE TABLE t (a [[INT]] GENERATED ALWAYS AS (1), b)", "int", {}},
      {"CREATE TABLE t (a [[INT]] GENERATED ALWAYS, b)", "int", {}},
  };
  for (const TypeCase& c : cases) {
    const Annotated sql(c.marked);
    const TypeName type = create_table(sql.text).columns.at(0).type;
    EXPECT_EQ(type.name.name.id, c.name) << c.marked;
    EXPECT_EQ(type.modifiers, c.modifiers) << c.marked;
    EXPECT_EQ(type.range, sql.ranges[0]) << covered(sql.text, type.range);
  }
}

// --- defaults and generated columns ---------------------------------------------------------

struct DefaultCase {
  const char* marked;  ///< the clause, and in it the value
  Expression::Shape shape;
  const char* literal;
};

TEST(SqliteTables, Defaults) {
  using Shape = Expression::Shape;
  const DefaultCase cases[] = {
      {"CREATE TABLE t (a [[DEFAULT [[1]]]] NOT NULL)", Shape::kLiteral, "1"},
      {"CREATE TABLE t (a [[DEFAULT [[- 1.5]]]])", Shape::kLiteral, "-1.5"},
      {"CREATE TABLE t (a [[DEFAULT [[+1]]]])", Shape::kLiteral, "1"},
      {"CREATE TABLE t (a [[DEFAULT [['it''s']]]])", Shape::kLiteral, "it's"},
      {"CREATE TABLE t (a [[DEFAULT [[\"x\"]]]])", Shape::kLiteral, "x"},
      {"CREATE TABLE t (a [[DEFAULT [[word]]]])", Shape::kLiteral, "word"},
      {"CREATE TABLE t (a [[DEFAULT [[TRUE]]]])", Shape::kLiteral, "true"},
      {"CREATE TABLE t (a [[DEFAULT [[x'00']]]])", Shape::kLiteral, "x'00'"},
      {"CREATE TABLE t (a [[DEFAULT [[NULL]]]])", Shape::kNull, ""},
      {"CREATE TABLE t (a [[DEFAULT [[(0)]]]])", Shape::kLiteral, "0"},
      {"CREATE TABLE t (a [[DEFAULT [[(1 + 1)]]]])", Shape::kOther, ""},
      {"CREATE TABLE t (a [[DEFAULT [[(datetime('now'))]]]])", Shape::kCall, ""},
      {"CREATE TABLE t (a [[DEFAULT [[CURRENT_TIMESTAMP]]]])", Shape::kCall, ""},
      {"CREATE TABLE t (a [[DEFAULT [[-'x']]]])", Shape::kOther, ""},
  };
  for (const DefaultCase& c : cases) {
    const Annotated sql(c.marked);
    const ColumnDefinition column = create_table(sql.text).columns.at(0);
    ASSERT_TRUE(column.default_value) << c.marked;
    EXPECT_EQ(column.default_range, sql.ranges[0]) << covered(sql.text, column.default_range);
    EXPECT_EQ(column.default_value->range, sql.ranges[1]) << c.marked;
    EXPECT_EQ(column.default_value->shape, c.shape) << c.marked;
    EXPECT_EQ(column.default_value->literal, c.literal) << c.marked;
  }
}

TEST(SqliteTables, TimeDefaultsAreNotConstant) {
  for (const char* text :
       {"CREATE TABLE t (a DEFAULT CURRENT_TIMESTAMP)", "CREATE TABLE t (a DEFAULT (random()))"}) {
    const ColumnDefinition column = create_table(text).columns.at(0);
    EXPECT_FALSE(column.default_value->is_constant()) << text;
    EXPECT_EQ(column.default_value->functions.size(), 1U) << text;
  }
}

TEST(SqliteTables, GeneratedColumns) {
  using Generated = ColumnDefinition::Generated;
  struct Case {
    const char* marked;  ///< the clause, and in it the expression
    Generated generated;
  };
  const Case cases[] = {
      {"CREATE TABLE t (b, a [[AS ([[b + 1]])]])", Generated::kVirtual},
      {"CREATE TABLE t (b, a INT [[AS ([[b + 1]]) VIRTUAL]] NOT NULL)", Generated::kVirtual},
      {"CREATE TABLE t (b, a INT [[GENERATED ALWAYS AS ([[b]]) STORED]])", Generated::kStored},
      {"CREATE TABLE t (b, a INT(3) [[GENERATED ALWAYS AS ([[b]])]])", Generated::kVirtual},
      {"CREATE TABLE t (b, a [[GENERATED ALWAYS AS ([[b]])]])", Generated::kVirtual},
  };
  for (const Case& c : cases) {
    const Annotated sql(c.marked);
    const ColumnDefinition column = create_table(sql.text).columns.at(1);
    EXPECT_EQ(column.generated, c.generated) << c.marked;
    EXPECT_EQ(column.default_range, sql.ranges[0]) << covered(sql.text, column.default_range);
    EXPECT_EQ(column.generation.range, sql.ranges[1]) << c.marked;
    EXPECT_THAT(ids(column.generation.columns), ElementsAre("b")) << c.marked;
  }
}

// --- constraints ----------------------------------------------------------------------------

TEST(SqliteTables, ColumnConstraintsStandInTheOrderOfTheText) {
  const Annotated sql(
      "CREATE TABLE t (a INT [[CONSTRAINT [[nn]] [[NOT NULL ON CONFLICT FAIL]]]] DEFAULT 1 "
      "[[UNIQUE]] "
      "[[CHECK ([[a > 0]])]] COLLATE NoCase [[REFERENCES [[p]] ([[x]])]])");
  const ColumnDefinition column = create_table(sql.text).columns.at(0);
  ASSERT_EQ(column.constraints.size(), 4U);
  const auto& c = column.constraints;
  EXPECT_EQ(c[0].kind, ConstraintKind::kNotNull);
  EXPECT_EQ(c[0].range, sql.ranges[0]);
  EXPECT_EQ(c[0].name.id, "nn");
  EXPECT_EQ(c[0].name.range, sql.ranges[1]);
  EXPECT_EQ(c[0].clause, sql.ranges[2]);
  EXPECT_EQ(c[0].on_conflict, "fail");
  EXPECT_EQ(c[1].kind, ConstraintKind::kUnique);
  EXPECT_EQ(c[1].range, sql.ranges[3]);
  EXPECT_EQ(c[1].clause, c[1].range);
  EXPECT_TRUE(c[1].name.empty());
  EXPECT_EQ(c[2].kind, ConstraintKind::kCheck);
  EXPECT_EQ(c[2].range, sql.ranges[4]);
  EXPECT_EQ(c[2].check.range, sql.ranges[5]);
  EXPECT_EQ(c[3].kind, ConstraintKind::kForeignKey);
  EXPECT_EQ(c[3].range, sql.ranges[6]);
  EXPECT_EQ(c[3].references.range, sql.ranges[7]);
  EXPECT_EQ(c[3].referenced_columns.at(0).range, sql.ranges[8]);
  for (const ConstraintDefinition& constraint : c) {
    EXPECT_THAT(ids(constraint.columns), ElementsAre("a"));
  }
  EXPECT_TRUE(column.not_null());
  EXPECT_EQ(column.collation.name.id, "nocase");
}

TEST(SqliteTables, PrimaryKeys) {
  const CreateTable table =
      create_table("CREATE TABLE t (a INTEGER PRIMARY KEY DESC ON CONFLICT REPLACE)");
  const ConstraintDefinition& key = table.columns[0].constraints.at(0);
  EXPECT_EQ(key.kind, ConstraintKind::kPrimaryKey);
  EXPECT_TRUE(key.descending);
  EXPECT_EQ(key.on_conflict, "replace");
  EXPECT_TRUE(create_table("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)")
                  .columns[0]
                  .constraints.at(0)
                  .autoincrement);
  EXPECT_TRUE(create_table("CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))")
                  .constraints.at(0)
                  .autoincrement);
}

TEST(SqliteTables, TableConstraints) {
  const Annotated sql(
      "CREATE TABLE t (a, b, [[CONSTRAINT pk [[PRIMARY KEY ([[a]], b DESC)]]]], [[UNIQUE (b "
      "COLLATE "
      "nocase) ON CONFLICT IGNORE]] [[CHECK (a <> b)]])");
  const CreateTable table = create_table(sql.text);
  ASSERT_EQ(table.constraints.size(), 3U);
  EXPECT_EQ(table.constraints[0].kind, ConstraintKind::kPrimaryKey);
  EXPECT_EQ(table.constraints[0].name.id, "pk");
  EXPECT_THAT(ids(table.constraints[0].columns), ElementsAre("a", "b"));
  EXPECT_EQ(table.constraints[0].range, sql.ranges[0]);
  EXPECT_EQ(table.constraints[0].clause, sql.ranges[1]);
  EXPECT_EQ(table.constraints[0].columns[0].range, sql.ranges[2]);
  EXPECT_EQ(table.constraints[1].on_conflict, "ignore");
  EXPECT_TRUE(table.constraints[1].name.empty());
  EXPECT_EQ(table.constraints[1].range, sql.ranges[3]);
  EXPECT_EQ(table.constraints[2].range, sql.ranges[4]);
  EXPECT_THAT(ids(table.constraints[2].check.columns), ElementsAre("a", "b"));
}

TEST(SqliteTables, ForeignKeys) {
  const Annotated sql(
      "CREATE TABLE t (a, b, [[FOREIGN KEY (a, b) REFERENCES P (x, y) ON DELETE SET NULL ON UPDATE "
      "CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED]])");
  const ConstraintDefinition key = create_table(sql.text).constraints.at(0);
  EXPECT_EQ(key.range, sql.ranges[0]);
  EXPECT_EQ(key.references.to_string(), "p");
  EXPECT_THAT(ids(key.columns), ElementsAre("a", "b"));
  EXPECT_THAT(ids(key.referenced_columns), ElementsAre("x", "y"));
  EXPECT_EQ(key.on_delete, ReferentialAction::kSetNull);
  EXPECT_EQ(key.on_update, ReferentialAction::kCascade);
  EXPECT_EQ(key.match, "full");
  EXPECT_TRUE(key.deferrable);
  EXPECT_TRUE(key.initially_deferred);
}

TEST(SqliteTables, DeferralBelongsToTheColumnsForeignKey) {
  const Annotated sql(
      "CREATE TABLE t (a [[REFERENCES p ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED]] NOT "
      "NULL)");
  const ConstraintDefinition key = create_table(sql.text).columns[0].constraints.at(0);
  EXPECT_EQ(key.range, sql.ranges[0]);
  EXPECT_EQ(key.on_delete, ReferentialAction::kRestrict);
  EXPECT_TRUE(key.initially_deferred);
}

TEST(SqliteTables, NamesInDoubleQuotesThatAreNoColumnsAreStrings) {
  const CreateTable table = create_table("CREATE TABLE t (a CHECK (a <> \"none\" AND \"a\" > 0))");
  EXPECT_THAT(ids(table.columns[0].constraints.at(0).check.columns), ElementsAre("a", "a"));
}

// --- ADD COLUMN -----------------------------------------------------------------------------

TEST(SqliteTables, AddColumn) {
  const Annotated sql("ALTER TABLE [[t]] [[ADD COLUMN [[c INT NOT NULL DEFAULT 0]]]]");
  const StatementPtr statement = parse_text(sql.text);
  ASSERT_THAT(statement->problems, IsEmpty());
  const Operation& operation = statement->operations.at(0);
  const AddColumn* add = operation.as<AddColumn>();
  ASSERT_NE(add, nullptr);
  EXPECT_EQ(add->table.name.range, sql.ranges[0]);
  EXPECT_EQ(operation.range, sql.ranges[1]);
  EXPECT_EQ(add->column.range, sql.ranges[2]);
  EXPECT_EQ(add->column.name.id, "c");
  EXPECT_TRUE(add->column.not_null());
}

}  // namespace
}  // namespace belay::sql::sqlite
