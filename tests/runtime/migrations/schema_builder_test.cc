// The schema builder on SQLite: what it makes is compared with what SQL written by hand makes, and
// what it changes with the content of before, where only the piece that is meant may differ.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <sstream>

#include <belay/migrations.h>
#include <belay/schema.h>

#include "tests/runtime/session/session_fixture.h"
#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Work = std::function<void(Schema&)>;

/// `text` with `from`, which must stand in it once, replaced.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << "\nin\n" << text;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

/// Without the lines that hold `part`.
std::string without_lines(const std::string& text, const std::string& part) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) == std::string::npos) out += line + "\n";
  }
  return out;
}

/// Each in the transaction that a migration gets, with foreign keys on and off.
class SqliteSchema : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override { make_shop(database_); }

  std::unique_ptr<runtime::Connection> connect() const {
    runtime::DatabaseUrl url;
    url.database = database_;
    auto connection = runtime::connect(url, {});
    EXPECT_TRUE(connection.ok()) << connection.error().to_string();
    const char* pragma = GetParam() ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF";
    EXPECT_TRUE((*connection)->execute(pragma).ok());
    return *std::move(connection);
  }

  void attempt(const Work& work) const {
    const auto connection = connect();
    ASSERT_EQ(connection->query("PRAGMA foreign_keys")->number(), GetParam() ? 1 : 0);
    ASSERT_TRUE(connection->begin().ok());
    Database db(*connection);
    Schema schema(db);
    work(schema);
    const auto committed = connection->commit();
    ASSERT_TRUE(committed.ok()) << committed.error().to_string();
  }
  void must(const Work& work) const {
    try {
      attempt(work);
    } catch (const MigrationError& error) {
      ADD_FAILURE() << error.error().to_string() << "\n" << error.error().hint;
    }
    EXPECT_EQ(query_text(database_, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(query_text(database_, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
  }
  /// It throws and leaves everything as it was, even where the transaction is committed.
  Error must_refuse(const Work& work) const {
    const std::string before = dump(database_);
    const auto connection = connect();
    EXPECT_TRUE(connection->begin().ok());
    Database db(*connection);
    Error error;
    try {
      Schema schema(db);
      work(schema);
      ADD_FAILURE() << "it was not refused";
    } catch (const MigrationError& thrown) {
      error = thrown.error();
    }
    EXPECT_TRUE(connection->commit().ok());
    EXPECT_TRUE(same_content(dump(database_), before));
    return error;
  }
  void must_alter(const std::string& table, const std::function<void(TableChange&)>& change) const {
    must([&](Schema& schema) { schema.alter_table(table, change); });
  }
  Error must_not_alter(const std::string& table,
                       const std::function<void(TableChange&)>& change) const {
    return must_refuse([&](Schema& schema) { schema.alter_table(table, change); });
  }
  void sql(const std::string& text) const { run_sql(database_, text); }
  std::string value(const std::string& text) const { return query_text(database_, text); }
  std::string content() const { return dump(database_); }
  void make_shop_again() const {
    std::filesystem::remove(database_);
    make_shop(database_);
  }
  /// The file as it was when these bytes were read.
  void restore(const std::string& bytes) const { write_bytes(database_, bytes); }
  std::string bytes() const { return read_bytes(database_); }

  TemporaryDirectory directory_;
  std::string database_ = directory_.file("shop.db");
};

INSTANTIATE_TEST_SUITE_P(ForeignKeys, SqliteSchema, ::testing::Bool(),
                         [](const auto& it) { return it.param ? "on" : "off"; });

// ---- New tables

TEST_P(SqliteSchema, MakesTheTableThatOneWouldWrite) {
  must([](Schema& schema) {
    schema.create_table("plans", [](Table& t) { t.id(); });
    schema.create_table("users", [](Table& t) {
      t.id();
      t.string("email", 100).not_null().unique().collate("nocase");
      t.small_integer("age");
      t.integer("visits").not_null().default_to(0).check("visits >= 0");
      t.big_integer("plan_id").references("plans", "id").on_delete(OnDelete::kCascade);
      t.boolean("active").not_null().default_to(true);
      t.real("ratio").default_to(1.0);
      t.double_precision("weight").default_to(-2.5);
      t.decimal("price", 10, 2);
      t.text("note").default_to("it's");
      t.blob("photo").default_to(runtime::Blob{std::string("\0\xff", 2)});
      t.date("born").default_expression("CURRENT_DATE");
      t.time("at");
      t.timestamp("seen");
      t.timestamp_with_zone("told").default_to(nullptr);
      t.uuid("token").default_expression("hex(randomblob(16))");
      t.json("settings").comment("SQLite has no comments");
      t.enumeration("mood", {"sad", "it's fine"});
      t.text("shout").generated_as("upper(note)", Generated::kVirtual);
      t.integer("order");
      t.integer("Odd \"name\"");
      t.timestamps();
      t.unique({"age", "visits"}).named("age_and_visits");
      t.check("age > 0");
      t.foreign_key({"plan_id"}).references("plans").on_update(OnUpdate::kSetNull).deferred();
      t.index("visits");
      t.index({"age", "visits"}, {.name = "young", .unique = true, .where = "age < 18"});
      t.index({"lower(email)", "age DESC"}, {.name = "by_mail", .expressions = true});
      t.comment("who uses it");
    });
    schema.create_table("pairs", [](Table& t) {
      t.integer("a");
      t.integer("b");
      t.primary_key({"a", "b"});
    });
  });
  const std::string made = content();
  make_shop_again();
  sql(R"(
CREATE TABLE plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email VARCHAR(100) COLLATE nocase NOT NULL UNIQUE,
  age INTEGER,
  visits INTEGER NOT NULL DEFAULT 0 CHECK (visits >= 0),
  plan_id INTEGER REFERENCES plans (id) ON DELETE CASCADE,
  active BOOLEAN NOT NULL DEFAULT 1,
  ratio REAL DEFAULT 1.0,
  weight REAL DEFAULT -2.5,
  price DECIMAL(10, 2),
  note TEXT DEFAULT 'it''s',
  photo BLOB DEFAULT X'00ff',
  born TEXT DEFAULT CURRENT_DATE,
  at TEXT,
  seen TEXT,
  told TEXT DEFAULT NULL,
  token TEXT DEFAULT (hex(randomblob(16))),
  settings TEXT,
  mood TEXT CHECK (mood IN ('sad', 'it''s fine')),
  shout TEXT GENERATED ALWAYS AS (upper(note)) VIRTUAL,
  "order" INTEGER,
  "Odd ""name""" INTEGER,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT age_and_visits UNIQUE (age, visits),
  CHECK (age > 0),
  FOREIGN KEY (plan_id) REFERENCES plans ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX users_visits_idx ON users (visits);
CREATE UNIQUE INDEX young ON users (age, visits) WHERE age < 18;
CREATE INDEX by_mail ON users (lower(email), age DESC);
CREATE TABLE pairs (
  a INTEGER,
  b INTEGER,
  PRIMARY KEY (a, b));)");
  EXPECT_TRUE(same_content(made, content()));
}

TEST_P(SqliteSchema, TellsWhatIsThere) {
  must([](Schema& schema) {
    EXPECT_TRUE(schema.has_table("Orders"));
    EXPECT_FALSE(schema.has_table("big_orders")) << "a view is none";
    EXPECT_TRUE(schema.has_column("customers", "shout"));
    EXPECT_FALSE(schema.has_column("customers", "nothing"));
    EXPECT_FALSE(schema.has_column("nothing", "email"));
    EXPECT_TRUE(schema.has_index("orders", "orders_by_customer"));
    EXPECT_FALSE(schema.has_index("customers", "orders_by_customer"));
    schema.rename_table("log", "diary");
    EXPECT_FALSE(schema.has_table("log"));
    schema.drop_table_if_exists("log");
    schema.drop_table_if_exists("settings");
    EXPECT_FALSE(schema.has_table("settings"));
    schema.drop_index("orders_by_customer");
    schema.drop_index("orders_by_customer", {.if_exists = true});
  });
  EXPECT_THAT(value("SELECT sql FROM sqlite_schema WHERE type = 'trigger'"),
              HasSubstr("INSERT INTO \"diary\""));
}

/// No name gets out of its quotes.
TEST_P(SqliteSchema, NamesAndTextsStayWhatTheyAre) {
  const std::string nasty = "a\"; DROP TABLE log; --";
  must([&](Schema& schema) {
    schema.create_table(nasty, [&](Table& t) {
      t.text(nasty).default_to("'; DROP TABLE log; --");
      t.enumeration("kind", {"'); DROP TABLE log; --"});
      t.unique({nasty}).named(nasty);
      t.index({nasty}, {.name = nasty + "_idx"});
    });
    schema.alter_table(nasty, [&](TableChange& t) {
      t.integer(nasty + "2");
      t.change_column(nasty).not_null();
      t.rename_column(nasty, nasty + "3");
      t.drop_constraint(nasty);
    });
    EXPECT_TRUE(schema.has_column(nasty, nasty + "3"));
    EXPECT_TRUE(schema.has_index(nasty, nasty + "_idx"));
  });
  EXPECT_EQ(value("SELECT count(*) FROM log"), "49");
  EXPECT_THAT(must_refuse([](Schema& schema) { schema.rename_table("log", ""); }).message,
              HasSubstr("a name is empty"));
  EXPECT_THAT(must_refuse([](Schema& schema) {
                schema.rename_table("log", std::string_view("a\0b", 3));
              }).message,
              HasSubstr("NUL byte"));
}

// ---- Indexes

TEST_P(SqliteSchema, AnIndexThatIsThereIsCompared) {
  const IndexOptions same = {.name = "orders_by_customer", .if_not_exists = true};
  IndexOptions expressions = same;
  expressions.expressions = true;
  const std::string before = content();
  must([&](Schema& schema) {
    schema.create_index("orders", {"Customer_id", "\"total\"  desc"}, expressions);
  });
  EXPECT_TRUE(same_content(content(), before));
  const auto refused = [&](const std::string& table, const Names& columns, IndexOptions options) {
    return must_refuse([&](Schema& s) { s.create_index(table, columns, options); }).message;
  };
  EXPECT_THAT(refused("orders", {"customer_id", "total"}, same),
              HasSubstr("there is another index `orders_by_customer`: CREATE INDEX"));
  EXPECT_THAT(refused("customers", "name", same), HasSubstr("another index"));
  IndexOptions unique = expressions;
  unique.unique = true;
  EXPECT_THAT(refused("orders", {"customer_id", "total DESC"}, unique), HasSubstr("another index"));
  IndexOptions some = expressions;
  some.where = "total > 1";
  EXPECT_THAT(refused("orders", {"customer_id", "total DESC"}, some), HasSubstr("another index"));
  EXPECT_THAT(refused("orders", "lower(receipt)", {.expressions = true}), HasSubstr("has no name"));
}

// ---- Changes that SQLite's own ALTER TABLE does

TEST_P(SqliteSchema, LeavesToSqliteWhatItDoes) {
  must_alter("orders", [](TableChange& t) {
    t.integer("pieces").not_null().default_to(1).check("pieces > 0");
    t.rename_column("total", "amount");
    t.index("pieces");
    t.drop_column("receipt");
    t.drop_index("orders_by_customer");
  });
  const std::string made = content();
  make_shop_again();
  sql("ALTER TABLE orders ADD COLUMN pieces INTEGER NOT NULL DEFAULT 1 CHECK (pieces > 0);"
      "ALTER TABLE orders RENAME COLUMN total TO amount;"
      "CREATE INDEX orders_pieces_idx ON orders (pieces);"
      "ALTER TABLE orders DROP COLUMN receipt; DROP INDEX orders_by_customer");
  EXPECT_TRUE(same_content(made, content()));
}

// ---- Rebuilds

/// Customers are the parents of orders, with ON DELETE CASCADE, have a key that counts up, a
/// generated column, a collation and a unique key; a gap lies behind their last row.
TEST_P(SqliteSchema, ARebuildChangesOnePieceAndNothingElse) {
  sql("INSERT INTO customers (id, email) VALUES (90, 'gone'); DELETE FROM customers WHERE id = 90;"
      "CREATE INDEX by_name ON customers (lower(name)) WHERE name IS NOT NULL;"
      "CREATE TRIGGER renamed AFTER UPDATE OF name ON customers BEGIN"
      "  INSERT INTO log VALUES (old.name || new.name); END;"
      "CREATE VIEW names AS SELECT shout FROM customers;"
      "ANALYZE");
  const std::string column = "email TEXT NOT NULL UNIQUE COLLATE NOCASE";
  const std::string last = "shout TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL";
  struct Change {
    std::function<void(TableChange&)> change;
    std::string from;
    std::string to;
  };
  const std::vector<Change> changes = {
      {[](TableChange& t) { t.change_column("email").type(type::string(99)); }, "email TEXT",
       "email VARCHAR(99)"},
      {[](TableChange& t) { t.change_column("email").nullable(); }, "TEXT NOT NULL", "TEXT"},
      {[](TableChange& t) { t.change_column("email").default_to("?"); }, column,
       column + " DEFAULT '?'"},
      {[](TableChange& t) { t.drop_unique("email"); }, "NOT NULL UNIQUE", "NOT NULL"},
      {[](TableChange& t) { t.check("id > 0").named("positive"); }, last,
       last + ", CONSTRAINT positive CHECK (id > 0)"},
      {[](TableChange& t) {
         t.unique({"name", "email"});
       },
       last, last + ", UNIQUE (name, email)"},
      {[](TableChange& t) { t.foreign_key("id").references("customers", "id"); }, last,
       last + ", FOREIGN KEY (id) REFERENCES customers (id)"},
  };
  const std::string start = bytes();
  const std::string before = content();
  const std::string own = "sqlite_autoindex_customers";  // comes and goes with a unique key
  for (const Change& change : changes) {
    must_alter("CUSTOMERS", change.change);
    EXPECT_TRUE(same_content(without_lines(content(), own),
                             without_lines(replaced(before, change.from, change.to), own)))
        << change.to;
    EXPECT_EQ(value("SELECT count(*) FROM orders"), "60") << "no child is deleted";
    EXPECT_EQ(value("SELECT seq FROM sqlite_sequence WHERE name = 'customers'"), "90");
    EXPECT_THAT(value("SELECT group_concat(idx) FROM sqlite_stat1 WHERE tbl = 'customers'"),
                HasSubstr("by_name"));
    restore(start);
  }
}

/// The children themselves: their foreign key, an index of two columns, a trigger, a view, and
/// rowids with gaps in a table that has no key.
TEST_P(SqliteSchema, KeysComeAndGo) {
  const std::string before = content();
  must_alter("orders", [](TableChange& t) { t.drop_foreign_key("customer_id"); });
  EXPECT_TRUE(same_content(content(),
                           replaced(before, " REFERENCES customers (id) ON DELETE CASCADE", "")));
  must_alter("orders", [](TableChange& t) {
    t.foreign_key("customer_id").references("customers", "id").on_delete(OnDelete::kSetNull);
    t.drop_check("total  >= 0");
    t.change_column("customer_id").nullable();
  });
  EXPECT_THAT(value("SELECT sql FROM sqlite_schema WHERE name = 'orders'"),
              AllOf(HasSubstr("customer_id INTEGER,"), HasSubstr("total REAL,"),
                    HasSubstr("receipt BLOB, FOREIGN KEY (customer_id) REFERENCES customers (id) "
                              "ON DELETE SET NULL)")));
  must_alter("log", [](TableChange& t) { t.unique("message").named("once"); });
  EXPECT_EQ(value("SELECT max(rowid) || ' ' || count(*) FROM log"), "60 49");
  must_alter("log", [](TableChange& t) {
    t.drop_constraint("ONCE");
    t.primary_key("message");
  });
  EXPECT_EQ(value("SELECT max(rowid) || ' ' || count(*) FROM log"), "60 49");
  const auto count_up = [](TableChange& t) {
    t.drop_primary_key();
    t.id();
  };
  EXPECT_THAT(
      must_not_alter("log", count_up).message,
      HasSubstr("SQLite cannot use the trigger `order_added`: table log has 2 columns but 1"));
  sql("DROP TRIGGER order_added; CREATE TRIGGER order_added AFTER INSERT ON orders BEGIN"
      "  INSERT INTO log (message) VALUES ('order ' || new.id); END");
  must_alter("log", count_up);
  EXPECT_EQ(value("SELECT max(id) || ' ' || count(*) FROM log WHERE id = rowid"), "60 49");
  EXPECT_EQ(value("SELECT seq FROM sqlite_sequence WHERE name = 'log'"), "60");
  must_alter("log", [](TableChange& t) { t.drop_primary_key(); });
  EXPECT_EQ(value("SELECT sql FROM sqlite_schema WHERE name = 'log'"),
            "CREATE TABLE log (message TEXT, id INTEGER)");
  EXPECT_EQ(value("SELECT max(id) || ' ' || count(*) FROM log WHERE id = rowid"), "60 49");
  EXPECT_EQ(value("SELECT count(*) FROM sqlite_sequence WHERE name <> 'customers'"), "0");
  sql("INSERT INTO orders VALUES (61, 1, -5, NULL)");
  EXPECT_EQ(value("SELECT message FROM log WHERE rowid = 61"), "order 61") << "the trigger works";
}

TEST_P(SqliteSchema, ColumnsAreAddedWithWhatSqliteCannotAdd) {
  must_alter("orders", [](TableChange& t) {
    t.text("token").unique();
    t.timestamps();
    t.text("shout").generated_as("'#' || id");
    t.big_integer("friend").default_to(1).references("customers", "id");
    t.integer("later").default_to(7).for_new_rows_only();
  });
  EXPECT_EQ(value("SELECT count(*) FROM orders WHERE created_at LIKE '20__-__-__ %' AND shout = "
                  "'#' || id AND friend = 1 AND later IS NULL"),
            "60");
  sql("INSERT INTO orders (id, customer_id) VALUES (61, 1)");
  EXPECT_EQ(value("SELECT later FROM orders WHERE id = 61"), "7");
  EXPECT_THAT(must_not_alter("orders", [](TableChange& t) { t.text("must").not_null(); }).message,
              HasSubstr("the new column `must` may not be NULL and has no default"));
  sql("DELETE FROM orders");
  must_alter("orders", [](TableChange& t) { t.text("must").not_null(); });
}

TEST_P(SqliteSchema, ValuesFollowTheirType) {
  must_alter("orders", [](TableChange& t) {
    t.change_column("total").type(type::text()).using_expression("'EUR ' || total");
    t.drop_check("total >= 0");
    t.change_column("receipt").type(type::one_of({"x"})).using_expression("'x'");
    t.change_column("receipt").not_null().default_to("x");
  });
  EXPECT_EQ(value("SELECT total FROM orders WHERE id = 2"), "EUR 7.0");
  EXPECT_THAT(value("SELECT sql FROM sqlite_schema WHERE name = 'orders'"),
              HasSubstr("receipt TEXT CHECK (receipt IN ('x')) NOT NULL DEFAULT 'x'"));
  must_alter("orders", [](TableChange& t) {
    t.change_column("total").type(type::integer()).using_expression("substr(total, 5)");
  });
  EXPECT_EQ(value("SELECT typeof(total) || total FROM orders WHERE id = 2"), "integer7");
}

TEST_P(SqliteSchema, TablesOfAllKindsKeepTheirKind) {
  sql(R"(CREATE TABLE "odd one" ( -- what it is for
      a INT, /* first */ b TEXT DEFAULT ('x,)' || '1') CHECK (b <> 'CHECK ('),
      rowid TEXT, "c d" INT AS (a + 1) STORED, e INT REFERENCES "odd one" (a) ON DELETE CASCADE,
      CONSTRAINT k PRIMARY KEY (b COLLATE nocase DESC, a) ON CONFLICT REPLACE
      UNIQUE (a) ON CONFLICT IGNORE CHECK (a > 0)) WITHOUT ROWID, STRICT)");
  sql(R"(CREATE TABLE oids (oid, _rowid_, rowid); CREATE TABLE shadowed (oid TEXT);
      INSERT INTO oids VALUES (1, 2, 3); INSERT INTO shadowed (_rowid_, oid) VALUES (17, 'a');
      INSERT INTO "odd one" (a, b, rowid, e) VALUES (1, 'x', 'r', NULL), (2, 'y', 's', 1))");
  const std::string before = content();
  must_alter("odd one", [](TableChange& t) { t.change_column("e").default_to(2); });
  EXPECT_TRUE(same_content(
      content(), replaced(before, "e INT REFERENCES \"odd one\" (a) ON DELETE CASCADE",
                          "e INT REFERENCES \"odd one\" (a) ON DELETE CASCADE DEFAULT 2")));
  for (const char* table : {"oids", "shadowed"}) {
    must_alter(table, [](TableChange& t) { t.text("more").unique(); });
  }
  EXPECT_EQ(value("SELECT oid || _rowid_ || rowid FROM oids"), "123");
  EXPECT_EQ(value("SELECT rowid || oid FROM shadowed"), "17a");
  must_alter("odd one", [](TableChange& t) {
    t.drop_foreign_key("e");
    t.drop_unique("a");
    t.drop_check("a>0");
    t.decimal("d", 5, 2);
  });
  EXPECT_THAT(value("SELECT sql FROM sqlite_schema WHERE name = 'odd one'"),
              AllOf(HasSubstr("-- what it is for"), HasSubstr("e INT DEFAULT 2, d REAL,"),
                    HasSubstr("ON CONFLICT REPLACE\n       ) WITHOUT ROWID, STRICT")));
}

TEST_P(SqliteSchema, ATableThatHasNeverCountedStillHasNot) {
  sql("CREATE TABLE fresh (id INTEGER PRIMARY KEY AUTOINCREMENT)");
  must_alter("fresh", [](TableChange& t) { t.check("id > 0"); });
  EXPECT_EQ(value("SELECT count(*) FROM sqlite_sequence WHERE name <> 'customers'"), "0");
}

TEST_P(SqliteSchema, CommentsSwallowNothing) {
  sql("CREATE TABLE c (a INT -- first\n  NOT NULL, -- second\n  b TEXT -- third\n"
      "  UNIQUE -- fourth\n, CHECK (a > 0) -- fifth\n)");
  must_alter("c", [](TableChange& t) {
    t.change_column("a").nullable();
    t.drop_unique("b");
    t.drop_check("a > 0");
    t.unique({"a", "b"});
    t.integer("d").unique();
    t.change_column("b").not_null();
  });
  EXPECT_EQ(value("SELECT sql FROM sqlite_schema WHERE name = 'c'"),
            "CREATE TABLE c (a INT -- first\n  , -- second\n  b TEXT NOT NULL, d INTEGER UNIQUE, "
            "UNIQUE (a, b) -- fifth\n)");
}

/// Others have the old definition in memory; they read it again.
TEST_P(SqliteSchema, OtherConnectionsSeeTheNewDefinition) {
  const auto other = connect();
  ASSERT_TRUE(other->execute("INSERT INTO settings VALUES ('a', 1)").ok());
  must_alter("settings", [](TableChange& t) { t.check("value <> 2"); });
  EXPECT_FALSE(other->execute("INSERT INTO settings VALUES ('b', 2)").ok());
  EXPECT_TRUE(other->execute("INSERT INTO settings VALUES ('c', 3)").ok());
}

/// A call is one transaction of its own where the migration runs outside of any.
TEST_P(SqliteSchema, WorksOutsideATransaction) {
  const auto connection = connect();
  Database db(*connection);
  Schema schema(db);
  schema.alter_table("customers", [](TableChange& t) { t.change_column("email").nullable(); });
  EXPECT_THROW(schema.alter_table("customers",
                                  [](TableChange& t) {
                                    t.drop_unique("email");
                                    t.check("id > 1");
                                  }),
               MigrationError);
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_THAT(value("SELECT sql FROM sqlite_schema WHERE name = 'customers'"),
              HasSubstr("email TEXT UNIQUE COLLATE NOCASE,"));
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "60");
}

// ---- What is in the way

TEST_P(SqliteSchema, WhatUsesAColumnIsNamed) {
  const auto message = [this](const std::string& table, const std::string& column) {
    return must_not_alter(table, [&](TableChange& t) { t.drop_column(column); }).message;
  };
  sql("CREATE VIEW quoted AS SELECT \"message\" AS m FROM log;"
      "CREATE TRIGGER touched AFTER UPDATE OF value ON settings BEGIN SELECT 1; END;"
      "CREATE INDEX part ON log (length('')) WHERE message > 'a'");
  EXPECT_THAT(message("orders", "customer_id"), HasSubstr("index `orders_by_customer`"));
  EXPECT_THAT(message("log", "message"), HasSubstr("the only column"));
  EXPECT_THAT(message("settings", "value"), HasSubstr("trigger `touched`"));
  EXPECT_THAT(message("settings", "key"), HasSubstr("`PRIMARY KEY`"));
  EXPECT_THAT(message("customers", "name"), HasSubstr("`shout` is generated from `name`"));
  EXPECT_THAT(message("customers", "id"), HasSubstr("the foreign key of `orders` (customer_id)"));
  EXPECT_THAT(message("orders", "nothing"),
              HasSubstr("has no column `nothing`; it has id, customer_id, total, receipt"));
  sql("ALTER TABLE log ADD COLUMN other; CREATE VIEW others AS SELECT other FROM log");
  EXPECT_THAT(message("log", "message"),
              AllOf(HasSubstr("index `part`"), HasSubstr("view `quoted`")));
  EXPECT_THAT(message("log", "other"), HasSubstr("error in view others"));
}

TEST_P(SqliteSchema, WhatUsesAColumnGoesWhereTheCallSaysSo) {
  sql("CREATE VIEW totals AS SELECT total FROM orders; CREATE VIEW more AS SELECT * FROM totals;"
      "CREATE TRIGGER raised AFTER UPDATE ON orders BEGIN"
      "  INSERT INTO log VALUES (old.total - new.total); END");
  must_alter("orders", [](TableChange& t) { t.drop_column("total", Dependents::kDrop); });
  EXPECT_EQ(value("SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE tbl_name = "
                  "'orders' OR type = 'view' ORDER BY name)"),
            "order_added,orders");
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "60");
}

