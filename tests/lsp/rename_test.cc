// Renaming what a migration that is not applied yet makes.
#include "lsp/features/rename.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "lsp/projects.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::lsp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Files = std::map<std::string, std::string>;

/// A history whose files are all open.
class RenameTest : public ::testing::Test {
 protected:
  void open(const Files& files, const std::string& dialect = "postgresql") {
    disk_.write("/p/belay.toml", "dialect = \"" + dialect + "\"\n");
    for (const auto& [name, text] : files) disk_.write(path(name), text);
    projects_ = std::make_unique<Projects>(disk_, log_);
    for (const auto& [name, text] : files) {
      OpenDocument document;
      document.uri = uri_of_path(path(name));
      document.version = 3;
      document.revision = document.opened = ++revision_;
      document.text = Document(text);
      projects_->open_or_change(document);
      texts_[name] = document.text;
    }
  }
  static std::string path(const std::string& name) { return "/p/migrations/" + name; }

  /// The files after the rename that change, or the refusal.
  Files renamed(const std::string& name, const std::string& word, const std::string& to) {
    const auto analyzed = projects_->find(path(name));
    const FeatureInput input = {*analyzed, projects_->open_files(), ColumnUnit::kUtf16};
    const Document& text = texts_.at(name);
    const auto at = static_cast<uint32_t>(text.text().find(word));
    const Position position = text.position_at(at, ColumnUnit::kUtf16);
    const auto edit = rename(input, position, to, sessions_);
    if (!edit) return {{"refused", edit.error().message}};
    Files out;
    for (const TextDocumentEdit& document : edit->documents) {
      EXPECT_EQ(document.version, 3);
      const std::string file = document.uri.substr(document.uri.rfind('/') + 1);
      std::vector<TextEdit> edits;
      for (const auto& [range, written] : document.edits) {
        edits.push_back(
            {texts_.at(file).lines().range_of(texts_.at(file).text(), range, ColumnUnit::kUtf16),
             written});
      }
      out[file] = apply_edits(texts_.at(file).text(), edits);
    }
    return out;
  }
  std::string refusal(const std::string& name, const std::string& word, const std::string& to) {
    const Files out = renamed(name, word, to);
    return out.contains("refused") ? out.at("refused") : "done";
  }

  void know_applied(const std::vector<std::string>& versions) {
    KnownLedger ledger;
    for (const std::string& version : versions) ledger[version] = {};
    SessionView& view = sessions_["/p/migrations"];
    view.ledger = std::make_shared<const KnownLedger>(std::move(ledger));
    view.ledger_known = true;
  }

  project::MemoryFiles disk_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  std::unique_ptr<Projects> projects_;
  std::map<std::string, Document> texts_;
  uint64_t revision_ = 0;
  SessionViews sessions_;
};

const Files kShop = {
    {"1_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, mail text);\n"},
    {"1_users.down.sql", "DROP TABLE users;\n"},
    {"2_orders.up.sql",
     "CREATE TABLE orders (id bigint, user_id bigint REFERENCES users (id));\n"
     "CREATE INDEX by_user ON orders (user_id);\n"
     "UPDATE orders SET user_id = 1 WHERE orders.user_id IS NULL;\n"},
    {"2_orders.down.sql", "DROP INDEX by_user;\nDROP TABLE orders;\n"},
    {"3_later.up.sql", "ALTER TABLE orders ADD COLUMN note text;\n"},
    {"3_later.down.sql", "ALTER TABLE orders DROP COLUMN note;\n"},
};

TEST_F(RenameTest, ATableIsRenamedInUpDownAndLaterMigrations) {
  open(kShop);
  EXPECT_THAT(renamed("2_orders.up.sql", "orders", "purchases"),
              UnorderedElementsAre(
                  Pair("2_orders.up.sql",
                       "CREATE TABLE purchases (id bigint, user_id bigint REFERENCES users (id));\n"
                       "CREATE INDEX by_user ON purchases (user_id);\n"
                       "UPDATE purchases SET user_id = 1 WHERE purchases.user_id IS NULL;\n"),
                  Pair("2_orders.down.sql", "DROP INDEX by_user;\nDROP TABLE purchases;\n"),
                  Pair("3_later.up.sql", "ALTER TABLE purchases ADD COLUMN note text;\n"),
                  Pair("3_later.down.sql", "ALTER TABLE purchases DROP COLUMN note;\n")));
}

TEST_F(RenameTest, ANameIsQuotedWhereItNeedsIt) {
  open(kShop);
  EXPECT_THAT(
      renamed("3_later.up.sql", "note", "Note"),
      UnorderedElementsAre(Pair("3_later.up.sql", "ALTER TABLE orders ADD COLUMN \"Note\" text;\n"),
                           Pair("3_later.down.sql", "ALTER TABLE orders DROP COLUMN \"Note\";\n")));
  EXPECT_THAT(
      renamed("2_orders.up.sql", "by_user", "user"),
      UnorderedElementsAre(Pair("2_orders.up.sql", HasSubstr("CREATE INDEX \"user\" ON orders")),
                           Pair("2_orders.down.sql", HasSubstr("DROP INDEX \"user\";"))));
}

