// A statement that is split is tried as a whole project: the histories with and without the steps
// are read, and compared.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "analyzer/rules/settings.h"
#include "analyzer/schema/compare.h"
#include "tests/analyzer/project/memory_files.h"
#include "workbench/project_loader.h"
#include "workbench/split/split_migration.h"

namespace belay::workbench {
namespace {

using project::MemoryFiles;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kStart =
    "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, age int);\n"
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int);\n";

class SplitTest : public ::testing::Test {
 protected:
  SplitTest() {
    files_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    files_.write("/p/migrations/0001_start.up.sql", kStart);
    files_.write("/p/migrations/0001_start.down.sql", "DROP TABLE orders;\nDROP TABLE users;\n");
  }

  /// The second migration.
  void write(const std::string& up, const std::string& down) {
    files_.write(kUp, up);
    files_.write(kDown, down);
  }

  Workspace analyzed() const {
    Result<LoadedProject> loaded = load_project(files_, "/p", {});
    if (!loaded) throw std::runtime_error(loaded.error().to_string());
    const rules::Settings settings(loaded->project.config);
    return Workspace(std::move(loaded->project.sets.at(0)), loaded->texts, settings,
                     sql::Recovery::kExact);
  }

  Result<SplitMigration> split(uint32_t statement, uint32_t migration = 1) const {
    SplitRequest request;
    request.migration = migration;
    request.statement = statement;
    request.now = std::chrono::system_clock::from_time_t(1'790'000'000);
    return split_migration(files_, *analyzed().snapshot(), request);
  }
  /// Splits, and writes the files; their names in the order in which they run.
  std::vector<std::string> apply(uint32_t statement, uint32_t migration = 1) {
    const Result<SplitMigration> split = this->split(statement, migration);
    if (!split) return {"error: " + split.error().to_string()};
    for (const SplitMigration::ChangedFile& file : split->changed) {
      const std::string text = files_.read(file.path, 1U << 20U).value();
      files_.write(file.path, apply_edits(text, file.edits));
    }
    std::vector<std::string> names;
    for (const SplitMigration::CreatedFile& file : split->created) {
      EXPECT_FALSE(files_.exists(file.path)) << file.path;
      files_.write(file.path, file.text);
      names.push_back(file.path.substr(std::string("/p/migrations/").size()));
    }
    return names;
  }
  std::string text(const std::string& name) const {
    const Result<std::string> read = files_.read("/p/migrations/" + name, 1U << 20U);
    return read ? *read : "error: " + read.error().to_string();
  }

  /// What differs from the end of the history as it was; an order of columns is no difference.
  std::vector<std::string> differences(const Workspace& before) const {
    std::vector<std::string> out;
    const Workspace after = analyzed();
    for (const schema::Change& change :
         schema::compare(before.snapshot()->migrations.back()->after,
                         after.snapshot()->migrations.back()->after)) {
      if (!change.order_only) out.push_back(change.to_string());
    }
    return out;
  }
  std::vector<std::string> rules() const {
    std::vector<std::string> out;
    const Workspace now = analyzed();
    for (uint32_t i = 1; i < now.snapshot()->migrations.size(); ++i) {
      for (const auto direction : {project::Direction::kUp, project::Direction::kDown}) {
        const AnalyzedScript* script = now.snapshot()->script(i, direction);
        if (script == nullptr) continue;
        for (const Finding& f : script->result->findings) out.emplace_back(f.rule);
      }
    }
    return out;
  }
  std::vector<std::string> verdicts() const {
    std::vector<std::string> out;
    const Workspace now = analyzed();
    for (const auto& migration : now.snapshot()->migrations) {
      out.emplace_back(rollback::verdict_name(migration->reversibility.verdict));
    }
    return out;
  }

  static constexpr const char* kUp = "/p/migrations/0002_change.up.sql";
  static constexpr const char* kDown = "/p/migrations/0002_change.down.sql";
  MemoryFiles files_{};
};

// --- ADD COLUMN -------------------------------------------------------------------------------

TEST_F(SplitTest, ARequiredColumnIsAddedFilledAndThenRequired) {
  write("SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN nick text NOT NULL;\n",
        "ALTER TABLE users DROP COLUMN nick;\n");
  const Workspace before = analyzed();
  EXPECT_THAT(apply(1), ElementsAre("0003_fill_nick.up.sql", "0004_require_nick.up.sql",
                                    "0003_fill_nick.down.sql", "0004_require_nick.down.sql"));
  EXPECT_EQ(text("0002_change.up.sql"),
            "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN nick text;\n");
  EXPECT_EQ(
      text("0003_fill_nick.up.sql"),
      "-- What the rows of before are to have: say it here.\n"
      "-- belay:batch table=users key=id\n"
      "UPDATE users SET nick = '' WHERE nick IS NULL AND id BETWEEN $1 AND $2;\n"
      "SET lock_timeout = '2s';\n"
      "ALTER TABLE users ADD CONSTRAINT users_nick_set CHECK (nick IS NOT NULL) NOT VALID;\n");
  EXPECT_EQ(text("0004_require_nick.up.sql"),
            "SET lock_timeout = '2s';\n"
            "ALTER TABLE users VALIDATE CONSTRAINT users_nick_set;\n"
            "ALTER TABLE users ALTER COLUMN nick SET NOT NULL;\n"
            "ALTER TABLE users DROP CONSTRAINT users_nick_set;\n");
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), AllOf(Not(Contains("add-required-column")), Not(Contains("set-not-null"))));
  EXPECT_THAT(verdicts(), Not(Contains("down-failed")));
}

