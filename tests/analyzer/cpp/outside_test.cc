// Functions that belong to no migration, migrations of other people's classes, and what is told of
// a text besides its bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/cpp/sample.h"

namespace belay::cpp {
namespace {

using std::string;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const string kDatabase = R"x(
  #include <functional>
  #include <string>
  #include <vector>
  #include <belay/migrations.h>
  using belay::Database;
)x";

Sample read_all(const string& source, std::vector<SqlFunction> functions = own_functions(),
                std::vector<ClassShape> shapes = own_shapes()) {
  Sample out;
  out.source = kDatabase + source;
  Request request = request_for(out.source);
  request.functions = std::move(functions);
  request.shapes = std::move(shapes);
  request.outside_migrations = true;
  out.reading = read_source(request);
  EXPECT_THAT(out.reading.errors, IsEmpty()) << source;
  return out;
}

/// `function: SQL` for each, in the order of the file.
std::vector<string> functions_in(const Sample& sample) {
  std::vector<string> out;
  for (const FunctionReading& function : sample.reading.functions) {
    for (const string& sql : shown(function.sql.front().texts)) {
      out.push_back(function.name + ": " + sql);
    }
  }
  return out;
}

TEST(CppOutside, FunctionsMethodsAndLambdas) {
  EXPECT_THAT(functions_in(read_all(R"x(
    namespace shop {
    namespace {
    void hidden(Database& db) { db.execute("SELECT 1"); }
    }
    struct Store {
      Database& db;
      void fill() { db.execute("SELECT 2"); }
      void later();
    };
    void Store::later() {
      const auto twice = [&](const char* sql) { db.execute(sql); };
      twice("SELECT 3");
      std::function<void()> handed = [&] { db.execute("SELECT 4"); };
      handed();
    }
    template <class T> void with(T& value, Database& db) { db.execute("SELECT 5"); }
    const int made = [](Database* db) { db->execute("SELECT 6"); return 1; }(nullptr);
    void nothing() {}
    })x")),
              ElementsAre("shop::hidden: SELECT 1", "shop::Store::fill: SELECT 2",
                          "shop::Store::later: SELECT 3", "shop::Store::later: SELECT 4",
                          "shop::with: SELECT 5", "shop::made: SELECT 6"));
}

/// A helper that is handed its SQL says nothing by itself.
TEST(CppOutside, CallsThatSeveralReachAreToldOnce) {
  EXPECT_THAT(
      functions_in(read_all(R"x(
    void run(Database& db, const std::string& sql) { db.execute(sql); }
    void index(Database& db, const std::string& table, int n) {
      db.execute("CREATE INDEX " + table + std::to_string(n));
    }
    void alone(Database& db, const std::string& name) { db.execute("DROP TABLE " + name); }
    void create(Database& db) { db.execute("CREATE TABLE a (id INT)"); }
    void later(Database& db);
    void before(Database& db) { later(db); }
    void later(Database& db) { run(db, "SELECT 0"); }
    void all(Database& db, int n) {
      create(db);
      run(db, "SELECT 1");
      run(db, "SELECT 2");
      run(db, "SELECT " + std::to_string(n));
      index(db, "people", 1);
      if (n > 1) create(db);
    })x")),
      ElementsAre("alone: DROP TABLE <the parameter `name`>", "create: CREATE TABLE a (id INT)",
                  "later: SELECT 0", "all: SELECT 1", "all: SELECT 2",
                  "all: SELECT <!the parameter `n`>", "all: CREATE INDEX people1"));
}

TEST(CppOutside, WhatMigrationsRunIsTheirs) {
  const Sample sample = read_all(R"x(
    void index(Database& db, const std::string& table) { db.execute("CREATE INDEX " + table); }
    void clean(Database& db) { db.execute("DELETE FROM old"); }
    class First : public belay::Migration {
     public:
      std::string version() const override { return "1"; }
      std::string description() const override { return ""; }
      void up(Database& db) override { index(db, "a"); clean(db); }
      void validate(Database& db) override { db.query("SELECT 1"); }
    };
    void other(Database& db) { db.execute("SELECT 2"); }
  )x");
  EXPECT_THAT(functions_in(sample), ElementsAre("other: SELECT 2"));
  EXPECT_THAT(shown(sample.up()), ElementsAre("CREATE INDEX a", "DELETE FROM old"));
}

TEST(CppOutside, EnginesEachByThemselves) {
  const Sample sample = read_all(R"x(
    void run(Database& db) {
      db.execute(db.is_sqlite() ? "PRAGMA a" : "SET a = 1");
    })x");
  ASSERT_EQ(sample.reading.functions.size(), 1U);
  const std::vector<MethodSql>& sql = sample.reading.functions[0].sql;
  ASSERT_EQ(sql.size(), 2U);
  EXPECT_THAT(shown(sql[0].texts), ElementsAre("PRAGMA a"));
  EXPECT_THAT(shown(sql[1].texts), ElementsAre("SET a = 1"));
}

TEST(CppOutside, HolesThatAreHarmless) {
  EXPECT_THAT(
      functions_in(read_all(R"x(
    enum class Kind { kA };
    void run(Database& db, int n, double real, char letter, Kind kind, std::string name, bool all) {
      db.execute("SELECT " + std::to_string(n) + std::to_string(real + 1));
      db.execute("SELECT " + std::to_string(static_cast<int>(kind)));
      db.execute(std::string("SELECT ") + letter);
      std::string number = std::to_string(n);
      if (all) number = std::to_string(n + 1);
      db.execute("SELECT " + number);
      db.execute("SELECT " + name);
    })x")),
      ElementsAre("run: SELECT <!the parameter `n`><!an expression>",
                  "run: SELECT <!the parameter `kind`>", "run: SELECT <the parameter `letter`>",
                  "run: SELECT <!`number`, which a condition decides>",
                  "run: SELECT <the parameter `name`>"));
}

TEST(CppOutside, HolesThatTheSourceFills) {
  const Sample sample = read_all(R"x(
    void run(Database& db, bool up, const std::string& name) {
      db.execute(std::string("SELECT 1 ORDER BY a ") + (up ? "ASC" : "DESC"));
      std::string table = "a";
      if (up) table = "b";
      db.execute("DELETE FROM " + table);
      if (up) table = name;
      db.execute("DELETE FROM " + table);
    })x");
  std::vector<bool> from_source;
  for (const SqlText& text : sample.outside()) {
    ASSERT_EQ(text.holes.size(), 1U);
    from_source.push_back(text.holes[0].from_source);
  }
  EXPECT_THAT(from_source, ElementsAre(true, true, false));
}

TEST(CppOutside, Parameters) {
  EXPECT_THAT(functions_in(read_all(R"x(
    void run(Database& db, int n) {
      db.execute("SELECT 1");
      db.execute("SELECT ?", n);
      db.run("SELECT 2", {});
      db.run("SELECT ?, ?", {n, "x"});
    })x")),
              ElementsAre("run: SELECT 1", "run: SELECT ? values", "run: SELECT 2",
                          "run: SELECT ?, ? values"));
}

TEST(CppOutside, NumbersThatAreTooLarge) {
  EXPECT_THAT(functions_in(read_all(R"x(
    enum Huge : unsigned long { kHuge = ~0ul };
    void run(Database& db) {
      long most = 9223372036854775807;
      most += 1;
      db.execute("SELECT " + std::to_string(~0ul) + std::to_string(most) + std::to_string(kHuge));
    })x")),
              ElementsAre("run: SELECT <!an expression><!an expression><!`kHuge`>"));
}

TEST(CppOutside, ValuesThatGrowOnTheWay) {
  EXPECT_THAT(functions_in(read_all(R"x(
    struct Step { int version; const char* sql; };
    static const Step kSteps[] = {{1, "SELECT 1"}, {2, "SELECT 2"}, {0, nullptr}};
    void add(std::string& sql, const char* more) { sql += more; }
    struct Pair { std::string sql; };
    void run(Database& db) {
      for (const Step* step = kSteps; step->sql != nullptr; ++step) {}
      for (int i = 0; kSteps[i].sql; i++) db.execute(kSteps[i].sql);
      std::string sql = "SELECT ";
      add(sql, "3");
      db.execute(sql);
      Pair a;
      Pair b;
      a.sql = "SELECT 4";
      b.sql = "SELECT 5";
      db.execute(a.sql);
      std::vector<std::string> all = {"SELECT 6"};
      all.push_back("SELECT 7");
      for (const std::string& one : all) db.execute(one);
    })x")),
              ElementsAre("run: SELECT 1", "run: SELECT 2", "run: SELECT 3", "run: SELECT 4",
                          "run: SELECT 6", "run: SELECT 7"));
}

/// The project's own functions: a method stands for those that override it and for what is
/// inherited, overloads may have the SQL in another place, and a constructor takes it, too.
TEST(CppOutside, FunctionsOfTheProject) {
  EXPECT_THAT(functions_in(read_all(R"x(
    namespace db {
    struct Base {
      virtual void run(int retries, const char* sql);
      void run(const char* sql);
      void raw(const char* sql);
    };
    struct Store : Base { void run(int retries, const char* sql) override; };
    struct Query { Query(const char* sql, int retries); };
    template <class T> struct Typed { static void run(const std::string& sql); };
    }
    void all(db::Base& base, db::Store& store) {
      base.run(3, "SELECT 1");
      base.run("SELECT 2");
      store.run(3, "SELECT 3");
      store.raw("SELECT 4");
      base.raw("not this");
      db::Query query("SELECT 5", 3);
      db::Typed<int>::run("SELECT 6");
    })x",
                                    {SqlFunction{"db::Base::run", 1, std::nullopt},
                                     SqlFunction{"db::Store::raw", 0, std::nullopt},
                                     SqlFunction{"db::Query::Query", 0, std::nullopt},
                                     SqlFunction{"db::Typed::run", 0, std::nullopt}})),
              ElementsAre("all: SELECT 1", "all: SELECT 2", "all: SELECT 3", "all: SELECT 4",
                          "all: SELECT 5 values", "all: SELECT 6"));
}

/// The format is the SQL, and what stands behind it is put into its fields.
TEST(CppOutside, FunctionsThatFormat) {
  EXPECT_THAT(functions_in(read_all(R"x(
    namespace fmt {
    template <class... A> struct basic_format_string {
      template <class S> consteval basic_format_string(const S&) {}
    };
    template <class T> struct id { using type = T; };
    template <class... A> using format_string = basic_format_string<typename id<A>::type...>;
    }
    struct Shop {
      void exec(const std::string& sql);
      template <class... A> void exec(fmt::format_string<A...> sql, A&&... values);
      template <class... A>
      void prepare(const std::string& name, fmt::format_string<A...> sql, A&&... values);
    };
    void all(Shop& shop, int id) {
      shop.exec("SELECT 1");
      shop.exec("DROP TABLE {}", "people");
      shop.exec("SELECT {} FROM a", id);
      shop.prepare("one", "SELECT id FROM nodes WHERE id = $1");
    }
  )x",
                                    {SqlFunction{"Shop::exec", 0, std::nullopt},
                                     SqlFunction{"Shop::prepare", 1, std::nullopt}})),
              ElementsAre("all: SELECT 1", "all: DROP TABLE people",
                          "all: SELECT <!the parameter `id`> FROM a",
                          "all: SELECT id FROM nodes WHERE id = $1"));
}

TEST(CppOutside, CallersThatHandOverWhatNobodyKnows) {
  EXPECT_THAT(functions_in(read_all(R"x(
    std::string read_line();
    void run(Database& db, const std::string& sql) { db.execute(sql); }
    void good(Database& db) { run(db, "SELECT 1"); }
    void bad(Database& db) { run(db, read_line()); }
  )x")),
              ElementsAre("good: SELECT 1", "bad: <the result of read_line()>"));
}

TEST(CppOutside, ConstantsOfAnotherSource) {
  const Sample sample = read_all(R"x(
    extern const std::string kColumns;
    extern std::string columns;
    void all(Database& db, bool newest, int id) {
      db.execute("SELECT " + kColumns + " FROM a");
      db.execute("SELECT " + columns + " FROM a");
      std::string more = " WHERE id = " + std::to_string(id);
      if (newest) more = " ORDER BY id";
      db.execute("SELECT 1 FROM a" + more);
    }
  )x");
  std::vector<bool> from_source;
  for (const SqlText& sql : sample.reading.functions.at(0).sql.front().texts) {
    from_source.push_back(sql.holes.at(0).from_source);
  }
  EXPECT_THAT(from_source, ElementsAre(true, false, true));
}

TEST(CppOutside, TemplatesThatDeriveFromThemselves) {
  EXPECT_THAT(functions_in(read_all(R"x(
    template <unsigned N> struct priority_tag : priority_tag<N - 1> {};
    template <> struct priority_tag<0> {};
    void all(Database& db) { db.execute("SELECT 1"); }
  )x")),
              ElementsAre("all: SELECT 1"));
}

TEST(CppOutside, MigrationsOfOtherClasses) {
  const Sample sample =
      read_all(R"x(
    namespace other {
    template <class T> struct Migration { virtual ~Migration() = default; };
    }
    struct Migration0042_07AddUsers : other::Migration<int> {
      void apply(Database& db) { db.execute("CREATE TABLE users (id INT)"); }
      void revert(Database& db) { db.execute("DROP TABLE users"); }
    };
    struct AddMore : other::Migration<int> {
      int version() const { return 43; }
      std::string description() const { return "add more"; }
      void forward(Database& db) { db.execute("SELECT 1"); }
    };
    struct NoNumber : other::Migration<int> { void apply(Database&) {} };
  )x",
               own_functions(), {{"other::Migration", {"apply", "forward"}, {"revert"}}});
  ASSERT_EQ(sample.reading.migrations.size(), 3U);
  const MigrationReading& first = sample.reading.migrations[0];
  ASSERT_TRUE(first.migration.version);
  EXPECT_EQ(first.migration.version->value, "0042_07");
  EXPECT_EQ(first.migration.version->place, first.migration.place);
  EXPECT_EQ(first.migration.up.range.of(sample.source), "apply");
  EXPECT_EQ(first.migration.down.range.of(sample.source), "revert");
  EXPECT_THAT(shown(first.up[0].texts), ElementsAre("CREATE TABLE users (id INT)"));
  EXPECT_THAT(shown(first.down[0].texts), ElementsAre("DROP TABLE users"));
  const MigrationReading& second = sample.reading.migrations[1];
  EXPECT_EQ(second.migration.version->value, "43");
  EXPECT_EQ(second.migration.description->value, "add more");
  EXPECT_FALSE(second.migration.has_down);
  EXPECT_FALSE(sample.reading.migrations[2].migration.version)
      << "neither the class nor the file has a number";
  EXPECT_THAT(functions_in(sample), IsEmpty());
}

TEST(CppOutside, TheFileNamesTheVersionWhereTheClassDoesNot) {
  Request request = request_for(kDatabase + R"x(
    struct Base {};
    struct AddUsers : Base { void up(Database& db) { db.execute("SELECT 1"); } };
  )x");
  request.path = "/migrations/2026_01_31_120000_add_users.cc";
  request.shapes = {{"Base"}};
  const Reading reading = read_source(request);
  ASSERT_EQ(reading.migrations.size(), 1U);
  EXPECT_EQ(reading.migrations[0].migration.version->value, "2026_01_31_120000");
}

/// What Belay's own classes say besides: of each, by its name.
TEST(CppOutside, WhatAMigrationDeclares) {
  const Sample sample = read_all(R"x(
    [[noreturn]] void refuse();
    struct Base : belay::SafelyReversible {
      std::string version() const override { return "1"; }
      std::string description() const override { return ""; }
      void up(Database&) override {}
      bool backup_required() const override { return true; }
    };
    struct Throws : Base {
      void down(Database& db) override { db.execute("SELECT 1"); throw std::string("no"); }
    };
    struct Refuses : Base { void down(Database&) override { refuse(); } };
    struct Perhaps : Base {
      void down(Database& db) override {
        if (db.query("SELECT 1").empty()) return;
        throw 1;
      }
    };
    struct Catches : Base {
      void down(Database& db) override {
        try { throw 1; } catch (...) { db.execute("SELECT 1"); }
      }
    };
    struct OnOneEngine : Base {
      void down(Database& db) override { if (db.is_sqlite()) throw 1; }
      bool backup_required() const override { return getenv("B") != nullptr; }
    };
    struct Batched : belay::DataMigration {
      std::string version() const override { return "2"; }
      std::string description() const override { return ""; }
      Batches batches() const override { return {"people", "id"}; }
      void process(Database& db, const belay::runtime::Batch&) override {
        db.execute("UPDATE people SET n = 1");
      }
    };
  )x");
  std::vector<string> thrown;
  for (const MigrationReading& reading : sample.reading.migrations) {
    const MigrationClass& migration = reading.migration;
    const std::optional<Place>& place = migration.down_throws;
    thrown.push_back(migration.name + ": " + string(place ? place->range.of(sample.source) : ""));
    EXPECT_EQ(migration.version_method.range.of(sample.source), "version");
    EXPECT_EQ(migration.batched, migration.name == "Batched");
    // What the base of batched migrations answers is not the class' own word.
    if (migration.name == "OnOneEngine" || migration.batched) {
      EXPECT_EQ(migration.backup_required, std::nullopt);
    } else {
      EXPECT_EQ(migration.backup_required, true) << migration.name;
    }
  }
  EXPECT_THAT(thrown, ElementsAre("Throws: throw std::string(\"no\")", "Refuses: refuse()",
                                  "Perhaps: ", "Catches: ", "OnOneEngine: ", "Batched: "));
  const MigrationReading& batched = sample.reading.migrations.back();
  EXPECT_EQ(batched.migration.up.range.of(sample.source), "process");
  EXPECT_THAT(shown(batched.up[0].texts), ElementsAre("UPDATE people SET n = 1"));
}

}  // namespace
}  // namespace belay::cpp
