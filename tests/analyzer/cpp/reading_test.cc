// What is read of C++ migrations: the SQL that they run, in every way of writing it, with the place
// of each byte, and what depends on run time at its expression.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/cpp/sample.h"

namespace belay::cpp {
namespace {

using std::string;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Everything around the body of `up`.
const string kBefore = R"(
#include <sstream>
#include <string>
#include <vector>
#include <belay/migrations.h>
)";

Sample read(const string& source) {
  Sample out;
  out.source = kBefore + source;
  out.reading = read_source(request_for(out.source));
  EXPECT_THAT(out.reading.errors, IsEmpty()) << out.source;
  return out;
}

Sample read_up(const string& body, const string& before = "") {
  return read(before + R"(
class Sample : public belay::Migration {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "sample"; }
  void up(belay::Database& db) override {
)" + body + "\n  }\n};\n");
}

/// The SQL as it is read. Each byte of it has a place.
std::vector<string> sql(const std::vector<SqlText>& texts) {
  for (const SqlText& text : texts) EXPECT_EQ(text.text.size(), text.places.size());
  return shown(texts);
}

std::vector<string> sql_of(const string& body, const string& before = "") {
  return sql(read_up(body, before).up());
}

TEST(CppReading, LiteralsInEveryForm) {
  EXPECT_THAT(sql_of(R"x(
    db.execute("DROP TABLE a");
    db.execute("DROP TABLE "
               "b");
    db.execute(R"(DROP TABLE "c\n")");
    db.execute(reinterpret_cast<const char*>(u8"DROP TABLE d"));
    db.execute(std::string("DROP TABLE e"));
    db.execute(std::string_view{"DROP TABLE f"});
    using namespace std::literals;
    db.query("SELECT 1 FROM g"sv);
  )x"),
              ElementsAre("DROP TABLE a", "DROP TABLE b", "DROP TABLE \"c\\n\"", "DROP TABLE d",
                          "DROP TABLE e", "DROP TABLE f", "SELECT 1 FROM g"));
}

TEST(CppReading, ConstantsAndConcatenation) {
  EXPECT_THAT(sql_of(R"x(
    const std::string column = std::string("x_") + kTable;
    db.execute("ALTER TABLE " + std::string(kTable) + " ADD COLUMN " + column + ' ' + kTypes::kText);
    std::string later = "UPDATE ";
    later += kTable;
    later.append(" SET n = ");
    later += std::to_string(6 * 7);
    db.execute(later);
    std::ostringstream out;
    out << "DELETE FROM " << kTable << " WHERE id < " << 7;
    db.execute(out.str());
    db.execute(DROP("old"));
  )x",
                     R"x(
    constexpr const char* kTable = "people";
    struct kTypes { static const inline std::string kText = "text"; };
    #define DROP(table) "DROP TABLE " table
  )x"),
              ElementsAre("ALTER TABLE people ADD COLUMN x_people text", "UPDATE people SET n = 42",
                          "DELETE FROM people WHERE id < 7", "DROP TABLE old"));
}

TEST(CppReading, EnginesEachByThemselves) {
  const Sample sample = read_up(R"x(
    if (db.is_sqlite()) {
      db.execute("PRAGMA a");
    } else {
      db.execute("SET a = 1");
    }
    switch (db.engine()) {
      case belay::Database::Engine::kPostgres: db.execute("SELECT 'pg'"); break;
      case belay::Database::Engine::kSqlite: db.execute("SELECT 'lite'"); break;
      default: db.execute("SELECT 'other'");
    }
    const bool old = db.engine() == belay::Database::Engine::kSqlite;
    db.execute(old ? "SELECT 'old'" : "SELECT 'new'");
    if (!db.is_postgres()) return;
    db.execute("SELECT 'end'");
  )x");
  EXPECT_THAT(sql(sample.up(Engine::kSqlite)),
              ElementsAre("PRAGMA a", "SELECT 'lite'", "SELECT 'old'"));
  EXPECT_THAT(sql(sample.up(Engine::kPostgres)),
              ElementsAre("SET a = 1", "SELECT 'pg'", "SELECT 'new'", "SELECT 'end'"));
}