TEST_F(SplitTest, AVolatileDefaultCountsForNewRowsFirst) {
  write("ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL;\n",
        "ALTER TABLE users DROP COLUMN token;\n");
  const Workspace before = analyzed();
  apply(0);
  EXPECT_EQ(text("0002_change.up.sql"),
            "ALTER TABLE users ADD COLUMN token uuid;\n"
            "ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();\n");
  EXPECT_THAT(text("0003_fill_token.up.sql"), HasSubstr("SET token = gen_random_uuid() WHERE"));
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), Not(Contains("volatile-default")));
}

TEST_F(SplitTest, WhatHasNoRecipeIsRefused) {
  const auto refused = [&](const std::string& up) {
    write(up, "SELECT 1;\n");
    return !split(0).ok();
  };
  EXPECT_TRUE(refused("ALTER TABLE users ADD COLUMN x text;\n")) << "nothing is wrong with it";
  EXPECT_TRUE(refused("ALTER TABLE users ADD COLUMN x bytea NOT NULL;\n")) << "no value is known";
  EXPECT_TRUE(refused("ALTER TABLE users ADD COLUMN x int NOT NULL CHECK (x > 0);\n"));
  EXPECT_TRUE(refused("CREATE TABLE t (id int);\nALTER TABLE t ADD COLUMN x text NOT NULL;\n"));
  EXPECT_TRUE(refused("SELEC 1;\n"));
}

// --- constraints and indexes --------------------------------------------------------------------

TEST_F(SplitTest, AConstraintIsValidatedByTheNextMigration) {
  write(
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);\n"
      "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;\n",
      "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;\n"
      "ALTER TABLE orders DROP CONSTRAINT positive;\n");
  const Workspace before = analyzed();
  apply(0);
  apply(1);
  EXPECT_EQ(text("0002_change.up.sql"),
            "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;\n"
            "ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) "
            "REFERENCES users NOT VALID;\n");
  EXPECT_EQ(text("0003_validate_positive.up.sql"),
            "ALTER TABLE orders VALIDATE CONSTRAINT positive;\n");
  EXPECT_EQ(text("0004_validate_orders_user_id_fkey.up.sql"),
            "ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;\n");
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), AllOf(Not(Contains("check-not-valid-missing")),
                             Not(Contains("fk-not-valid-missing"))));
}

