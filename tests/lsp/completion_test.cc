// Completion: what is offered at a place, and what becomes of the text when it is taken.
#include "lsp/features/completion/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "lsp/projects.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/support/annotated.h"

namespace belay::lsp {
namespace {

using ::belay::testing::Annotated;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kStart =
    "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, \"Phone\" text);\n"
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id),\n"
    "  CONSTRAINT positive CHECK (id > 0));\n"
    "CREATE INDEX orders_user ON orders (user_id);\n"
    "CREATE TYPE mood AS ENUM ('sad', 'ok');\n"
    "CREATE SCHEMA app;\n"
    "CREATE TABLE app.jobs (id bigint);\n"
    "CREATE VIEW named AS SELECT name FROM users;\n";

/// A history with one migration before the open one and one behind it.
class CompletionTest : public ::testing::Test {
 protected:
  explicit CompletionTest(std::string dialect = "postgresql", std::string start = kStart) {
    files_.write("/p/belay.toml", "dialect = \"" + dialect + "\"\n");
    files_.write("/p/migrations/0001_start.up.sql", std::move(start));
    files_.write("/p/migrations/0001_start.down.sql", "SELECT 1;\n");
    files_.write("/p/migrations/0002_now.up.sql",
                 "ALTER TABLE users ADD COLUMN made_by_up text;\n");
    files_.write("/p/migrations/0002_now.down.sql", "SELECT 1;\n");
    files_.write("/p/migrations/0003_later.up.sql", "CREATE TABLE later (id bigint);\n");
    files_.write("/p/migrations/0003_later.down.sql", "DROP TABLE later;\n");
    projects_ = std::make_unique<Projects>(files_, log_);
  }

  CompletionList complete(std::string_view marked,
                          const std::string& path = "/p/migrations/0002_now.up.sql") {
    const Annotated annotated(marked, true);
    files_.write(path, annotated.text);
    OpenDocument document;
    document.uri = uri_of_path(path);
    document.revision = document.opened = ++revision_;
    document.text = Document(annotated.text);
    document_ = document.text;
    projects_->open_or_change(document);
    const auto analyzed = projects_->find(path);
    EXPECT_TRUE(analyzed);
    const Position position = document_.position_at(annotated.points.at(0), ColumnUnit::kUtf16);
    const FeatureInput input = {*analyzed, projects_->open_files(), ColumnUnit::kUtf16};
    CompletionList list = completion(input, position, options_).value_or(CompletionList{});
    for (const CompletionItem& item : list.items) {
      if (item.data)
        documentation_[item.label] = completion_documentation(input, *item.data, false);
    }
    return list;
  }
  std::vector<std::string> labels(std::string_view marked,
                                  const std::string& path = "/p/migrations/0002_now.up.sql") {
    CompletionList list = complete(marked, path);
    std::stable_sort(list.items.begin(), list.items.end(),
                     [](const auto& a, const auto& b) { return a.sort_text < b.sort_text; });
    std::vector<std::string> out;
    for (const CompletionItem& item : list.items) out.push_back(item.label);
    return out;
  }
  /// Names alone, without the keywords.
  std::vector<std::string> names(std::string_view marked,
                                 const std::string& path = "/p/migrations/0002_now.up.sql") {
    std::vector<std::string> out;
    for (const CompletionItem& item : complete(marked, path).items) {
      if (item.data) out.push_back(item.label);
    }
    return out;
  }
  /// The text after an item was taken, without snippets.
  std::string taken(std::string_view marked, const std::string& label,
                    const std::string& path = "/p/migrations/0002_now.up.sql") {
    const CompletionList list = complete(marked, path);
    for (const CompletionItem& item : list.items) {
      if (item.label != label) continue;
      const auto bytes = [&](PositionRange range) {
        return document_.lines().range_of(document_.text(), range, ColumnUnit::kUtf16);
      };
      std::vector<TextEdit> edits = {{bytes(list.insert), item.new_text}};
      for (const auto& [range, text] : item.additional_edits) edits.push_back({bytes(range), text});
      std::sort(edits.begin(), edits.end(),
                [](const TextEdit& a, const TextEdit& b) { return a.range < b.range; });
      return apply_edits(document_.text(), edits);
    }
    return "not offered";
  }
  CompletionItem item(std::string_view marked, const std::string& label) {
    for (CompletionItem& one : complete(marked).items) {
      if (one.label == label) return one;
    }
    ADD_FAILURE() << label << " is not offered";
    return {};
  }