TEST(CppReading, LoopsOverWhatIsKnown) {
  EXPECT_THAT(sql_of(R"x(
    for (const char* table : {"a", "b"}) db.execute(std::string("DROP TABLE ") + table);
    const std::vector<std::string> names = {"c", "d"};
    for (const std::string& name : names) db.execute("DROP TABLE " + name);
    for (int i = 0; i < 2; ++i) db.execute("DROP TABLE e" + std::to_string(i));
  )x"),
              ElementsAre("DROP TABLE a", "DROP TABLE b", "DROP TABLE c", "DROP TABLE d",
                          "DROP TABLE e0", "DROP TABLE e1"));
}

TEST(CppReading, FunctionsOfTheProject) {
  EXPECT_THAT(sql_of(R"x(
    index(db, "people", "name");
    db.execute("DROP TABLE " + quoted("odd name"));
  )x",
                     R"x(
    std::string quoted(const std::string& name) { return "\"" + name + "\""; }
    void index(belay::Database& db, const std::string& table, const char* column) {
      db.execute("CREATE INDEX ON " + table + " (" + quoted(column) + ")");
    }
  )x"),
              ElementsAre("CREATE INDEX ON people (\"name\")", "DROP TABLE \"odd name\""));
}

TEST(CppReading, WhatRunTimeDecidesIsAHole) {
  EXPECT_THAT(sql_of(R"x(
    const char* owner = getenv("OWNER");
    db.execute(std::string("SELECT ") + owner);
    for (const belay::Row& row : db.query("SELECT name FROM t")) {
      db.execute("DROP TABLE " + row.text(0));
    }
    std::string which = "a";
    if (owner != nullptr) which = "b";
    db.execute("DROP TABLE " + which);
    while (next()) db.execute("DELETE FROM t");
    std::string filled = "x";
    fill(filled);
    db.execute(filled);
  )x",
                     "bool next(); void fill(std::string& out);"),
              ElementsAre("SELECT <the result of getenv()>", "SELECT name FROM t",
                          "perhaps DROP TABLE <the result of text()>",
                          "DROP TABLE <`which`, which a condition decides>",
                          "perhaps DELETE FROM t", "<`filled`, which a call may have changed>"));
}

/// Each byte stands where it was written, in whatever pieces.
TEST(CppReading, EachByteHasItsPlace) {
  const Sample sample = read_up(R"x(
    db.execute(std::string("DROP\tTABLE ") + kTable + R"( ")" + "x\"");
  )x",
                                "static const std::string kTable = \"p\\u00e9ople\";\n");
  ASSERT_EQ(sample.up().size(), 1U);
  const SqlText& text = sample.up()[0];
  ASSERT_EQ(text.text, "DROP\tTABLE péople \"x\"");
  string spelled;
  for (size_t i = 0; i < text.places.size(); ++i) {
    if (i > 0 && text.places[i] == text.places[i - 1]) continue;
    EXPECT_EQ(text.places[i].file, 0U);
    spelled += text.places[i].range.of(sample.source);
  }
  EXPECT_EQ(spelled, R"x(DROP\tTABLE p\u00e9ople "x\")x");
  EXPECT_EQ(text.call.range.of(sample.source).substr(0, 10), "db.execute");
}

TEST(CppReading, ClassesAndWhatTheyDeclare) {
  const Sample sample = read(R"x(
    namespace shop {
    const std::string kFirst = "0001";
    class Base : public belay::SafelyReversible {
      void down(belay::Database& db) override { db.execute("DROP TABLE t"); }
    };
    class Second : public Base {
     public:
      std::string version() const override { return "0002"; }
      std::string description() const override { return "second"; }
      std::vector<std::string> dependencies() const override { return {kFirst, "0000"}; }
      void up(belay::Database& db) override;
    };
    void Second::up(belay::Database& db) { db.execute("CREATE TABLE t (id int)"); }
    BELAY_MIGRATION(Second);
    class Forgotten : public belay::Migration {
     public:
      std::string version() const override { return std::to_string(next()); }
      std::string description() const override { return ""; }
      bool in_transaction() const override { return false; }
      void up(belay::Database&) override {}
      static int next();
    };
    class NoMigration { void up(belay::Database& db) { db.execute("DROP TABLE x"); } };
    }
  )x");
  ASSERT_EQ(sample.reading.migrations.size(), 2U);
  const MigrationClass& second = sample.reading.migrations[0].migration;
  EXPECT_EQ(second.name, "shop::Second");
  EXPECT_EQ(second.place.range.of(sample.source), "Second");
  ASSERT_TRUE(second.version);
  EXPECT_EQ(second.version->value, "0002");
  ASSERT_EQ(second.dependencies.size(), 2U);
  EXPECT_EQ(second.dependencies[0].value, "0001");
  EXPECT_EQ(second.version->place.range.of(sample.source), "0002") << "all of the literal";
  EXPECT_TRUE(second.has_down && second.declares_reversible && second.registered);
  EXPECT_EQ(second.in_transaction, true);
  EXPECT_THAT(sql(sample.reading.migrations[0].down[0].texts), ElementsAre("DROP TABLE t"));
  const MigrationClass& forgotten = sample.reading.migrations[1].migration;
  EXPECT_FALSE(forgotten.version) << "nobody knows it here";
  EXPECT_FALSE(forgotten.registered || forgotten.has_down);
  EXPECT_EQ(forgotten.in_transaction, false);
}