TEST_F(SplitTest, AnIndexGetsAMigrationOfItsOwn) {
  files_.write("/p/belay.toml", "dialect = \"postgresql\"\nlayout = \"goose\"\n");
  for (const char* name : {"0001_start.up.sql", "0001_start.down.sql"}) {
    files_.remove(std::string("/p/migrations/") + name);
  }
  files_.write("/p/migrations/00001_start.sql",
               std::string("-- +goose Up\n") + kStart +
                   "\n-- +goose Down\nDROP TABLE orders;\nDROP TABLE users;\n");
  files_.write("/p/migrations/00002_change.sql",
               "-- +goose Up\r\nALTER TABLE orders ADD COLUMN note text;\r\n"
               "CREATE INDEX orders_user ON orders (user_id);\r\n"
               "\r\n-- +goose Down\r\nDROP INDEX orders_user;\r\n"
               "ALTER TABLE orders DROP COLUMN note;\r\n");
  const Workspace before = analyzed();
  EXPECT_THAT(apply(1), ElementsAre("00003_create_orders_user.sql"));
  EXPECT_EQ(text("00002_change.sql"),
            "-- +goose Up\r\nALTER TABLE orders ADD COLUMN note text;\r\n"
            "\r\n-- +goose Down\r\nALTER TABLE orders DROP COLUMN note;\r\n");
  EXPECT_THAT(text("00003_create_orders_user.sql"),
              AllOf(HasSubstr("-- +goose NO TRANSACTION\n-- +goose Up\n"
                              "CREATE INDEX CONCURRENTLY orders_user ON orders (user_id);\n"),
                    HasSubstr("-- +goose Down\n"), HasSubstr("DROP INDEX")));
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), AllOf(Not(Contains("index-not-concurrent")),
                             Not(Contains("concurrently-in-transaction"))));
}

TEST_F(SplitTest, AnIndexAloneNeedsNoOtherMigration) {
  write("CREATE INDEX orders_user ON orders (user_id);\n", "DROP INDEX orders_user;\n");
  EXPECT_FALSE(split(0).ok());
}

// --- other names and types ----------------------------------------------------------------------

TEST_F(SplitTest, ARenamedColumnIsAddedCopiedAndDropped) {
  write("ALTER TABLE users RENAME COLUMN name TO full_name;\n",
        "ALTER TABLE users RENAME COLUMN full_name TO name;\n");
  const Workspace before = analyzed();
  EXPECT_THAT(apply(0), Contains("0004_drop_name.up.sql"));
  EXPECT_THAT(text("0002_change.up.sql"),
              AllOf(HasSubstr("ADD COLUMN full_name text;"), HasSubstr("CREATE TRIGGER")));
  EXPECT_THAT(text("0002_change.down.sql"), HasSubstr("DROP COLUMN full_name;"));
  EXPECT_THAT(
      text("0003_copy_name_to_full_name.up.sql"),
      HasSubstr("SET full_name = name WHERE full_name IS DISTINCT FROM name AND id BETWEEN"));
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), Not(Contains("rename-column")));
}

TEST_F(SplitTest, ARenamedTableKeepsItsOldNameForAWhile) {
  write("ALTER TABLE users RENAME TO people;\n", "ALTER TABLE people RENAME TO users;\n");
  const Workspace before = analyzed();
  apply(0);
  EXPECT_THAT(text("0002_change.up.sql"), HasSubstr("CREATE VIEW users AS SELECT * FROM people;"));
  EXPECT_THAT(text("0003_drop_view_users.up.sql"), HasSubstr("DROP VIEW users;"));
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), Not(Contains("rename-table")));
  EXPECT_THAT(verdicts(), Not(Contains("down-failed")));
}

TEST_F(SplitTest, AnotherTypeComesWithAnotherColumn) {
  write("ALTER TABLE orders ALTER COLUMN total TYPE bigint USING total * 100;\n",
        "ALTER TABLE orders ALTER COLUMN total TYPE int;\n");
  const Workspace before = analyzed();
  apply(0);
  EXPECT_THAT(text("0002_change.up.sql"), AllOf(HasSubstr("ADD COLUMN total_new bigint;"),
                                                HasSubstr("NEW.total_new := NEW.total * 100;")));
  EXPECT_THAT(text("0003_fill_total_new.up.sql"), HasSubstr("SET total_new = total * 100 WHERE"));
  EXPECT_THAT(
      text("0004_swap_total.up.sql"),
      HasSubstr("DROP COLUMN total;\nALTER TABLE orders RENAME COLUMN total_new TO total;"));
  EXPECT_THAT(differences(before), IsEmpty());
  EXPECT_THAT(rules(), Not(Contains("alter-column-type")));
}