  project::MemoryFiles files_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  std::unique_ptr<Projects> projects_;
  uint64_t revision_ = 0;
  Document document_;
  CompletionOptions options_;
  std::map<std::string, std::string> documentation_;
};

class SqliteCompletionTest : public CompletionTest {
 protected:
  SqliteCompletionTest()
      : CompletionTest(
            "sqlite",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL, born TEXT);\n"
            "CREATE INDEX users_mail ON users (mail);\n") {}
};

// --- which objects

TEST_F(CompletionTest, TablesAreThoseBeforeTheStatement) {
  // Not the one that a later migration makes, nor what a later statement of this one does.
  EXPECT_THAT(names("CREATE TABLE made (id bigint);\nDROP TABLE ^\nDROP TABLE users;\n"),
              ElementsAre("app.jobs", "made", "orders", "users", "named"));
  EXPECT_THAT(names("DROP TABLE users;\nTRUNCATE ^;\n"),
              AllOf(Not(Contains("users")), Not(Contains("later")), Contains("orders")));
}

TEST_F(CompletionTest, ADownSeesWhatItsUpHasLeft) {
  const std::string down = "/p/migrations/0002_now.down.sql";
  EXPECT_THAT(names("ALTER TABLE users DROP COLUMN ^", down),
              ElementsAre("id", "name", "Phone", "made_by_up"));
  EXPECT_THAT(names("ALTER TABLE users DROP COLUMN made_by_up;\nALTER TABLE users DROP ^", down),
              ElementsAre("id", "name", "Phone"));
  EXPECT_THAT(names("ALTER TABLE users DROP COLUMN ^"), ElementsAre("id", "name", "Phone"));
}

TEST_F(CompletionTest, TablesFitEveryPlaceOfATable) {
  for (const char* text :
       {"ALTER TABLE ^", "DROP TABLE IF EXISTS ^", "SELECT * FROM ^", "SELECT * FROM users JOIN ^",
        "INSERT INTO ^", "UPDATE ^", "DELETE FROM ^", "TRUNCATE users, ^",
        "ALTER TABLE users ADD COLUMN x bigint REFERENCES ^", "CREATE INDEX ON ^",
        "CREATE TABLE t (a bigint REFERENCES ^", "COMMENT ON TABLE ^", "LOCK TABLE ^",
        "ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES ^"}) {
    EXPECT_THAT(names(text), AllOf(Contains("orders"), Contains("app.jobs"))) << text;
  }
}

TEST_F(CompletionTest, ColumnsFitEveryPlaceOfAColumn) {
  for (const char* text :
       {"ALTER TABLE users DROP COLUMN ^", "ALTER TABLE users RENAME COLUMN ^",
        "ALTER TABLE users ALTER COLUMN ^", "CREATE INDEX i ON users (^)",
        "CREATE INDEX i ON users USING gin (name, ^", "INSERT INTO users (^",
        "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (^",
        "ALTER TABLE users ADD PRIMARY KEY (^", "ALTER TABLE users ADD CHECK (^",
        "UPDATE users SET ^", "UPDATE users SET name = '' WHERE ^", "SELECT ^ FROM users",
        "SELECT id FROM users ORDER BY ^", "ALTER TABLE users ADD COLUMN x text, DROP COLUMN ^",
        "COMMENT ON COLUMN users.^", "DELETE FROM users WHERE name = '' AND ^"}) {
    EXPECT_THAT(names(text), Contains("Phone")) << text;
    EXPECT_THAT(names(text), Not(Contains("user_id"))) << text;
  }
}

TEST_F(CompletionTest, AQualifierIsATableAnAliasOrASchema) {
  EXPECT_THAT(names("SELECT o.^ FROM orders o JOIN users u ON true"), ElementsAre("id", "user_id"));
  EXPECT_THAT(names("SELECT users.^ FROM orders, users"), ElementsAre("id", "name", "Phone"));
  EXPECT_THAT(names("SELECT 1 FROM orders AS o, users AS u WHERE u.^"),
              ElementsAre("id", "name", "Phone"));
  EXPECT_THAT(names("DROP TABLE app.^"), ElementsAre("jobs"));
  EXPECT_THAT(names("DROP TABLE public.^"), ElementsAre("orders", "users", "named"));
}

