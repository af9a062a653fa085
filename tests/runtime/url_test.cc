#include <gtest/gtest.h>

#include <belay/url.h>

namespace belay::runtime {
namespace {

std::optional<std::string> test_environment(const std::string& name) {
  if (name == "DIR") return "/srv/data";
  if (name == "PASSWORD") return "p@ss:w/rd%41?";
  if (name == "DATABASE_URL") return "postgresql://ada@db.example.org/shop";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

Result<DatabaseUrl> parse(std::string_view text) {
  return parse_database_url(text, test_environment);
}

struct FileCase {
  const char* text;
  const char* file;
};

class SqliteUrl : public ::testing::TestWithParam<FileCase> {};

TEST_P(SqliteUrl, NamesItsFile) {
  const Result<DatabaseUrl> url = parse(GetParam().text);
  ASSERT_TRUE(url.ok()) << url.error().to_string();
  EXPECT_EQ(url->engine, Engine::kSqlite);
  EXPECT_EQ(url->database, GetParam().file);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, SqliteUrl,
    ::testing::Values(FileCase{"sqlite:app.db", "app.db"},
                      FileCase{"sqlite:db/app.db", "db/app.db"},
                      FileCase{"sqlite:/srv/app.db", "/srv/app.db"},
                      FileCase{"sqlite:///srv/app.db", "/srv/app.db"},
                      FileCase{"sqlite://app.db", "app.db"}, FileCase{"sqlite3:app.db", "app.db"},
                      FileCase{"SQLite:app.db", "app.db"}, FileCase{"  sqlite:app.db\n", "app.db"},
                      FileCase{"sqlite:my%20shop.db", "my shop.db"},
                      FileCase{"sqlite:100%25.db", "100%.db"}, FileCase{"sqlite:a$b.db", "a$b.db"},
                      FileCase{"sqlite:${DIR}/app.db", "/srv/data/app.db"},
                      FileCase{"sqlite:app.db?", "app.db"}));

TEST(DatabaseUrl, ReadsOptions) {
  const Result<DatabaseUrl> url = parse("sqlite:app.db?foreign_keys=on&mode=ro");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->options,
            (std::map<std::string, std::string>{{"foreign_keys", "on"}, {"mode", "ro"}}));
  EXPECT_EQ(url->to_string(), "sqlite:app.db?foreign_keys=on&mode=ro");
}

TEST(DatabaseUrl, ReadsTheePartsOfAServersUrl) {
  const Result<DatabaseUrl> url = parse("postgres://ada:se%40cret@[::1]:5433/shop?sslmode=require");
  ASSERT_TRUE(url.ok()) << url.error().to_string();
  EXPECT_EQ(url->engine, Engine::kPostgres);
  EXPECT_EQ(url->user, "ada");
  EXPECT_EQ(url->password, "se@cret");
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, "5433");
  EXPECT_EQ(url->database, "shop");
  EXPECT_EQ(url->options.at("sslmode"), "require");
  EXPECT_EQ(url->to_string(), "postgresql://ada:***@[::1]:5433/shop?sslmode=require");
}

TEST(DatabaseUrl, TakesThePartsOfAServersUrlFromItsOptionsToo) {
  const Result<DatabaseUrl> url = parse(
      "postgresql:///?host=/run/postgresql&port=5433&user=ada&password=hunter2&dbname=shop"
      "&sslmode=disable");
  ASSERT_TRUE(url.ok()) << url.error().to_string();
  EXPECT_EQ(url->host, "/run/postgresql");
  EXPECT_EQ(url->port, "5433");
  EXPECT_EQ(url->user, "ada");
  EXPECT_EQ(url->password, "hunter2");
  EXPECT_EQ(url->database, "shop");
  EXPECT_EQ(url->to_string(),
            "postgresql://ada:***@:5433/shop?host=/run/postgresql&sslmode=disable");
}

TEST(DatabaseUrl, TakesAVariablesValueAsItIs) {
  const Result<DatabaseUrl> url = parse("mysql://ada:${PASSWORD}@db/shop");
  ASSERT_TRUE(url.ok()) << url.error().to_string();
  EXPECT_EQ(url->password, "p@ss:w/rd%41?");
  EXPECT_EQ(url->host, "db");
}

TEST(DatabaseUrl, ReadsAVariableThatIsTheWholeUrl) {
  const Result<DatabaseUrl> url = parse("${DATABASE_URL}");
  ASSERT_TRUE(url.ok()) << url.error().to_string();
  EXPECT_EQ(url->engine, Engine::kPostgres);
  EXPECT_EQ(url->host, "db.example.org");
  EXPECT_EQ(url->user, "ada");
}

TEST(DatabaseUrl, NeverShowsAPassword) {
  for (const char* text : {"mariadb://ada:hunter2@db/shop", "postgresql://:hunter2@db:5432/shop",
                           "postgresql://ada@db/shop?password=hunter2&sslmode=off"}) {
    const Result<DatabaseUrl> url = parse(text);
    ASSERT_TRUE(url.ok()) << url.error().to_string();
    EXPECT_EQ(url->to_string().find("hunter2"), std::string::npos) << url->to_string();
    EXPECT_NE(url->to_string().find("***"), std::string::npos) << url->to_string();
  }
}

struct ErrorCase {
  const char* text;
  const char* message;
  const char* hint;
};

class BadUrl : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(BadUrl, SaysWhatIsWrongAndWhatToWrite) {
  const Result<DatabaseUrl> url = parse(GetParam().text);
  ASSERT_FALSE(url.ok()) << url->to_string();
  EXPECT_NE(url.error().message.find(GetParam().message), std::string::npos) << url.error().message;
  EXPECT_NE(url.error().hint.find(GetParam().hint), std::string::npos) << url.error().hint;
}

INSTANTIATE_TEST_SUITE_P(
    Errors, BadUrl,
    ::testing::Values(
        ErrorCase{"", "there is none", "sqlite:FILE"},
        ErrorCase{"app.db", "`app.db` names no engine", "sqlite:app.db"},
        ErrorCase{"oracle://db/x", "`oracle` is no engine", "sqlite:FILE"},
        ErrorCase{"sqlite:", "the file is missing", "sqlite:FILE"},
        ErrorCase{"sqlite::memory:", "in memory", "name a file"},
        ErrorCase{"sqlite:${NOT_SET}/app.db", "`${NOT_SET}` is not set", "NOT_SET"},
        ErrorCase{"${NOT_SET}", "`${NOT_SET}` is not set", "NOT_SET"},
        ErrorCase{"${EMPTY}", "names no engine", "sqlite:FILE"},
        ErrorCase{"sqlite:${1X}", "is no variable", "${NAME}"},
        ErrorCase{"sqlite:${DIR", "`${` without `}`", "%24"},
        ErrorCase{"sqlite:50%.db", "`%` is not followed", "%25"},
        ErrorCase{"sqlite:a%00.db", "`%` is not followed", "%25"},
        ErrorCase{"sqlite:app.db?mode", "has no value", "?name=value"},
        ErrorCase{"postgresql:shop", "`//` is missing", "ENGINE://"},
        ErrorCase{"postgresql://db:5432", "name of the database is missing", "ENGINE://"},
        ErrorCase{"postgresql://ada:p:w@db:port/shop", "the port is no number", "%3A"}));

TEST(DatabaseUrl, NamesItsEngineEvenWhereItIsWrong) {
  EXPECT_EQ(engine_of("postgres:shop"), Engine::kPostgres);
  EXPECT_EQ(engine_of(" MariaDB://"), Engine::kMariadb);
  EXPECT_EQ(engine_of("sqlite:${X"), Engine::kSqlite);
  EXPECT_EQ(engine_of("sqlite"), std::nullopt);
  EXPECT_EQ(engine_of("oracle:x"), std::nullopt);
}

TEST(DatabaseUrl, ShowsNoPartOfAPassword) {
  const auto url = parse("postgresql://ada:half/half@db/shop");
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.error().to_string().find("half"), std::string::npos);
}

TEST(DatabaseUrl, KnowsNoVariableWithoutALookup) {
  EXPECT_FALSE(parse_database_url("sqlite:${HOME}/app.db", nullptr).ok());
  EXPECT_TRUE(parse_database_url("sqlite:${HOME}/app.db", process_environment).ok());
}

}  // namespace
}  // namespace belay::runtime