/// What is about the column alone goes with it unasked; what binds it to others does not.
TEST_P(SqliteSchema, ConstraintsGoWithTheirColumn) {
  must_alter("customers", [](TableChange& t) { t.drop_column("email"); });
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "60");
  sql("CREATE TABLE m (a INT, b INT CHECK (b > a), c INT, UNIQUE (a, c), UNIQUE (a),"
      "  CHECK (a <> c), FOREIGN KEY (a) REFERENCES m (b), CHECK (c > 0), PRIMARY KEY (c, a));"
      "INSERT INTO m VALUES (1, 2, 3)");
  EXPECT_EQ(must_not_alter("m", [](TableChange& t) { t.drop_column("A"); }).message,
            "the column `a` of `m` is used by `CHECK (b > a)`, `UNIQUE (a, c)`, `CHECK (a <> c)`, "
            "`PRIMARY KEY (c, a)`");
  must_alter("m", [](TableChange& t) { t.drop_column("a", Dependents::kDrop); });
  EXPECT_EQ(value("SELECT sql FROM sqlite_schema WHERE name = 'm'"),
            "CREATE TABLE m (b INT, c INT, CHECK (c > 0))");
  EXPECT_EQ(value("SELECT b || c FROM m"), "23");
}

TEST_P(SqliteSchema, ATableThatIsUsedIsNotDropped) {
  EXPECT_THAT(must_refuse([](Schema& s) { s.drop_table("customers", Dependents::kDrop); }).message,
              HasSubstr("the foreign key of `orders` (customer_id) refers to `customers`"));
  EXPECT_THAT(must_refuse([](Schema& s) { s.drop_table("log"); }).message,
              HasSubstr("without the table `log` SQLite cannot use the trigger `order_added`"));
  EXPECT_THAT(must_refuse([](Schema& s) { s.drop_table("orders"); }).message,
              HasSubstr("view `big_orders`: no such table: main.orders"));
  EXPECT_THAT(must_refuse([](Schema& s) { s.drop_table("nothing"); }).message,
              HasSubstr("there is no table `nothing`"));
  must([](Schema& schema) {
    schema.drop_table("log", Dependents::kDrop);
    schema.drop_table("orders", Dependents::kDrop);
    schema.drop_table("customers");
  });
  EXPECT_EQ(value("SELECT group_concat(name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"),
            "settings");
}

