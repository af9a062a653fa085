#include "runtime/migrations/schema/postgres_schema.h"

#include <algorithm>

#include "runtime/migrations/schema/definition_sql.h"
#include "runtime/migrations/schema/make_index.h"
#include "support/joined.h"

namespace belay::builder {
namespace {

constexpr Engine kPostgres = Engine::kPostgres;

void comment_on_table(Database& db, std::string_view table, const TableComment& comment) {
  db.execute("COMMENT ON TABLE " + object_text(table, kPostgres) + " IS " +
             constant_text(comment.text, kPostgres));
}

void comment_on_column(Database& db, std::string_view table, const Column& column) {
  if (!column.comment_text) return;
  db.execute("COMMENT ON COLUMN " + object_text(table, kPostgres) + "." + name_text(column.name) +
             " IS " + constant_text(*column.comment_text, kPostgres));
}

class PostgresAlter {
 public:
  PostgresAlter(Database& db, const TableChange& change)
      : db_(db), change_(change), table_(object_text(change.name(), kPostgres)) {}

  void run() {
    if (db_.query("SELECT " + regclass(table_) + "::oid")[0].is_null(0)) {
      throw MigrationError("there is no table `" + change_.name() + "`");
    }
    for (const TablePart& part : change_.parts()) {
      std::visit([this](const auto& p) { apply(p); }, part);
    }
  }

 private:
  void alter(const std::string& what) { db_.execute("ALTER TABLE " + table_ + " " + what); }
  void alter_column(const std::string& column, const std::string& what) {
    alter("ALTER COLUMN " + name_text(column) + " " + what);
  }

  void apply(const Column& column) {
    if (!column.new_rows_only || !column.default_value) {
      alter("ADD COLUMN " + column_text(column, {kPostgres}));
    } else {
      Column bare = column;
      bare.default_value.reset();
      alter("ADD COLUMN " + column_text(bare, {kPostgres}));
      alter_column(column.name, "SET DEFAULT " + default_text(*column.default_value, kPostgres));
    }
    comment_on_column(db_, change_.name(), column);
  }

  void apply(const ForeignKey& key) {
    alter("ADD " + foreign_key_text(key, kPostgres) + (key.validated ? "" : " NOT VALID"));
  }
  void apply(const Constraint& constraint) {
    alter("ADD " + constraint_text(constraint) + (constraint.validated ? "" : " NOT VALID"));
  }
  void apply(const ValidatedConstraint& constraint) {
    alter("VALIDATE CONSTRAINT " + name_text(constraint.name));
  }
  void apply(const TableIndex& index) { make_index(db_, change_.name(), index); }
  void apply(const TableComment& comment) { comment_on_table(db_, change_.name(), comment); }

  void apply(const RenamedColumn& renamed) {
    alter("RENAME COLUMN " + name_text(renamed.from) + " TO " + name_text(renamed.to));
  }

  void apply(const ColumnChange& change) {
    refuse_bare_conversion(change);
    const bool other_default = change.new_default || change.drops_default;
    // The old default may have no meaning in the new type.
    if (change.new_type && other_default) alter_column(change.name, "DROP DEFAULT");
    if (change.new_type) {
      const std::string how = change.conversion ? " USING (" + *change.conversion + ")" : "";
      alter_column(change.name, "TYPE " + type_text(*change.new_type, {kPostgres}) + how);
      const std::string values = values_check(change.name, *change.new_type, kPostgres);
      if (!values.empty()) alter("ADD " + values);
    }
    if (change.new_not_null) {
      alter_column(change.name, *change.new_not_null ? "SET NOT NULL" : "DROP NOT NULL");
    }
    if (change.new_default) {
      alter_column(change.name, "SET DEFAULT " + default_text(*change.new_default, kPostgres));
    } else if (change.drops_default && !change.new_type) {
      alter_column(change.name, "DROP DEFAULT");
    }
  }

  void apply(const DroppedIndex& index) {
    db_.execute("DROP INDEX " + schema_of(change_.name()) + name_text(index.name));
  }

  void apply(const DroppedConstraint& wanted) {
    alter("DROP CONSTRAINT " + name_text(name_of(wanted)));
  }

