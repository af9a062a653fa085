// Migrations that use each method of the schema builder, in each way of writing its arguments. They
// are compiled into the test that runs them, and read by it as a source.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <belay/migrations.h>
#include <belay/schema.h>

namespace builder_samples {

using namespace belay;  // NOLINT(*-using-namespace): as a short program would

class Sample : public SafelyReversible {
 public:
  std::string version() const override { return "0001"; }
  std::string description() const override { return "sample"; }
  void down(Database& /*db*/) override {}
};

const ColumnType kMoney = type::decimal(10, 2);

inline void add_owner(Table& t, const std::string& prefix) {
  t.big_integer(prefix + "owner_id").references("plans").on_update(OnUpdate::kSetNull);
}

inline void describe_pairs(Table& t) {
  for (const char* name : {"a", "b"}) t.integer(name);
  t.primary_key({"a", "b"});
}

class NewTables : public Sample {
 public:
  void up(Database& db) override {
    Schema schema(db);
    const auto plans = [](Table& t) { t.id(); };
    schema.create_table("plans", plans);
    schema.create_table("users", [&](Table& t) {
      t.id("number");
      Column& email = t.string("email", 100);
      email.not_null().unique();
      if (db.is_postgres()) email.collate("C");
      t.string("name");
      t.small_integer("age").nullable();
      t.integer("visits").not_null().default_to(0).check("visits >= 0");
      t.big_integer("plan_id").references("plans", "id").on_delete(OnDelete::kCascade);
      t.boolean("active").not_null().default_to(true);
      t.real("ratio").default_to(-1.5);
      t.double_precision("weight").default_to(2.0);
      t.decimal("price", 10, 2);
      t.text("note").default_to("it's \\ a \"text\"");
      t.text("title").default_to(std::string("Dr."));
      t.text("nothing").default_to(nullptr);
      t.text("nobody").default_to(std::nullopt);
      t.blob("photo").default_to(runtime::Blob{"ab"});
      t.date("born").default_expression("current_date");
      t.time("at");
      t.timestamp("seen");
      t.timestamp_with_zone("seen_there");
      t.uuid("token");
      t.json("settings").default_to("{}").comment("as chosen");
      t.enumeration("mood", {"sad", "it's fine"});
      t.text("doubled").generated_as("note || note");
      t.integer("order");
      t.integer("Odd \"name\"");
      t.column("paid", kMoney);
      t.column("tag", type::native("varchar(7)"));
      add_owner(t, "first_");
      t.timestamps();
      t.unique({"age", "visits"}).named("age_and_visits");
      t.check("age > 0");
      t.foreign_key("plan_id")
          .references("plans", "id")
          .on_delete(OnDelete::kRestrict)
          .on_update(OnUpdate::kSetDefault)
          .deferred()
          .named("to_plans");
      t.index("visits");
      IndexOptions young;
      young.name = "young";
      young.unique = true;
      young.where = "age < 18";
      t.index({"age", "visits"}, young);
      t.index({"lower(email)", "age DESC"}, {.name = "by_mail", .expressions = true});
      t.comment("who's there");
    });
    schema.create_table("pairs", describe_pairs);
    schema.create_table("types", [](Table& t) {
      t.column("a", type::small_integer());
      t.column("b", type::integer());
      t.column("c", type::big_integer());
      t.column("d", type::boolean());
      t.column("e", type::real());
      t.column("f", type::double_precision());
      t.column("g", type::string(20));
      t.column("h", type::text());
      t.column("i", type::blob());
      t.column("j", type::date());
      t.column("k", type::time());
      t.column("l", type::timestamp());
      t.column("m", type::timestamp_with_zone());
      t.column("n", type::uuid());
      t.column("o", type::json());
      t.column("p", type::one_of({"x", "y"}));
    });
    const std::vector<std::string> columns = {"email", "age"};
    schema.create_index("users", columns, {.name = "again", .if_not_exists = true});
    schema.drop_index("again");
    schema.drop_index("again", {.if_exists = true});
    schema.rename_table("pairs", "couples");
    schema.drop_table("couples");
    schema.drop_table_if_exists("types", Dependents::kDrop);
    if (db.is_sqlite()) return;
    schema.create_enum("Kind", {"one", "it's"});
    schema.add_enum_value("Kind", "two");
    schema.drop_enum("Kind");
  }
};

/// What SQLite, too, does with one statement.
class PlainChanges : public Sample {
 public:
  void up(Database& db) override {
    Schema schema(db);
    schema.create_table("people", [](Table& t) {
      t.id();
      t.text("name");
    });
    schema.alter_table("people", [](TableChange& t) {
      t.string("phone", 20).check("phone <> ''");
      t.integer("size").not_null().default_to(7);
      t.rename_column("name", "Full name");
      t.comment("about them");
      t.index("phone", {.method = "btree"});
      t.drop_index("people_phone_idx");
      t.timestamp("seen").comment("there");
    });
  }
};

/// What SQLite rebuilds the table for.
class Changes : public Sample {
 public:
  void up(Database& db) override {
    Schema schema(db);
    schema.create_table("people", [](Table& t) {
      t.integer("id").primary_key();
      t.text("name").default_to("");
      t.integer("size");
      t.big_integer("boss");
    });
    schema.alter_table("people", [](TableChange& t) {
      t.timestamp("since").default_expression("clock_timestamp()").for_new_rows_only();
      t.change_column("name").default_expression("upper('a')").not_null();
      t.change_column("name").nullable().drop_default();
      t.change_column("size").type(type::string(9)).using_expression("size || ''").default_to("1");
      t.check("boss > 0").not_validated().named("above");
      t.foreign_key("boss").references("people").not_validated().named("one");
      t.validate_constraint("one");
      t.drop_constraint("one");
      t.drop_check("above");
      t.drop_column("size");
      t.drop_column("boss", Dependents::kDrop);
    });
  }
};

/// What is looked up in the database by columns.
class LookedUp : public Sample {
 public:
  void up(Database& db) override {
    Schema schema(db);
    schema.alter_table("people", [](TableChange& t) {
      t.drop_primary_key();
      t.drop_unique({"a", "b"});
      t.drop_foreign_key("boss");
    });
  }
};

}  // namespace builder_samples
