// Tables and columns through a history by their names: definition, references, highlights, symbols.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/file_system.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;

/// A table that is renamed, and what is said of it before and after.
const Files kHistory = {
    {"0001_start.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, phone text);\n"},
    {"0001_start.down.sql", "DROP TABLE users;\n"},
    {"0002_orders.up.sql",
     "CREATE TABLE orders (id bigint, user_id bigint REFERENCES users (id));\n"
     "CREATE INDEX orders_user ON orders (user_id);\n"},
    {"0002_orders.down.sql", "DROP TABLE orders;\n"},
    {"0003_people.up.sql",
     "ALTER TABLE users RENAME TO people;\n"
     "ALTER TABLE people RENAME COLUMN phone TO telephone;\n"},
    {"0003_people.down.sql",
     "ALTER TABLE people RENAME COLUMN telephone TO phone;\n"
     "ALTER TABLE people RENAME TO users;\n"},
    {"0004_use.up.sql",
     "UPDATE people p SET telephone = '' FROM orders AS o WHERE o.user_id = p.id;\n"
     "WITH newest AS (SELECT user_id FROM orders) SELECT user_id FROM newest;\n"},
};

class NamesTest : public ::testing::Test {
 protected:
  NamesTest() : NamesTest("postgresql", kHistory) {}
  NamesTest(const std::string& dialect, const Files& history)
      : history_(history), wire_(disk_), client_(wire_) {
    folder_.write("belay.toml", "dialect = \"" + dialect + "\"\n");
    for (const auto& [name, text] : history_) folder_.write("migrations/" + name, text);
    client_.initialize_in(folder_.root());
    for (const auto& [name, text] : history_) client_.open(uri(name), text);
  }

  std::string uri(const std::string& name) const { return folder_.uri("migrations/" + name); }

  /// Parameters that point at the `nth` place of a word in a file, from 0.
  Json at(const std::string& name, const std::string& word, int nth = 0) const {
    const std::string& text = history_.at(name);
    size_t place = text.find(word);
    while (nth-- > 0) place = text.find(word, place + 1);
    const auto line = static_cast<uint32_t>(std::count(text.begin(), text.begin() + place, '\n'));
    const size_t begin = place == 0 ? 0 : text.rfind('\n', place - 1) + 1;
    return {{"textDocument", {{"uri", uri(name)}}},
            {"position", position(line, static_cast<uint32_t>(place - begin))}};
  }

  /// `0001_start.up:1 users`, as the places of a file's text are read.
  std::string shown(const std::string& name, const Json& range) const {
    std::string text = history_.at(name);
    const auto line = range["start"]["line"].get<size_t>();
    for (size_t i = 0; i < line; ++i) text.erase(0, text.find('\n') + 1);
    const auto from = range["start"]["character"].get<size_t>();
    const auto to = range["end"]["character"].get<size_t>();
    return name.substr(0, name.rfind('.')) + ":" + std::to_string(line + 1) + " " +
           text.substr(from, to - from);
  }
  std::vector<std::string> places(const Json& locations) const {
    std::vector<std::string> out;
    for (const Json& location : locations) {
      const std::string whole = location["uri"].get<std::string>();
      out.push_back(shown(whole.substr(whole.rfind('/') + 1), location["range"]));
    }
    return out;
  }
  std::vector<std::string> definition(const Json& params) {
    return places(client_.result("textDocument/definition", params));
  }
  std::vector<std::string> references(Json params, bool with_declaration = true) {
    params["context"] = {{"includeDeclaration", with_declaration}};
    return places(client_.result("textDocument/references", params));
  }

  const Files& history_;
  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
};

TEST_F(NamesTest, ATableIsDefinedWhereItWasMadeWhateverItIsCalled) {
  EXPECT_THAT(definition(at("0002_orders.up.sql", "users")), ElementsAre("0001_start.up:1 users"));
  EXPECT_THAT(definition(at("0004_use.up.sql", "people")), ElementsAre("0001_start.up:1 users"));
  EXPECT_THAT(definition(at("0001_start.down.sql", "users")), ElementsAre("0001_start.up:1 users"));
  EXPECT_THAT(definition(at("0003_people.down.sql", "users")),
              ElementsAre("0001_start.up:1 users"));
}

TEST_F(NamesTest, AColumnOfAQueryBelongsToTheTableThatHasIt) {
  EXPECT_THAT(definition(at("0004_use.up.sql", "telephone")), ElementsAre("0001_start.up:1 phone"));
  EXPECT_THAT(definition(at("0004_use.up.sql", "user_id")),
              ElementsAre("0002_orders.up:1 user_id"));
  EXPECT_THAT(definition(at("0004_use.up.sql", "id", 1)), ElementsAre("0001_start.up:1 id"));
}