TEST_F(CompletionTest, ConstraintsIndexesAndTypes) {
  EXPECT_THAT(names("ALTER TABLE orders DROP CONSTRAINT ^"),
              ElementsAre("orders_pkey", "positive", "orders_user_id_fkey"));
  EXPECT_THAT(names("DROP INDEX CONCURRENTLY ^"), ElementsAre("orders_user"));
  EXPECT_THAT(names("ALTER TYPE ^"), ElementsAre("mood"));
  EXPECT_THAT(labels("ALTER TABLE users ADD COLUMN x ^"),
              AllOf(Contains("timestamptz"), Contains("mood")));
  EXPECT_THAT(labels("CREATE TABLE t (a ^"), AllOf(Contains("bigint"), Contains("mood")));
  EXPECT_THAT(labels("ALTER TABLE users ALTER COLUMN name TYPE ^"), Contains("varchar"));
}

TEST_F(CompletionTest, AListNamesAColumnOnce) {
  EXPECT_THAT(names("INSERT INTO users (id, ^"), ElementsAre("name", "Phone"));
}

TEST_F(CompletionTest, ATableThatIsBeingMadeKnowsItsColumns) {
  EXPECT_THAT(labels("CREATE TABLE t (a bigint, b text, PRIMARY KEY (a, ^"),
              AllOf(Contains("b"), Not(Contains("users"))));
}

// --- how they are written

TEST_F(CompletionTest, NamesAreQuotedWhereTheyNeedIt) {
  EXPECT_EQ(taken("ALTER TABLE users DROP COLUMN Ph^", "Phone"),
            "ALTER TABLE users DROP COLUMN \"Phone\"");
  EXPECT_EQ(taken("ALTER TABLE users DROP COLUMN \"Ph^\";", "Phone"),
            "ALTER TABLE users DROP COLUMN \"Phone\";");
  EXPECT_EQ(taken("ALTER TABLE users DROP COLUMN \"Ph^", "Phone"),
            "ALTER TABLE users DROP COLUMN \"Phone\"");
  EXPECT_EQ(taken("DROP TABLE jo^", "app.jobs"), "DROP TABLE app.jobs");
}

TEST_F(CompletionTest, AClientCanCompareWithWhatIsTyped) {
  EXPECT_EQ(item("DROP TABLE app.jo^", "jobs").filter_text, "");
  EXPECT_EQ(item("DROP TABLE jo^", "app.jobs").filter_text, "jobs");
  EXPECT_EQ(item("ALTER TABLE users DROP COLUMN \"P^\"", "Phone").filter_text, "\"Phone\"");
}

TEST_F(CompletionTest, PlacesAreExactBehindCharactersOfSeveralBytes) {
  EXPECT_EQ(taken("SELECT 'éé𐐀'; DROP TABLE us^;", "users"), "SELECT 'éé𐐀'; DROP TABLE users;");
}

TEST_F(CompletionTest, TheWordBehindTheCursorIsReplacedWhereTheClientOverwrites) {
  const CompletionList list = complete("DROP TABLE us^ers;");
  EXPECT_EQ(list.insert.end.character, 13U);
  EXPECT_EQ(list.replace.end.character, 16U);
}

TEST_F(CompletionTest, KeywordsAndTypesFollowTheFile) {
  EXPECT_THAT(labels("ALTER TABLE users ^"), Contains("ADD COLUMN"));
  EXPECT_THAT(labels("alter table users ^"), Contains("add column"));
  EXPECT_THAT(labels("CREATE TABLE t (a BIGINT, b ^"), Contains("TEXT"));
}

TEST_F(CompletionTest, AColumnTellsItsTypeAndItsDefinition) {
  EXPECT_EQ(item("ALTER TABLE users DROP COLUMN ^", "name").detail, "text NOT NULL");
  EXPECT_EQ(documentation_["name"], "users.name text NOT NULL");
  complete("DROP TABLE ^");
  EXPECT_THAT(documentation_["orders"], HasSubstr("user_id"));
}

// --- where nothing is offered, and where something else is

TEST_F(CompletionTest, NothingInCommentsStringsAndNumbers) {
  for (const char* text : {"SELECT 'us^ers'", "-- DROP TABLE ^", "/* DROP TABLE ^ */ SELECT 1;",
                           "SELECT 1^2", "DROP TABLE users; -- and ^", "SELECT $$ ^ $$"}) {
    EXPECT_THAT(labels(text), IsEmpty()) << text;
  }
}

TEST_F(CompletionTest, ANewNameIsThePersonsOwn) {
  for (const char* text :
       {"CREATE TABLE t (^", "ALTER TABLE users RENAME TO ^", "CREATE INDEX i^"}) {
    EXPECT_THAT(names(text), IsEmpty()) << text;
  }
}

