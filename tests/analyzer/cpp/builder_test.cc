// Belay's schema builder as it is read: what the reader says that a migration would send is what
// the migration sends when it runs, on real databases; and what nobody knows is a hole at its
// place.
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "analyzer/cpp/clang/names.h"
#include "analyzer/cpp/clang/unit.h"
#include "reader/builder/builder_sql.h"
#include "tests/analyzer/cpp/builder_migrations.h"
#include "tests/analyzer/cpp/sample.h"
#include "tests/runtime/postgres/shop.h"
#include "tests/runtime/test_database.h"

namespace belay::cpp {
namespace {

using std::string;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Notes what goes to a database, but for the builder's own savepoint.
class Listening final : public runtime::Connection {
 public:
  explicit Listening(runtime::Connection& below) : below_(below) {}

  std::vector<string> heard;

  runtime::Engine engine() const override { return below_.engine(); }
  string engine_version() const override { return below_.engine_version(); }
  Result<void> run(const runtime::Script& script, uint32_t begin, uint32_t end,
                   std::span<const runtime::Value> parameters) override {
    if (!script.sql.ends_with("belay_schema")) heard.push_back(script.sql);
    return below_.run(script, begin, end, parameters);
  }
  Result<void> execute(std::string_view sql, std::span<const runtime::Value> values) override {
    heard.emplace_back(sql);
    return below_.execute(sql, values);
  }
  Result<runtime::Rows> query(std::string_view sql,
                              std::span<const runtime::Value> values) override {
    return below_.query(sql, values);
  }
  Result<void> begin() override { return below_.begin(); }
  Result<void> commit() override { return below_.commit(); }
  Result<void> roll_back() override { return below_.roll_back(); }
  bool in_transaction() const override { return below_.in_transaction(); }
  const runtime::DatabaseError& last_error() const override { return below_.last_error(); }
  int64_t affected_rows() const override { return below_.affected_rows(); }

 private:
  runtime::Connection& below_;
};

std::vector<string> sent_to(runtime::Connection& connection, Migration& migration) {
  Listening listening(connection);
  Database db(listening);
  EXPECT_TRUE(connection.begin().ok());
  try {
    migration.up(db);
  } catch (const MigrationError& error) {
    ADD_FAILURE() << error.error().to_string();
  }
  EXPECT_TRUE(connection.roll_back().ok());
  return listening.heard;
}

std::vector<string> sent_to_sqlite(Migration& migration) {
  const belay::testing::TemporaryDirectory folder;
  runtime::DatabaseUrl url;
  url.database = folder.file("app.db");
  runtime::ConnectionOptions options;
  options.create = true;
  const auto connection = runtime::connect(url, options);
  EXPECT_TRUE(connection.ok()) << connection.error().to_string();
  return sent_to(**connection, migration);
}

std::vector<string> sent_to_postgres(Migration& migration) {
  constexpr const char* kDatabase = "builder of tests";
  belay::testing::make_postgres_shop(kDatabase);
  std::vector<string> out;
  {
    const auto connection = belay::testing::connect_postgres(kDatabase);
    EXPECT_TRUE(connection->execute("CREATE SCHEMA samples").ok());
    EXPECT_TRUE(connection->execute("SET search_path = samples").ok());
    out = sent_to(*connection, migration);
  }
  belay::testing::drop_postgres(kDatabase);
  return out;
}

/// Also notes which methods it is asked about.
class Counting final : public BuilderSql {
 public:
  std::vector<BuilderStatement> statements(const BuilderCall& call, Engine engine) const override {
    methods.insert(call.method);
    for (const BuilderStep& step : call.steps) count(step);
    return real_->statements(call, engine);
  }

  mutable std::set<string> methods;

 private:
  void count(const BuilderStep& step) const {
    methods.insert(step.method);
    for (const BuilderArgument& argument : step.arguments) {
      if (const auto* type = std::get_if<std::shared_ptr<const BuilderStep>>(&argument.is)) {
        count(**type);
      }
    }
  }