TEST_P(SqliteSchema, RowsThatDoNotFitAreNamed) {
  const auto message = [this](const std::string& table,
                              const std::function<void(TableChange&)>& change) {
    return must_not_alter(table, change).message;
  };
  EXPECT_THAT(message("customers", [](TableChange& t) { t.change_column("name").not_null(); }),
              HasSubstr("the table `customers` cannot be changed so: NOT NULL constraint failed: "
                        "customers.name"));
  EXPECT_THAT(message("orders", [](TableChange& t) { t.unique("customer_id"); }),
              HasSubstr("UNIQUE constraint failed: orders.customer_id"));
  EXPECT_THAT(message("orders", [](TableChange& t) { t.check("total > 10"); }),
              HasSubstr("CHECK constraint failed"));
  EXPECT_THAT(
      message("orders", [](TableChange& t) { t.foreign_key("id").references("customers"); }),
      HasSubstr("orders (id) -> customers does not hold after the change of `orders`: 57 "
                "rows without a parent"));
  EXPECT_THAT(message("orders", [](TableChange& t) { t.primary_key("total"); }),
              HasSubstr("has a primary key already"));
  EXPECT_THAT(message("orders", [](TableChange& t) { t.check("nope > 10"); }),
              HasSubstr("no such column: nope"));
  EXPECT_THAT(message("orders", [](TableChange& t) { t.drop_unique("total"); }),
              HasSubstr("has no such constraint: (total)"));
  EXPECT_THAT(
      message("orders", [](TableChange& t) { t.change_column("id").using_expression("1"); }),
      HasSubstr("using_expression() and no type()"));
  EXPECT_THAT(message("nowhere", [](TableChange& t) { t.drop_unique("total"); }),
              HasSubstr("there is no table `nowhere`"));
  // A parent whose key is no key any more would break every write to its children.
  sql("CREATE TABLE tags (name TEXT UNIQUE); CREATE TABLE tagged (tag REFERENCES tags (name))");
  EXPECT_THAT(message("tags", [](TableChange& t) { t.drop_unique("name"); }),
              HasSubstr("foreign key mismatch - \"tagged\" referencing \"tags\""));
}