TEST_F(SplitTest, WhatWouldBeLostWithTheOldColumnIsNotSplit) {
  files_.write("/p/migrations/0001_start.up.sql",
               std::string(kStart) + "CREATE INDEX users_name ON users (name);\n");
  write("ALTER TABLE users RENAME COLUMN name TO full_name;\n",
        "ALTER TABLE users RENAME COLUMN full_name TO name;\n");
  const Result<SplitMigration> refused = split(0);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("another schema would come of it"));
}

TEST_F(SplitTest, ADownThatIsNotUnderstoodIsNotGuessedAt) {
  write("ALTER TABLE users RENAME COLUMN age TO years;\n", "SELECT 1;\n");
  const Result<SplitMigration> refused = split(0);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("its down has nothing that takes it back"));
}

TEST_F(SplitTest, TheStepsComeBehindWhateverIsThere) {
  write("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);\n",
        "ALTER TABLE orders DROP CONSTRAINT positive;\n");
  files_.write("/p/migrations/0003_later.up.sql", "CREATE TABLE t (id int);\n");
  files_.write("/p/migrations/0003_later.down.sql", "DROP TABLE t;\n");
  EXPECT_THAT(apply(0), Contains("0004_validate_positive.up.sql"));
}

// --- SQLite runs it
// -------------------------------------------------------------------------------

class Database {
 public:
  Database() { sqlite3_open(":memory:", &db_); }
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The first column of all rows, or the error.
  std::vector<std::string> run(const std::string& sql) {
    std::vector<std::string> out;
    char* error = nullptr;
    const auto add = [](void* rows, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(rows)->emplace_back(values[0] ? values[0] : "NULL");
      return 0;
    };
    sqlite3_exec(db_, sql.c_str(), add, &out, &error);
    if (error != nullptr) out.push_back(std::string("error: ") + error);
    sqlite3_free(error);
    return out;
  }

 private:
  sqlite3* db_ = nullptr;
};

TEST_F(SplitTest, OnSqliteBothColumnsAreInStepWhoeverWrites) {
  files_.write("/p/belay.toml", "dialect = \"sqlite\"\n");
  const std::string start = "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n";
  files_.write("/p/migrations/0001_start.up.sql", start);
  files_.write("/p/migrations/0001_start.down.sql", "DROP TABLE users;\n");
  write("ALTER TABLE users RENAME COLUMN age TO years;\n",
        "ALTER TABLE users RENAME COLUMN years TO age;\n");
  const Workspace before = analyzed();
  apply(0);
  EXPECT_THAT(differences(before), IsEmpty());
  Database db;
  db.run(start + "INSERT INTO users VALUES (1, 30), (2, NULL);");
  EXPECT_THAT(db.run(text("0002_change.up.sql")), IsEmpty());
  const std::string both = "SELECT age || ' ' || years FROM users WHERE id = ";
  db.run("INSERT INTO users (id, age) VALUES (3, 33)");
  EXPECT_THAT(db.run(both + "3"), ElementsAre("33 33")) << "written by the old program";
  db.run("INSERT INTO users (id, years) VALUES (4, 44)");
  EXPECT_THAT(db.run(both + "4"), ElementsAre("44 44")) << "written by the new program";
  db.run("UPDATE users SET age = 34 WHERE id = 3; UPDATE users SET years = 45 WHERE id = 4");
  EXPECT_THAT(db.run(both + "3"), ElementsAre("34 34"));
  EXPECT_THAT(db.run(both + "4"), ElementsAre("45 45"));
  std::string copy = text("0003_copy_age_to_years.up.sql");
  copy.replace(copy.find("$1"), 2, "1");
  copy.replace(copy.find("$2"), 2, "9");
  EXPECT_THAT(db.run(copy), IsEmpty());
  EXPECT_THAT(db.run(both + "1"), ElementsAre("30 30"));
  EXPECT_THAT(db.run(text("0004_drop_age.up.sql")), IsEmpty());
  EXPECT_THAT(db.run("SELECT years FROM users ORDER BY id"), ElementsAre("30", "NULL", "34", "45"));
}

}  // namespace
}  // namespace belay::workbench