  std::unique_ptr<BuilderSql> real_ = reader::schema_builder();
};

string samples() {
  std::ifstream file(string(BELAY_SOURCE_DIR) + "/tests/analyzer/cpp/builder_migrations.h");
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

Sample read(const string& source, const BuilderSql& builder) {
  Sample out;
  out.source = source;
  out.reading = read_source(request_for(out.source), &builder);
  EXPECT_THAT(out.reading.errors, IsEmpty()) << out.source;
  return out;
}

std::vector<SqlText> up_of(const Reading& reading, const string& name, Engine engine) {
  for (const MigrationReading& migration : reading.migrations) {
    if (migration.migration.name != "builder_samples::" + name) continue;
    for (const MethodSql& method : migration.up) {
      if (method.engine == engine) return method.texts;
    }
  }
  ADD_FAILURE() << name;
  return {};
}

std::vector<string> plain(const std::vector<SqlText>& texts) {
  std::vector<string> out;
  for (const SqlText& text : texts) {
    EXPECT_EQ(text.places.size(), text.text.size());
    EXPECT_THAT(text.holes, IsEmpty()) << shown(text);
    out.push_back(text.text);
  }
  return out;
}

const Sample& read_samples() {
  static const std::unique_ptr<BuilderSql> builder = reader::schema_builder();
  static const Sample out = read(samples(), *builder);
  return out;
}

TEST(CppBuilder, WhatIsReadIsWhatIsSentToSqlite) {
  builder_samples::NewTables tables;
  builder_samples::PlainChanges changes;
  const Reading& reading = read_samples().reading;
  EXPECT_EQ(plain(up_of(reading, "NewTables", Engine::kSqlite)), sent_to_sqlite(tables));
  EXPECT_EQ(plain(up_of(reading, "PlainChanges", Engine::kSqlite)), sent_to_sqlite(changes));
}

TEST(CppBuilder, WhatIsReadIsWhatIsSentToPostgres) {
  builder_samples::NewTables tables;
  builder_samples::PlainChanges plain_changes;
  builder_samples::Changes changes;
  const Reading& reading = read_samples().reading;
  EXPECT_EQ(plain(up_of(reading, "NewTables", Engine::kPostgres)), sent_to_postgres(tables));
  EXPECT_EQ(plain(up_of(reading, "PlainChanges", Engine::kPostgres)),
            sent_to_postgres(plain_changes));
  EXPECT_EQ(plain(up_of(reading, "Changes", Engine::kPostgres)), sent_to_postgres(changes));
}

/// Public methods of the builder's classes, and functions that make types, as the headers declare
/// them; those that only answer are left out.
std::set<string> declared_methods() {
  const std::unique_ptr<Unit> unit = Unit::parse(request_for("#include <belay/schema.h>\n"), false);
  std::set<string> out;
  const auto visit = [&](const clang::Decl* declaration) {
    const auto* made_of = llvm::dyn_cast<clang::FunctionTemplateDecl>(declaration);
    const auto* function = llvm::dyn_cast<clang::FunctionDecl>(
        made_of == nullptr ? declaration : made_of->getTemplatedDecl());
    if (function == nullptr || !function->getDeclName().isIdentifier()) return;
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    const bool asks =
        method != nullptr && (method->isConst() || method->getReturnType()->isBooleanType());
    const bool open = method == nullptr || function->getAccess() == clang::AS_public;
    if (open && !asks) out.insert(name_of(function));
  };
  for (const clang::Decl* top : unit->context().getTranslationUnitDecl()->decls()) {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(top);
    if (space == nullptr || space->getName() != "belay") continue;
    for (const clang::Decl* inner : space->decls()) {
      const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(inner);
      if (record != nullptr && record->isThisDeclarationADefinition() && is_builder_class(record)) {
        for (const clang::Decl* member : record->decls()) visit(member);
      }
      const auto* types = llvm::dyn_cast<clang::NamespaceDecl>(inner);
      if (types == nullptr || types->getName() != "type") continue;
      for (const clang::Decl* function : types->decls()) visit(function);
    }
  }
  return out;
}

TEST(CppBuilder, EveryMethodOfTheHeadersIsReadAndTried) {
  const std::vector<string> readable = reader::readable_methods();
  const std::set<string> known(readable.begin(), readable.end());
  EXPECT_EQ(known, declared_methods());
  const Counting counting;
  (void)read(samples(), counting);
  EXPECT_EQ(counting.methods, known);
}

// ---- What is not known

Sample read_up(const string& body, const string& before = "") {
  static const std::unique_ptr<BuilderSql> builder = reader::schema_builder();
  return read(R"(
#include <string>
#include <vector>
#include <belay/migrations.h>
#include <belay/schema.h>
std::string load();
int number();
bool decide();
)" + before + R"(
class Sample : public belay::Migration {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "sample"; }
  void up(belay::Database& db) override {
    belay::Schema schema(db);
)" + body + "\n  }\n};\n",
              *builder);
}

std::vector<string> postgres(const string& body, const string& before = "") {
  return shown(read_up(body, before).up(Engine::kPostgres));
}

TEST(CppBuilder, WhatTheRebuildOfATableDecidesIsAHole) {
  const string rebuilt = "<SQLite may rebuild the table here, from what the table is when it runs>";
  EXPECT_THAT(
      shown(read_up(R"x(
    schema.alter_table("t", [](belay::TableChange& t) {
      t.text("plain");
      t.change_column("a").not_null();
      t.text("with it");
      t.rename_column("b", "c");
      t.drop_column("d");
      t.drop_unique("e");
      t.unique("f");
    });
  )x")
                .up(Engine::kSqlite)),
      ElementsAre("ALTER TABLE main.\"t\" ADD COLUMN plain TEXT", rebuilt, rebuilt,
                  "ALTER TABLE main.\"t\" RENAME COLUMN b TO c", rebuilt, rebuilt, rebuilt));
}

TEST(CppBuilder, WhatIsLookedUpByItsColumnsIsAHole) {
  for (const SqlText& text : up_of(read_samples().reading, "LookedUp", Engine::kPostgres)) {
    EXPECT_EQ(shown(text), "<what the database answers decides what is sent>");
  }
}

/// A name, a number and a text are quoted by the builder, SQL is not.
TEST(CppBuilder, UnknownArgumentsAreHolesAtTheirExpressions) {
  const Sample sample = read_up(R"x(
    schema.create_table(load(), [](belay::Table& t) {
      t.string(load() + "_name", number()).default_to(load());
      t.integer("n").default_to(number()).check("n > " + load());
      t.index("n");
    });
    schema.drop_table("a", decide() ? belay::Dependents::kDrop : belay::Dependents::kRefuse);
    schema.create_index("a", "b", {.unique = decide()});
  )x");
  EXPECT_THAT(
      shown(sample.up(Engine::kPostgres)),
      ElementsAre(
          "CREATE TABLE <!the result of load()> (\n  <!the result of load()> "
          "varchar(<!the result of number()>) DEFAULT <!the result of load()>,\n  n integer "
          "DEFAULT <!the result of number()> CHECK (<the result of load()>))",
          "CREATE INDEX \"<!the result of load()>_n_idx\" ON <!the result of load()> (n)",
          "<!what a condition decides>", "<!the result of decide()>"));
  const SqlText& table = sample.up(Engine::kPostgres)[0];
  std::vector<string> expressions;
  for (const Hole& hole : table.holes) {
    expressions.emplace_back(hole.expression.range.of(sample.source));
  }
  EXPECT_THAT(expressions,
              ElementsAre("load()", "load()", "number()", "load()", "number()", "load()"));
}

TEST(CppBuilder, ConditionsAndLoops) {
  EXPECT_THAT(
      postgres(R"x(
    if (decide()) schema.drop_table("a");
    for (const char* name : {"b", "c"}) schema.drop_table(name);
    schema.alter_table("d", [](belay::TableChange& t) {
      if (decide()) t.drop_column("e");
      belay::ColumnChange& f = t.change_column("f");
      if (decide()) f.not_null();
      t.drop_column("g");
      if (decide()) return;
      t.drop_column("h");
    });
    schema.create_table("i", [](belay::Table& t) {
      t.id();
      while (decide()) t.text("j");
    });
    schema.drop_table_if_exists("k");
    schema.alter_table("l", [](belay::TableChange& t) {
      while (decide()) t.drop_column("m");
    });
    if (schema.has_table("n")) schema.drop_table("n");
  )x"),
      ElementsAre("perhaps DROP TABLE a", "DROP TABLE b", "DROP TABLE c",
                  "perhaps ALTER TABLE d DROP COLUMN e",
                  "<a condition decides whether this belongs to it>", "ALTER TABLE d DROP COLUMN g",
                  "perhaps ALTER TABLE d DROP COLUMN h",
                  "<a condition decides whether this belongs to it>", "perhaps DROP TABLE k",
                  "perhaps ALTER TABLE l DROP COLUMN m", "perhaps DROP TABLE n"));
}

TEST(CppBuilder, FunctionsThatDescribe) {
  EXPECT_THAT(postgres(R"x(
    std::string name = "a";
    const std::function<void(belay::Table&)> describe = [name](belay::Table& t) { t.text(name); };
    name = "b";
    schema.create_table("t", describe);
    schema.create_table("u", [&](auto& t) {
      describe(t);
      t.text(name);
    });
    schema.create_table("v", [kept = name + "c"](belay::Table& t) { by_pointer(&t, kept); });
    schema.create_table("w", &described);
    make(schema, "x");
  )x",
                       R"x(
    void by_pointer(belay::Table* t, const std::string& name) { t->text(name); }
    void described(belay::Table& t) { t.text("d"); }
    void make(belay::Schema& schema, const char* name) {
      schema.create_table(name, [](belay::Table& t) { t.text("e"); });
    }
  )x"),
              ElementsAre("CREATE TABLE t (\n  a text)", "CREATE TABLE u (\n  a text,\n  b text)",
                          "CREATE TABLE v (\n  bc text)", "CREATE TABLE w (\n  d text)",
                          "CREATE TABLE x (\n  e text)"));
}