  std::string name_of(const DroppedConstraint& wanted) {
    if (!wanted.name.empty()) return wanted.name;
    const char* kind = wanted.kind == DroppedConstraint::Kind::kPrimaryKey ? "p"
                       : wanted.kind == DroppedConstraint::Kind::kUnique   ? "u"
                                                                           : "f";
    std::vector<std::string> columns;
    std::string name;
    const ResultSet rows = constraint_columns(kind);
    for (size_t i = 0; i <= rows.size(); ++i) {
      const bool next = i == rows.size() || rows[i].text(0) != name;
      if (next && !name.empty() && (*kind == 'p' || columns == wanted.columns)) return name;
      if (i == rows.size()) break;
      if (next) columns.clear();
      name = rows[i].text(0);
      columns.push_back(rows[i].text(1));
    }
    const bool unique = wanted.kind == DroppedConstraint::Kind::kUnique;
    throw MigrationError("the table `" + change_.name() + "` has no such constraint: " +
                             (*kind == 'p' ? "a primary key" : "(" + joined(wanted.columns) + ")"),
                         unique ? "a unique index is dropped by its name, with drop_index()" : "");
  }

  ResultSet constraint_columns(const std::string& kind) {
    return db_.query(
        "SELECT k.conname::text, a.attname::text FROM pg_constraint k CROSS JOIN LATERAL "
        "unnest(k.conkey) WITH ORDINALITY c (attnum, place) JOIN pg_attribute a ON a.attrelid = "
        "k.conrelid AND a.attnum = c.attnum WHERE k.conrelid = " +
        regclass(table_) + " AND k.contype = '" + kind + "' ORDER BY k.conname, c.place");
  }

  void apply(const DroppedColumn& dropped) {
    if (!dropped.with_dependents) refuse_users(dropped.name);
    alter("DROP COLUMN " + name_text(dropped.name) + (dropped.with_dependents ? " CASCADE" : ""));
  }

  /// PostgreSQL itself would take along, without a word, what lies on the same table.
  void refuse_users(const std::string& column) {
    std::vector<std::string> users;
    for (const Row& row : db_.query(users_query(column))) users.push_back(row.text(0));
    if (users.empty()) return;
    throw MigrationError(
        "the column `" + column + "` of `" + change_.name() + "` is used by " + joined(users),
        "drop that first, or say Dependents::kDrop");
  }

  /// What depends on the column, but for its own default and sequence, and for constraints of it
  /// alone.
  std::string users_query(const std::string& column) const {
    return "SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d "
           "JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid "
           "LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid "
           "LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid "
           "WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = " +
           regclass(table_) + " AND a.attname = " + constant_text(column, kPostgres) +
           " AND d.deptype IN ('n', 'a') "
           "AND (f.oid IS NULL OR f.adnum <> a.attnum) "
           "AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class s WHERE "
           "s.oid = d.objid AND s.relkind = 'S')) "
           "AND (k.oid IS NULL OR k.contype = 'p' OR k.conrelid <> a.attrelid OR "
           "array_length(k.conkey, 1) > 1) ORDER BY 1";
  }

  Database& db_;
  const TableChange& change_;
  std::string table_;
};

}  // namespace

std::string regclass(std::string_view name) {
  return "to_regclass(" + constant_text(name, kPostgres) + ")";
}

std::string schema_of(std::string_view table) {
  const size_t dot = table.find('.');
  return dot == std::string_view::npos ? std::string() : name_text(table.substr(0, dot)) + ".";
}

void refuse_in_transaction(Database& db) {
  if (!db.connection().in_transaction()) return;
  throw MigrationError(
      "PostgreSQL makes and drops an index concurrently only outside a transaction",
      "let in_transaction() of this migration return false, and let it do nothing "
      "else");
}

void alter_postgres_table(Database& db, const TableChange& change) {
  PostgresAlter(db, change).run();
}

void comment_on_postgres(Database& db, const Table& table) {
  for (const TablePart& part : table.parts()) {
    if (const auto* comment = std::get_if<TableComment>(&part)) {
      comment_on_table(db, table.name(), *comment);
    } else if (const auto* column = std::get_if<Column>(&part)) {
      comment_on_column(db, table.name(), *column);
    }
  }
}

}  // namespace belay::builder