TEST_F(CompletionTest, ACommentThatAsksForSilenceNamesARule) {
  EXPECT_THAT(labels("-- belay:ignore drop-^\nDROP TABLE users;"),
              AllOf(Contains("drop-table"), Not(Contains("unknown-rule"))));
  EXPECT_EQ(taken("-- belay:ignore drop-table, drop-c^: why\nDROP TABLE users;", "drop-column"),
            "-- belay:ignore drop-table, drop-column: why\nDROP TABLE users;");
  EXPECT_THAT(labels("-- belay:ignore drop-table: no ^"), IsEmpty());
  EXPECT_EQ(taken("-- bel^", "belay:ignore-file"), "-- belay:ignore-file");
}

TEST_F(CompletionTest, ASpaceAloneAsksForNames) {
  options_.names_only = true;
  EXPECT_THAT(labels("ALTER TABLE users ^"), IsEmpty());
  EXPECT_THAT(labels("ALTER TABLE ^"), Contains("users"));
}

// --- safe forms

TEST_F(CompletionTest, SafeFormsFollowTheRules) {
  EXPECT_THAT(taken("^", "create index concurrently"),
              StartsWith("CREATE INDEX CONCURRENTLY table_name_column_name_idx ON table_name"));
  EXPECT_EQ(
      taken("ALTER TABLE users ^", "set not null, proved by a check first"),
      "ALTER TABLE users ADD CONSTRAINT users_column_name_set CHECK (column_name IS NOT NULL) "
      "NOT VALID;\n"
      "-- In a migration behind it:\n"
      "-- ALTER TABLE users VALIDATE CONSTRAINT users_column_name_set;\n"
      "-- And behind that one:\n"
      "-- ALTER TABLE users ALTER COLUMN column_name SET NOT NULL;\n"
      "-- ALTER TABLE users DROP CONSTRAINT users_column_name_set;");
  EXPECT_THAT(
      taken("alter table users alter column \"Phone\" ^;", "set not null, proved by a check first"),
      StartsWith("alter table users add constraint \"users_Phone_set\""));
}

TEST_F(CompletionTest, PlacesToFillInAreForClientsThatHaveThem) {
  options_.snippets = true;
  const CompletionItem batches = item("^", "backfill in batches");
  EXPECT_TRUE(batches.is_snippet);
  EXPECT_THAT(batches.new_text, HasSubstr("${1:table_name}"));
  EXPECT_THAT(batches.new_text, HasSubstr("BETWEEN \\$1 AND \\$2"));
  options_.snippets = false;
  EXPECT_THAT(item("^", "backfill in batches").new_text, EndsWith("BETWEEN $1 AND $2;"));
}

TEST_F(SqliteCompletionTest, ARebuildIsFilledInFromTheTable) {
  EXPECT_EQ(taken("ALTER TABLE users ^", "rebuild users"),
            "PRAGMA foreign_keys = OFF;\n"
            "CREATE TABLE new_users (\n  id integer PRIMARY KEY,\n  mail text NOT NULL,\n  born "
            "text\n);\n"
            "INSERT INTO new_users (id, mail, born) SELECT id, mail, born FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE new_users RENAME TO users;\n"
            "CREATE INDEX users_mail ON users (mail);\n"
            "PRAGMA foreign_keys = ON;");
}

TEST_F(SqliteCompletionTest, OnlyWhatTheEngineHas) {
  EXPECT_THAT(labels("ALTER TABLE users ^"),
              AllOf(Contains("DROP COLUMN"), Not(Contains("ALTER COLUMN"))));
  EXPECT_THAT(labels("DROP INDEX ^"), Contains("users_mail"));
}

// --- belay.toml

TEST_F(CompletionTest, SettingsAndTheirValues) {
  const std::string toml = "/p/belay.toml";
  EXPECT_THAT(labels("la^", toml), AllOf(Contains("layout"), Not(Contains("url"))));
  EXPECT_THAT(labels("dialect = \"postgresql\"\n^", toml), Not(Contains("dialect")));
  EXPECT_EQ(taken("layout = \"goo^\"", "goose", toml), "layout = \"goose\"");
  EXPECT_EQ(taken("layout = ^", "goose", toml), "layout = \"goose\"");
  EXPECT_THAT(labels("[environments.live]\nkind = ^", toml), Contains("production"));
  EXPECT_THAT(labels("[rules]\ndrop-^", toml), Contains("drop-table"));
  EXPECT_THAT(labels("[rules]\ndrop-table = \"^", toml),
              ElementsAre("off", "info", "warning", "error"));
  EXPECT_THAT(labels("[^", toml), Contains("database"));
  EXPECT_THAT(labels("# a remark ^", toml), IsEmpty());
}

}  // namespace
}  // namespace belay::lsp
