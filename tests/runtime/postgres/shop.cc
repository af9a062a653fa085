#include "tests/runtime/postgres/shop.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "workbench/verify/postgres_binaries.h"
#include "workbench/verify/postgres_server.h"

namespace belay::testing {
namespace {

using runtime::Connection;
using runtime::Rows;

const workbench::PostgresServer& server() {
  static const std::unique_ptr<workbench::PostgresServer> kServer = [] {
    const char* named = std::getenv("BELAY_TEST_PG_BIN");
    const Result<std::string> programs = workbench::find_postgres(named == nullptr ? "" : named, 0);
    if (!programs) ADD_FAILURE() << programs.error().to_string();
    Result<std::unique_ptr<workbench::PostgresServer>> started =
        workbench::PostgresServer::start(*programs, {});
    if (!started) ADD_FAILURE() << started.error().to_string();
    return *std::move(started);
  }();
  return *kServer;
}

/// The socket of a server that is to be used instead; empty: there is none.
std::string& other_server() {
  static std::string socket;
  return socket;
}

std::string text_of(const runtime::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<runtime::Blob>(&value)) return blob->bytes;
  if (std::holds_alternative<std::nullptr_t>(value)) return "NULL";
  return "?";
}

std::string lines_of(Connection& connection, const std::string& sql) {
  Result<Rows> rows = connection.query(sql);
  if (!rows) {
    ADD_FAILURE() << sql << ": " << rows.error().to_string();
    return {};
  }
  std::string out;
  for (const auto& row : rows->rows) {
    for (const runtime::Value& value : row) out += text_of(value) + "|";
    out += "\n";
  }
  return out;
}

constexpr const char* kTables =
    "c.relnamespace = 'public'::regnamespace AND c.relname NOT IN "
    "('belay_migrations', 'belay_migrations_pkey')";

}  // namespace

runtime::DatabaseUrl postgres_url(const std::string& database) {
  if (other_server().empty()) return server().url(database);
  runtime::DatabaseUrl out;
  out.engine = runtime::Engine::kPostgres;
  out.host = other_server();
  out.port = "5432";
  out.user = "belay";
  out.database = database;
  return out;
}

void use_postgres_at(const std::string& socket) { other_server() = socket; }

std::string url_text(const std::string& database) {
  const runtime::DatabaseUrl url = postgres_url(database);
  return "postgresql://belay@/" + database + "?host=" + url.host;
}

std::unique_ptr<Connection> connect_postgres(const std::string& database) {
  Result<std::unique_ptr<Connection>> connection = runtime::connect(postgres_url(database), {});
  if (!connection) {
    ADD_FAILURE() << connection.error().to_string();
    return nullptr;
  }
  return *std::move(connection);
}

void run_postgres(const std::string& database, const std::string& sql) {
  const std::unique_ptr<Connection> connection = connect_postgres(database);
  if (connection == nullptr) return;
  runtime::Script script;
  script.sql = sql;
  const Result<void> done = connection->run(script, 0, static_cast<uint32_t>(sql.size()));
  if (!done) ADD_FAILURE() << done.error().to_string();
}

std::string query_postgres(const std::string& database, const std::string& sql) {
  const std::unique_ptr<Connection> connection = connect_postgres(database);
  if (connection == nullptr) return {};
  Result<Rows> rows = connection->query(sql);
  if (!rows) ADD_FAILURE() << sql << ": " << rows.error().to_string();
  return !rows || rows->rows.empty() ? "" : text_of(rows->rows[0][0]);
}