/// Rows that had no parent before the change are none of its business.
TEST_P(SqliteSchema, OrphansOfBeforeStay) {
  sql("INSERT INTO orders VALUES (99, 77, 1, NULL)");
  attempt([](Schema& schema) {
    for (const char* table : {"orders", "customers"}) {
      schema.alter_table(table, [](TableChange& t) { t.check("id > 0"); });
    }
  });
  EXPECT_EQ(value("SELECT count(*) FROM pragma_foreign_key_check"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM orders"), "61");
}

/// Nor does the change disturb what SQLite is to check at the commit.
TEST_P(SqliteSchema, DeferredKeysAreStillChecked) {
  if (!GetParam()) return;
  sql("CREATE TABLE child (p INTEGER REFERENCES customers (id) DEFERRABLE INITIALLY DEFERRED)");
  for (const bool repaired : {false, true}) {
    const auto connection = connect();
    ASSERT_TRUE(connection->begin().ok());
    Database db(*connection);
    db.execute("INSERT INTO child VALUES (1000)");
    for (const char* table : {"child", "customers"}) {
      Schema(db).alter_table(table, [](TableChange& t) { t.integer("n").unique(); });
    }
    if (repaired) db.execute("INSERT INTO customers (id, email) VALUES (1000, 'late')");
    EXPECT_EQ(connection->commit().ok(), repaired);
  }
}

// ---- In a session

class BuildsOn : public SafelyReversible {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "phones"; }
  void up(Database& db) override {
    db.execute(
        "CREATE TABLE notes (customer INTEGER REFERENCES customers ON DELETE CASCADE);"
        "INSERT INTO notes SELECT id FROM customers");
    Schema(db).alter_table("customers", [](TableChange& t) {
      t.string("phone").not_null().default_to("").check("phone <> 'none'");
      t.change_column("email").nullable();
    });
  }
  void down(Database& db) override {
    Schema schema(db);
    schema.drop_table("notes");
    schema.alter_table("customers", [](TableChange& t) {
      t.drop_column("phone");
      t.change_column("email").not_null();
    });
  }
};

class SchemaSession : public ShopSession {
 protected:
  static Migrations both() {
    return {script_of([] { return std::make_unique<BuildsOn>(); }, "BuildsOn")};
  }
};

TEST_P(SchemaSession, GoesUpAndDownAndBack) {
  for (const char* keys : {"on", "off"}) {
    options_.database_url = "sqlite:" + database_ + "?foreign_keys=" + keys;
    must_begin();
    EXPECT_FALSE(expect(session().dry_run(both())).failed);
    const runtime::ApplyReport report = must_succeed(both());
    EXPECT_TRUE(report.migrations[0].warnings.empty()) << report.migrations[0].warnings[0].message;
    EXPECT_EQ(query_text(database_, "SELECT count(*) FROM notes"), "3");
    EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
    const runtime::DownReport down = expect(session().down(both()));
    EXPECT_FALSE(down.failed) << down.headline;
    EXPECT_THAT(query_text(database_, "SELECT sql FROM sqlite_schema WHERE name = 'customers'"),
                HasSubstr("email TEXT UNIQUE COLLATE NOCASE NOT NULL,"));
    EXPECT_EQ(query_text(database_, "SELECT count(*) FROM orders"), "60");
    must_roll_back();
    EXPECT_TRUE(same_content(dump(database_), before_));
  }
}

INSTANTIATE_TEST_SUITE_P(Journals, SchemaSession, ::testing::Values("delete", "wal"), journal_name);

}  // namespace
}  // namespace belay::testing