TEST_F(NamesTest, WhatAWithMakesIsNoTable) {
  EXPECT_THAT(definition(at("0004_use.up.sql", "newest", 1)), IsEmpty());
}

TEST_F(NamesTest, ReferencesGoThroughRenamesAndDowns) {
  EXPECT_THAT(references(at("0001_start.up.sql", "phone")),
              ElementsAre("0001_start.up:1 phone", "0003_people.up:2 phone",
                          "0003_people.up:2 telephone", "0003_people.down:1 telephone",
                          "0003_people.down:1 phone", "0004_use.up:1 telephone"));
  EXPECT_THAT(references(at("0002_orders.up.sql", "orders_user")),
              ElementsAre("0002_orders.up:2 orders_user"));
  EXPECT_THAT(references(at("0002_orders.up.sql", "orders"), false),
              ElementsAre("0002_orders.up:2 orders", "0002_orders.down:1 orders",
                          "0004_use.up:1 orders", "0004_use.up:2 orders"));
}

/// A table of SQLite that is made anew under its name, and one that is another table of that name.
const Files kRebuilds = {
    {"0001_start.up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);\n"},
    {"0002_rebuild.up.sql",
     "CREATE TABLE new_users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL);\n"
     "INSERT INTO new_users SELECT id, mail FROM users;\n"
     "DROP TABLE users;\n"
     "ALTER TABLE new_users RENAME TO users;\n"},
    {"0003_index.up.sql", "CREATE INDEX users_mail ON users (mail);\n"},
    {"0004_drop.up.sql", "DROP TABLE users;\n"},
    {"0005_again.up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n"},
};

class RebuildsTest : public NamesTest {
 protected:
  RebuildsTest() : NamesTest("sqlite", kRebuilds) {}
};

TEST_F(RebuildsTest, ARebuiltTableStaysTheSame) {
  EXPECT_THAT(definition(at("0003_index.up.sql", "users (mail)")),
              ElementsAre("0001_start.up:1 users"));
  EXPECT_THAT(references(at("0001_start.up.sql", "mail")),
              ElementsAre("0001_start.up:1 mail", "0002_rebuild.up:1 mail",
                          "0002_rebuild.up:2 mail", "0003_index.up:1 mail"));
}

TEST_F(RebuildsTest, WhatIsMadeAgainLaterIsAnother) {
  EXPECT_THAT(definition(at("0005_again.up.sql", "users")), ElementsAre("0005_again.up:1 users"));
  EXPECT_THAT(references(at("0005_again.up.sql", "users")), ElementsAre("0005_again.up:1 users"));
}

TEST_F(NamesTest, HighlightsStayInTheDocument) {
  std::vector<std::string> shown_there;
  for (const Json& one :
       client_.result("textDocument/documentHighlight", at("0003_people.up.sql", "people"))) {
    shown_there.push_back(shown("0003_people.up.sql", one["range"]) + " " +
                          std::to_string(one["kind"].get<int>()));
  }
  EXPECT_THAT(shown_there, ElementsAre("0003_people.up:1 users 3", "0003_people.up:1 people 3",
                                       "0003_people.up:2 people 2"));
}

TEST_F(NamesTest, HoverTellsWhatATableIsBehindItsMigration) {
  const auto told = [&](const Json& params) {
    const std::string all = client_.result("textDocument/hover", params)["contents"]["value"];
    return all.substr(0, all.find("\n\n---"));
  };
  EXPECT_EQ(told(at("0003_people.up.sql", "users")), R"(```sql
people (
  id int8 NOT NULL,
  telephone text,
  PRIMARY KEY (id)
)
```

Named in 0001\_start, 0002\_orders, 0003\_people, 0004\_use)");
  EXPECT_EQ(told(at("0004_use.up.sql", "telephone")), R"(```sql
people.telephone text
```

Named in 0001\_start, 0003\_people, 0004\_use)");
  EXPECT_EQ(told(at("0002_orders.down.sql", "orders")), R"(```sql
orders (
  id int8,
  user_id int8,
  FOREIGN KEY (user_id) REFERENCES users (id)
)
-- index orders_user (user_id)
```

Named in 0002\_orders, 0004\_use)");
}

TEST_F(NamesTest, SymbolsAreWhatAScriptMakes) {
  std::vector<std::string> made;
  for (const Json& one : client_.result("textDocument/documentSymbol",
                                        {{"textDocument", {{"uri", uri("0002_orders.up.sql")}}}})) {
    std::string text = one["name"].get<std::string>();
    for (const Json& child : one.value("children", Json::array())) {
      text += " " + child["name"].get<std::string>();
    }
    made.push_back(text);
  }
  EXPECT_THAT(made, ElementsAre("orders id user_id", "orders_user"));
}

}  // namespace
}  // namespace belay::lsp::testing