std::string dump_postgres(const std::string& database, bool with_ledger) {
  const std::unique_ptr<Connection> connection = connect_postgres(database);
  if (connection == nullptr) return "no connection";
  const std::string tables =
      with_ledger ? "c.relnamespace = 'public'::regnamespace" : std::string(kTables);
  std::string out;
  for (
      const std::string& sql : {
          "SELECT c.relkind, c.relname, c.relrowsecurity, c.relowner::regrole, c.relacl::text, "
          "c.reloptions::text, "
          "obj_description(c.oid, 'pg_class') FROM pg_class c WHERE " +
              tables + " ORDER BY 1, 2",
          "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
          "a.attidentity, a.attgenerated, a.attstorage, pg_get_expr(d.adbin, d.adrelid), "
          "a.attstattarget, "
          "a.attacl::text, col_description(c.oid, a.attnum) FROM pg_attribute a JOIN pg_class c "
          "ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = "
          "a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v') "
          "AND " +
              tables + " ORDER BY c.relname, a.attnum",
          "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated FROM "
          "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype <> 'n' AND " +
              tables + " ORDER BY 1, 2",
          "SELECT pg_get_indexdef(c.oid), i.indisvalid, i.indisclustered FROM pg_index i JOIN "
          "pg_class c ON c.oid = i.indexrelid WHERE " +
              tables + " ORDER BY 1",
          "SELECT pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid "
          "= t.tgrelid WHERE NOT t.tgisinternal AND " +
              tables + " ORDER BY 1",
          "SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind IN ('v', 'm') "
          "AND " +
              tables + " ORDER BY 1",
          std::string("SELECT polname, polrelid::regclass, polcmd, pg_get_expr(polqual, polrelid) "
                      "FROM pg_policy ORDER BY 1"),
          std::string("SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext ORDER BY 1"),
          std::string("SELECT c.relname, d.objsubid, d.description FROM pg_description d JOIN "
                      "pg_class c ON c.oid = d.objoid UNION ALL SELECT conname, 0, "
                      "obj_description(oid) FROM pg_constraint WHERE obj_description(oid) IS NOT "
                      "NULL ORDER BY 1, 2, 3"),
          std::string("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = "
                      "'public'::regnamespace ORDER BY 1"),
          std::string("SELECT t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) "
                      "FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1 ORDER BY 1"),
          std::string("SELECT schemaname, sequencename, last_value, start_value, increment_by "
                      "FROM pg_sequences ORDER BY 1, 2"),
          std::string("SELECT datdba::regrole, datacl::text, datconnlimit, "
                      "shobj_description(oid, 'pg_database'), (SELECT string_agg(setconfig::text, "
                      "',') FROM pg_db_role_setting WHERE setdatabase = d.oid) FROM pg_database d "
                      "WHERE datname = current_database()"),
      }) {
    out += lines_of(*connection, sql) + "--\n";
  }
  Result<Rows> names = connection->query(
      "SELECT c.relname FROM pg_class c WHERE relkind = 'r' AND " + tables + " ORDER BY 1");
  if (!names) return out;
  for (size_t i = 0; i < names->rows.size(); ++i) {
    const std::string name = names->text(i);
    out += "table " + name + "\n" +
           lines_of(*connection,
                    "SELECT t::text FROM \"" + name + "\" t ORDER BY t::text COLLATE \"C\"");
  }
  return out;
}

std::string databases_on_server() {
  const std::unique_ptr<Connection> connection = connect_postgres("postgres");
  return lines_of(*connection,
                  "SELECT datname, datallowconn FROM pg_database WHERE datname NOT IN "
                  "('postgres', 'template0', 'template1') ORDER BY 1");
}

void drop_postgres(const std::string& database) {
  run_postgres("postgres", "DROP DATABASE IF EXISTS \"" + database + "\" WITH (FORCE)");
}

void make_postgres_shop(const std::string& database) {
  drop_postgres(database);
  run_postgres("postgres", "CREATE DATABASE \"" + database + "\"");
  run_postgres("postgres", "COMMENT ON DATABASE \"" + database + "\" IS 'a shop''s \\ data'");
  run_postgres("postgres",
               "ALTER DATABASE \"" + database + "\" SET search_path = \"$user\", public");
  run_postgres(database, R"(
    CREATE TYPE mood AS ENUM ('sad', 'fine', 'happy');
    CREATE TABLE customers (
      id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
      email text NOT NULL UNIQUE,
      name text,
      mood mood DEFAULT 'fine',
      shout text GENERATED ALWAYS AS (upper(name)) STORED);
    COMMENT ON TABLE customers IS 'who buys';
    COMMENT ON COLUMN customers.email IS 'as typed';
    ALTER TABLE customers ALTER COLUMN email SET STATISTICS 500;
    CREATE TABLE orders (
      id serial PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      total numeric(10, 2) CHECK (total >= 0),
      receipt bytea);
    CREATE INDEX orders_by_customer ON orders (customer_id, total DESC) WHERE total > 1;
    CREATE TABLE settings (key text PRIMARY KEY, value jsonb);
    CREATE TABLE log (message text);
    CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 100;
    CREATE FUNCTION note_order() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO log VALUES ('order ' || new.id); RETURN new; END $$;
    CREATE TRIGGER order_added AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note_order();
    GRANT SELECT ON customers TO PUBLIC;
    INSERT INTO customers (email, name) VALUES
      ('ada@example.org', 'Ada'), ('béla@example.org', 'Béla'), ('no-name@example.org', NULL);
    INSERT INTO orders (customer_id, total, receipt)
      SELECT 1 + i % 3, i * 3.5, decode(lpad(to_hex(i * 7919), 40, '0'), 'hex')
      FROM generate_series(1, 60) i;
    INSERT INTO settings VALUES ('currency', '"EUR"'), ('limit', '12'), ('none', NULL);)");
}

}  // namespace belay::testing