/// Where all migrations can be taken back as far as the library is concerned, its own method says
/// nothing of those that are written.
TEST(CppReading, ABaseThatDoesNothingIsNoWayBack) {
  Request request = request_for(R"x(
    struct Step {
      virtual void forward() = 0;
      virtual void backward() {}
    };
    struct Both : Step {
      void forward() override {}
      void backward() override {}
    };
    struct Forward_2 : Step { void forward() override {} };
  )x");
  request.shapes = {{"Step", {"forward"}, {"backward"}}};
  const Reading reading = read_source(request);
  ASSERT_EQ(reading.migrations.size(), 2U);
  EXPECT_TRUE(reading.migrations[0].migration.has_down);
  EXPECT_FALSE(reading.migrations[1].migration.has_down);
}

/// What Belay's classes answer by default is nothing that an author has said.
TEST(CppReading, ABackupIsAskedForOrDeclinedWhereTheProjectSaysSo) {
  const Sample sample = read(R"x(
    struct Said : belay::Migration {
      std::string version() const override { return "1"; }
      std::string description() const override { return ""; }
      bool backup_required() const override { return false; }
      void up(belay::Database&) override {}
    };
    struct SaidByItsBase : Said {};
    struct Unsaid : belay::Migration {
      std::string version() const override { return "2"; }
      std::string description() const override { return ""; }
      void up(belay::Database&) override {}
    };
  )x");
  ASSERT_EQ(sample.reading.migrations.size(), 3U);
  for (const size_t i : {0U, 1U}) {
    const MigrationClass& said = sample.reading.migrations[i].migration;
    EXPECT_EQ(said.backup_required, false);
    EXPECT_EQ(said.backup_method.range.of(sample.source), "backup_required");
  }
  EXPECT_EQ(sample.reading.migrations[2].migration.backup_required, std::nullopt);
  EXPECT_TRUE(sample.reading.migrations[2].migration.backup_method.range.empty());
}

TEST(CppReading, ASourceWithErrorsIsReadAsFarAsItGoes) {
  const Reading reading = read_source(request_for(R"x(
    #include <not/there.h>
    #include <belay/migrations.h>
    class Half : public belay::Migration {
      std::string version() const override { return "1"; }
      std::string description() const override { return ""; }
      void up(belay::Database& db) override { db.execute("DROP TABLE a"); db.execute("DROP )x"));
  EXPECT_THAT(reading.errors, ::testing::Contains(HasSubstr("not/there.h")));
  ASSERT_EQ(reading.migrations.size(), 1U);
  EXPECT_THAT(sql(reading.migrations[0].up[0].texts), ::testing::Contains("DROP TABLE a"));
}

TEST(CppReading, WhatIsHandedTheDatabaseAndNotSeenMayRunAnything) {
  EXPECT_THAT(sql_of(R"x(
    db.execute("DROP TABLE a");
    helper(db);
    if (is_empty(db)) db.execute("DROP TABLE b");
  )x",
                     R"x(
    void helper(belay::Database& db);
    bool is_empty(const belay::Database& db);
  )x"),
              ElementsAre("DROP TABLE a", "<!what `helper()` does with the database>",
                          "<!what `is_empty()` does with the database>", "perhaps DROP TABLE b"));
}

}  // namespace
}  // namespace belay::cpp
