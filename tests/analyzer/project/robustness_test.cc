// No text and no name may bring the readers down, and every range lies within its text. The inputs
// are made from the words that the readers look for, cut and put together at random with fixed
// seeds.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/config.h"
#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/changelog.h"
#include "analyzer/project/marks/marks.h"
#include "analyzer/project/project.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::project {
namespace {

const std::vector<std::string_view> kPieces = {"-- +goose Up",
                                               "-- +goose Down",
                                               "-- +goose StatementBegin",
                                               "-- +goose StatementEnd",
                                               "-- +goose NO TRANSACTION",
                                               "-- +goose",
                                               "-- +migrate Up",
                                               "-- +migrate Down notransaction",
                                               "-- migrate:up",
                                               "-- migrate:down transaction:false",
                                               "-- Up Migration",
                                               "-- Down Migration",
                                               "--liquibase formatted sql",
                                               "--changeset a:1",
                                               "--changeset \"a b\":\"c",
                                               "--rollback DROP TABLE t;",
                                               "--rollback empty",
                                               "/* liquibase rollback",
                                               "*/",
                                               "--ignoreLines:2",
                                               "--ignoreLines:start",
                                               "--include file:x.sql",
                                               "--includeAll path:.",
                                               "endDelimiter:/",
                                               "\n",
                                               "\n",
                                               "\n",
                                               "\r\n",
                                               "\r",
                                               "--",
                                               "-",
                                               " ",
                                               "\t",
                                               ";",
                                               "'",
                                               "$$",
                                               "/",
                                               "é",
                                               "😀",
                                               "\xEF\xBB\xBF",
                                               "\xFF",
                                               std::string_view("\0", 1),
                                               "CREATE TABLE t (id int)",
                                               "dialect",
                                               " = ",
                                               "\"postgresql\"",
                                               "[rules]",
                                               "[",
                                               "]",
                                               "{",
                                               "}",
                                               "version",
                                               "3.40",
                                               "[environments.a]",
                                               "url",
                                               "\"\"\"",
                                               "postgresql://a:b@c",
                                               "#"};

std::string random_text(std::mt19937& random) {
  std::string text;
  const size_t count = random() % 40;
  for (size_t i = 0; i < count; ++i) {
    const std::string_view piece = kPieces[random() % kPieces.size()];
    text += random() % 8 == 0 ? piece.substr(0, random() % (piece.size() + 1)) : piece;
    if (random() % 3 == 0) text += '\n';
  }
  return text;
}

void expect_inside(ByteRange range, const std::string& text) {
  EXPECT_LE(range.begin, range.end) << text;
  EXPECT_LE(range.end, text.size()) << text;
}

TEST(Robustness, MarksOfAnyText) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_text(random);
    layout_of_marks(text);
    for (const Layout layout :
         {Layout::kGoose, Layout::kDbmate, Layout::kSqlMigrate, Layout::kNodePgMigrate}) {
      const MarkedFile file = read_marks(layout, text, "a.sql");
      for (const auto& part : {file.up, file.down}) {
        if (!part) continue;
        expect_inside(part->range, text);
        expect_inside(part->directive, text);
        if (part->unwrapped) {
          EXPECT_EQ(part->unwrapped->size(), text.size());
        }
      }
      for (const LayoutProblem& problem : file.problems) expect_inside(problem.range, text);
      ASSERT_FALSE(HasFailure()) << text;
    }
  }
}

TEST(Robustness, ChangelogsOfAnyText) {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = "--liquibase formatted sql\n" + random_text(random);
    const Changelog log = read_changelog(text, "a.sql");
    for (const ChangelogItem& item : log.items) {
      ASSERT_NE(item.changeset.has_value(), item.include.has_value());
      if (!item.changeset) continue;
      expect_inside(item.changeset->up, text);
      if (item.changeset->down) expect_inside(*item.changeset->down, text);
      expect_inside(item.changeset->transaction_directive, text);
    }
    for (const auto& unwrapped : {log.rollbacks, log.script}) {
      if (unwrapped) {
        EXPECT_EQ(unwrapped->size(), text.size());
      }
    }
    for (const LayoutProblem& problem : log.problems) expect_inside(problem.range, text);
    ASSERT_FALSE(HasFailure()) << text;
  }
}

TEST(Robustness, ConfigurationsOfAnyText) {
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = random_text(random);
    const ConfigReading reading = read_config(text, "/p/belay.toml", {});
    for (const ConfigProblem& problem : reading.problems) {
      expect_inside(problem.range, text);
      EXPECT_FALSE(problem.message.empty());
    }
    ASSERT_FALSE(HasFailure()) << text;
  }
}

TEST(Robustness, NamesOfAnyKind) {
  const std::vector<std::string_view> pieces = {"1",
                                                "0042",
                                                "20240131120000",
                                                "99999999999999999999999",
                                                "_",
                                                "__",
                                                "-",
                                                ".",
                                                "..",
                                                "V",
                                                "U",
                                                "R",
                                                "B",
                                                "up",
                                                "down",
                                                ".up",
                                                ".down",
                                                ".sql",
                                                ".sql",
                                                ".go",
                                                ".fizz",
                                                "postgres",
                                                "sqlite3",
                                                "cockroach",
                                                "autocommit",
                                                "é",
                                                " ",
                                                "name",
                                                "rollback",
                                                ".conf"};
  std::mt19937 random(4);
  for (int round = 0; round < 400; ++round) {
    MemoryFiles files = {};
    for (int i = 0; i < 12; ++i) {
      std::string name;
      for (size_t n = 1 + random() % 6; n > 0; --n) name += pieces[random() % pieces.size()];
      files.write("/p/migrations/" + name, "-- +goose Up\nSELECT 1;\n");
      if (random() % 4 == 0) files.write("/p/migrations/" + name + "d/up.sql", "A;");
    }
    for (const Layout layout : all_layouts()) {
      Overrides overrides;
      overrides.layout = layout;
      ASSERT_TRUE(discover(files, "/p", {}, overrides).ok());
      Config config;
      config.path = "/p/belay.toml";
      config.migrations = {"migrations"};
      config.layout = layout;
      ASSERT_TRUE(discover(files, "/p", config, {}).ok());
    }
    ASSERT_TRUE(discover(files, "/p", {}, {}).ok());
  }
}

}  // namespace
}  // namespace belay::project
