// SQL that goes to a database through other people's libraries. Their headers are stubs that
// declare what the real ones do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analyzer/cpp/sample.h"

namespace belay::cpp {
namespace {

using std::string;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Sample read_outside(const string& source) {
  Sample out;
  out.source = source;
  Request request = request_for(source);
  request.functions = functions_of({});
  request.outside_migrations = true;
  out.reading = read_source(request);
  EXPECT_THAT(out.reading.errors, IsEmpty()) << source;
  return out;
}

std::vector<string> sql_of(const string& source) { return shown(read_outside(source).outside()); }

TEST(CppLibraries, Sqlite) {
  const Sample sample = read_outside(R"x(
    #include <c_libraries.h>
    static const char* kSchema = "CREATE TABLE a (id INT)";
    int prepare(sqlite3* db, const char* sql) {
      sqlite3_stmt* statement = nullptr;
      return sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
    }
    void run(sqlite3* db, const char* name, int n, char** rows) {
      if (sqlite3_exec(db, kSchema, nullptr, nullptr, nullptr) != 0) return;
      sqlite3_get_table(db, "SELECT * FROM a", &rows, nullptr, nullptr, nullptr);
      prepare(db, "SELECT b FROM a WHERE id = ?");
      sqlite3_exec(db, sqlite3_mprintf("DELETE FROM a WHERE n = %d AND b = %Q AND c = '%q'", n,
                                       name, "it's"), nullptr, nullptr, nullptr);
      char buffer[100];
      sqlite3_snprintf(100, buffer, "SELECT %s", name);
      sqlite3_exec(db, buffer, nullptr, nullptr, nullptr);
      snprintf(buffer, sizeof(buffer), "SELECT %lu, 50%%, '%c', %-5d", 7ul, 'x', n);
      sqlite3_exec(db, buffer, nullptr, nullptr, nullptr);
      strcpy(buffer, "SELECT ");
      strcat(buffer, "1");
      sqlite3_exec(db, buffer, nullptr, nullptr, nullptr);
    }
  )x");
  EXPECT_THAT(shown(sample.outside()),
              ElementsAre("CREATE TABLE a (id INT)", "SELECT * FROM a",
                          "SELECT b FROM a WHERE id = ? values",
                          "DELETE FROM a WHERE n = <!the parameter `n`> AND b = <!the parameter "
                          "`name`> AND c = 'it''s'",
                          "SELECT <the parameter `name`>",
                          "SELECT 7, 50%, 'x', <!the parameter "
                          "`n`>",
                          "SELECT 1"));
  for (const SqlText& text : sample.outside()) EXPECT_EQ(text.library, Engine::kSqlite);
}

TEST(CppLibraries, Libpq) {
  EXPECT_THAT(sql_of(R"x(
    #include <c_libraries.h>
    void run(PGconn* db, const char* name, const char* const* values) {
      PQexec(db, "SELECT 1");
      PQsendQuery(db, "SELECT 2");
      PQexecParams(db, "SELECT $1", 1, nullptr, values, nullptr, nullptr, 0);
      PQexecParams(db, "SELECT 3", 0, nullptr, nullptr, nullptr, nullptr, 0);
      PQprepare(db, "by_name", "SELECT $1::int", 0, nullptr);
      char query[200];
      snprintf(query, 200, "SELECT %s", PQescapeLiteral(db, name, 3));
      PQexec(db, query);
      char quoted[100];
      PQescapeStringConn(db, quoted, name, 3, nullptr);
      snprintf(query, 200, "SELECT '%s'", quoted);
      PQexec(db, query);
    })x"),
              ElementsAre("SELECT 1", "SELECT 2", "SELECT $1 values", "SELECT 3",
                          "SELECT $1::int values", "SELECT <!the result of PQescapeLiteral()>",
                          "SELECT '<!what PQescapeStringConn() has written>'"));
}

TEST(CppLibraries, Libpqxx) {
  EXPECT_THAT(
      sql_of(R"x(
    #include <pqxx.h>
    void run(pqxx::connection& db, const std::string& name, int n) {
      pqxx::work tx(db);
      tx.exec("SELECT 1", "described").for_each([](int) {});
      tx.exec("SELECT $1", pqxx::params(n));
      tx.exec(pqxx::prepped("find"));
      tx.exec_n(2, "SELECT 2");
      tx.exec_params("SELECT $1, $2", n, name);
      db.prepare("find", "SELECT $1 FROM a");
      db.prepare("SELECT $1 FROM b");
      tx.for_stream("SELECT 3", [&](int) { tx.exec("SELECT 4"); });
      tx.exec("DELETE FROM " + db.quote_name(name) + " WHERE a = " + tx.quote(name) +
              " AND b = " + pqxx::to_string(n) + " AND c = " + pqxx::to_string(7));
    })x"),
      ElementsAre("SELECT 1", "SELECT $1 values", "SELECT 2", "SELECT $1, $2 values",
                  "SELECT $1 FROM a values", "SELECT $1 FROM b values", "SELECT 3",
                  "perhaps SELECT 4",
                  "DELETE FROM <!the result of quote_name()> WHERE a = <!the result of quote()> "
                  "AND b = <!the parameter `n`> AND c = 7"));
}

TEST(CppLibraries, Soci) {
  const Sample sample = read_outside(R"x(
    #include <soci.h>
    void run(soci::session& sql, const std::string& table, int id, int n) {
      sql << "CREATE TABLE a (id " << "INT)";
      sql << "SELECT n FROM " << table << " WHERE id = :id", soci::into(n), soci::use(id);
      sql.once << "SELECT 1", soci::into(n);
      soci::statement prepared = (sql.prepare << "SELECT n FROM a WHERE id = :id");
    })x");
  EXPECT_THAT(shown(sample.outside()),
              ElementsAre("CREATE TABLE a (id INT)",
                          "SELECT n FROM <the parameter `table`> WHERE id = :id values", "SELECT 1",
                          "SELECT n FROM a WHERE id = :id values"));
  EXPECT_EQ(spelled(sample.outside()[0], sample.source), "CREATE TABLE a (id INT)");
}

TEST(CppLibraries, Qt) {
  const Sample sample = read_outside(R"x(
    #include <qt.h>
    void run(QSqlDatabase db, const QString& name, int n) {
      QSqlQuery query(db);
      query.exec(QStringLiteral("SELECT \t1"));
      query.exec();
      QSqlQuery("SELECT 2", db);
      query.prepare("SELECT ?");
      QString text = QString("DELETE FROM %2 WHERE a = %1").arg(n).arg(name);
      text += QString(QLatin1String(" AND b = ")) + QString::number(8);
      query.exec(text);
      db.exec(QString("SELECT %1, %2").arg("'%2'", QString::fromUtf8("x").toUtf8().constData()));
    })x");
  EXPECT_THAT(shown(sample.outside()),
              ElementsAre("SELECT \t1", "SELECT 2", "SELECT ? values",
                          "DELETE FROM <the parameter `name`> WHERE a = <!the parameter `n`> AND b "
                          "= 8",
                          "SELECT '%2', x"));
  EXPECT_EQ(spelled(sample.outside()[0], sample.source), "SELECT \\t1");
}

TEST(CppLibraries, ClassesWithConstructors) {
  const Sample sample = read_outside(R"x(
    #include <classes.h>
    class People {
     public:
      explicit People(SQLite::Database& db) : find_(db, "SELECT * FROM people WHERE id = ?") {
        db.exec(std::string("CREATE TABLE people (id INT)"));
      }
     private:
      SQLite::Statement find_;
      SQLite::Statement all_ = SQLite::Statement(SQLite::Database("x"), "SELECT * FROM people");
    };
    void run(sqlite3* db) { sqlite_orm::internal::perform_void_exec(db, "PRAGMA a"); }
  )x");
  ASSERT_EQ(sample.reading.functions.size(), 2U);
  EXPECT_EQ(sample.reading.functions[0].name, "People::People");
  EXPECT_EQ(sample.reading.functions[0].place.range.of(sample.source), "People");
  EXPECT_THAT(shown(sample.outside()),
              ElementsAre("SELECT * FROM people WHERE id = ? values", "SELECT * FROM people values",
                          "CREATE TABLE people (id INT)", "PRAGMA a"));
}

TEST(CppLibraries, Drogon) {
  EXPECT_THAT(sql_of(R"x(
    #include <classes.h>
    void run(drogon::orm::Transaction& db, int id) {
      db.execSqlSync("SELECT 1");
      db.execSqlSync("SELECT $1", id);
      db.execSqlAsync("SELECT 2", [](int) {}, [](int) {});
      db.execSqlAsync("SELECT $1, 2", [](int) {}, [](int) {}, id);
      db << "SELECT $1, 3" << id;
      db << "SELECT 3";
    })x"),
              ElementsAre("SELECT 1", "SELECT $1 values", "SELECT 2", "SELECT $1, 2 values",
                          "SELECT $1, 3 values", "SELECT 3"));
}

/// A query that is kept counts where it is run.
TEST(CppLibraries, Userver) {
  EXPECT_THAT(sql_of(R"x(
    #include <classes.h>
    namespace pg = userver::storages::postgres;
    const pg::Query kFind{"SELECT $1", "find"};
    pg::Query never_run() { return pg::Query{"SELECT 4"}; }
    void run(pg::Cluster& db, pg::Transaction& tx, int id) {
      db.Execute(pg::ClusterHostType::kMaster, kFind, id);
      db.Execute(pg::ClusterHostType::kMaster, pg::CommandControl{}, "SELECT 2");
      const pg::Query query{"SELECT 3"};
      tx.Execute(query);
    })x"),
              ElementsAre("SELECT 4 values", "SELECT $1 values", "SELECT 2", "SELECT 3"));
}

TEST(CppLibraries, SourcesInC) {
  Request request = request_for(R"x(
    struct sqlite3;
    int sqlite3_exec(struct sqlite3*, const char*, void*, void*, char**);
    struct store { struct sqlite3* db; const char* sql; };
    static const char* steps[] = {"SELECT 1", "SELECT 2", 0};
    int run(struct store* new) {
      for (int i = 0; steps[i]; i++) {
        if (sqlite3_exec(new->db, steps[i], 0, 0, 0) != 0) goto out;
      }
      new->sql = "SELECT 3";
      sqlite3_exec(new->db, new->sql, 0, 0, 0);
    out:
      return 0;
    }
  )x");
  request.path = "/store/store.c";
  request.arguments.clear();
  request.functions = functions_of({});
  request.outside_migrations = true;
  const Sample sample = {*request.text, read_source(request)};
  EXPECT_THAT(sample.reading.errors, IsEmpty());
  EXPECT_THAT(shown(sample.outside()), ElementsAre("SELECT 1", "SELECT 2", "SELECT 3"));
}

/// Where a library's header is missing, functions whose names are their own are still known.
TEST(CppLibraries, CallsThatCannotBeResolved) {
  Request request = request_for(R"x(
    #include <not/there.h>
    void run(sqlite3* db) {
      sqlite3_exec(db, "DROP TABLE a", 0, 0, 0);
      int status = sqlite3_exec(db, "DROP TABLE b", 0, 0, 0);
      if (sqlite3_exec(db, "DROP TABLE c", 0, 0, 0) != SQLITE_OK) return;
    }
    template <class Connection> void all(Connection& db) { PQexec(db, "SELECT 1"); }
  )x");
  request.functions = functions_of({});
  request.outside_migrations = true;
  const Sample sample = {*request.text, read_source(request)};
  EXPECT_THAT(shown(sample.outside()),
              ElementsAre("DROP TABLE a", "DROP TABLE b", "DROP TABLE c", "SELECT 1"));
}

}  // namespace
}  // namespace belay::cpp