TEST_F(RenameTest, WhatIsAppliedKeepsItsName) {
  open(kShop);
  know_applied({"1"});
  EXPECT_THAT(refusal("1_users.up.sql", "mail", "email"), HasSubstr("which is applied"));
  EXPECT_EQ(refusal("2_orders.up.sql", "by_user", "of_user"), "done");
}

TEST_F(RenameTest, WhereNothingIsKnownOnlyTheOpenMigrationsNamesAreChanged) {
  open(kShop);
  EXPECT_THAT(refusal("2_orders.up.sql", "users", "people"),
              HasSubstr("it is not known whether that is applied"));
  sessions_["/p/migrations"] = {};  // a session, but no look at the ledger
  EXPECT_NE(refusal("2_orders.up.sql", "users", "people"), "done");
  know_applied({});
  EXPECT_EQ(refusal("2_orders.up.sql", "users", "people"), "done");
}

TEST_F(RenameTest, ATakenOrOddNameIsRefused) {
  open(kShop);
  EXPECT_THAT(refusal("2_orders.up.sql", "orders", "users"), HasSubstr("is taken"));
  EXPECT_THAT(refusal("2_orders.up.sql", "user_id", "note"), HasSubstr("is taken"));
  EXPECT_THAT(refusal("2_orders.up.sql", "orders", ""), HasSubstr("a name has to"));
  EXPECT_THAT(refusal("2_orders.up.sql", "orders", "a.b"), HasSubstr("no quotes, points"));
  EXPECT_THAT(refusal("2_orders.up.sql", "orders", std::string(64, 'a')), HasSubstr("63 bytes"));
}

TEST_F(RenameTest, WhatMayNameItWithoutBeingKnownStandsInTheWay) {
  const auto with = [&](const std::string& statement) {
    Files files = kShop;
    files["3_later.up.sql"] += statement;
    texts_.clear();
    open(files);
    return refusal("2_orders.up.sql", "user_id bigint", "buyer");
  };
  const std::string where = "3_later.up.sql:2 may mean the same";
  EXPECT_THAT(with("DO $$ BEGIN EXECUTE 'UPDATE orders SET user_id = 1'; END $$;\n"),
              HasSubstr("may mean the same"));
  EXPECT_THAT(with("SELECT user_id FROM orders a, unknown_table b;\n"), HasSubstr(where));
  EXPECT_THAT(with("SELECT nothing to read user_id FROM;\n"), HasSubstr(where));
  EXPECT_EQ(with("COMMENT ON TABLE orders IS 'the user_id is the buyer';\n"), "done");
  EXPECT_EQ(with("CREATE TABLE other (user_id bigint);\n"), "done");
}

TEST_F(RenameTest, AViewsColumnOfThatNameStandsInTheWay) {
  Files files = kShop;
  files["3_later.up.sql"] +=
      "CREATE VIEW v AS SELECT user_id FROM orders;\nSELECT user_id FROM v;\n";
  open(files);
  EXPECT_THAT(refusal("2_orders.up.sql", "user_id bigint", "buyer"),
              HasSubstr("3_later.up.sql:3 may mean the same"));
}

TEST_F(RenameTest, ANameThatTheEngineMakesOfItStandsInTheWay) {
  Files files = kShop;
  files["3_later.up.sql"] += "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;\n";
  open(files);
  EXPECT_THAT(refusal("2_orders.up.sql", "orders", "purchases"),
              HasSubstr("with the new name the statement at 3_later.up.sql:2 fails"));
}

TEST_F(RenameTest, AMarkForBatchesNamesTheTable) {
  Files files = kShop;
  files["3_later.up.sql"] +=
      "-- belay:batch table=orders key=id\n"
      "UPDATE orders SET note = '' WHERE id BETWEEN $1 AND $2;\n";
  open(files);
  EXPECT_THAT(renamed("2_orders.up.sql", "orders", "purchases").at("3_later.up.sql"),
              HasSubstr("-- belay:batch table=purchases key=id\nUPDATE purchases SET"));
}

TEST_F(RenameTest, ARebuiltTableOfSqliteKeepsItsColumnsTogether) {
  open({{"1_a.up.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, mail TEXT);\n"},
        {"1_a.down.sql", "DROP TABLE t;\n"},
        {"2_b.up.sql",
         "CREATE TABLE new_t (id INTEGER PRIMARY KEY, mail TEXT NOT NULL);\n"
         "INSERT INTO new_t (id, mail) SELECT id, mail FROM t;\n"
         "DROP TABLE t;\nALTER TABLE new_t RENAME TO t;\n"}},
       "sqlite");
  EXPECT_THAT(renamed("1_a.up.sql", "mail", "email").at("2_b.up.sql"),
              HasSubstr("INSERT INTO new_t (id, email) SELECT id, email FROM t;"));
}

}  // namespace
}  // namespace belay::lsp