/// Nobody knows what else they say of the table.
TEST(CppBuilder, WhatGoesElsewhereIsAHole) {
  EXPECT_THAT(
      postgres(R"x(
    schema.create_table("t", [](belay::Table& t) {
      t.id();
      elsewhere(t);
    });
    schema.create_table("u", given);
    schema.create_table("v", [](belay::Table& t) { t.text("a").is_not_null = true; });
    schema.alter_table("w", [](belay::TableChange& t) {
      elsewhere(t);
      t.drop_column("a");
    });
  )x",
               "void elsewhere(belay::Table& t); extern std::function<void(belay::Table&)> given;"),
      ElementsAre("<what elsewhere() makes of it>", "<what a function says that is not known here>",
                  "<what is written to it>", "<what elsewhere() makes of it>",
                  "ALTER TABLE w DROP COLUMN a"));
}

TEST(CppBuilder, MistakesAreHolesWithTheBuildersWords) {
  EXPECT_THAT(postgres(R"x(
    schema.create_table("", [](belay::Table& t) { t.id(); });
    schema.create_table("t", [](belay::Table& t) { t.decimal("a", 2, 3); });
    schema.create_table("u", [](belay::Table& t) { t.text("a").on_delete(belay::OnDelete::kCascade); });
    schema.create_index("t", "a");
  )x"),
              ElementsAre("<a name is empty>",
                          "<a decimal has 1 digit or more, of which some or none lie behind the "
                          "point; it was given 2 and 3>",
                          "<the column `a` has an action and refers to nothing>",
                          "CREATE INDEX t_a_idx ON t (a)"));
}

// ---- Places

TEST(CppBuilder, EachPartStandsAtItsExpression) {
  const Sample sample = read_up(R"x(
    schema.create_table("t", [](belay::Table& t) {
      t.text("a").not_null();
      t.unique("a").named("only");
      t.index("a");
    });
    schema.alter_table("t", [](belay::TableChange& t) {
      t.change_column("a").not_null();
    });
  )x");
  std::vector<string> places;
  for (const SqlText& text : sample.up(Engine::kPostgres)) {
    for (size_t i = 0; i < text.places.size(); ++i) {
      const string place(text.places[i].range.of(sample.source));
      if (places.empty() || places.back() != place) places.push_back(place);
    }
  }
  EXPECT_EQ(places.size(), 7U);
  const string table =
      "schema.create_table(\"t\", [](belay::Table& t) {\n"
      "      t.text(\"a\").not_null();\n      t.unique(\"a\").named(\"only\")";
  EXPECT_THAT(places, ElementsAre(table, "t.text(\"a\").not_null()", table,
                                  "t.unique(\"a\").named(\"only\")", table, "t.index(\"a\")",
                                  "t.change_column(\"a\").not_null()"));
}

}  // namespace
}  // namespace belay::cpp
