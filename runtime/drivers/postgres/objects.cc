#include "runtime/drivers/postgres/objects.h"

#include "runtime/drivers/postgres/quote.h"
#include "runtime/io/clock.h"

namespace belay::runtime::postgres {
namespace {

constexpr const char* kObjects = R"(
SELECT kind, name, schema FROM (
SELECT CASE c.relkind WHEN 'v' THEN 1 WHEN 'm' THEN 2 WHEN 'S' THEN 4 ELSE 3 END AS rank, c.oid,
  'pg_catalog.pg_class'::regclass AS catalog,
  CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
    WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name, n.nspname AS schema
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
  AND c.relname <> 'belay_migrations'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
    AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
UNION ALL SELECT 0, c.oid, 'pg_catalog.pg_class'::regclass, 'INDEX', c.oid::regclass::text, n.nspname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND t.relname <> 'belay_migrations'
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
UNION ALL SELECT 5, p.oid, 'pg_catalog.pg_proc'::regclass,
  CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
  p.oid::regprocedure::text, n.nspname
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
UNION ALL SELECT 6, t.oid, 'pg_catalog.pg_type'::regclass, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
  t.oid::regtype::text, n.nspname
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
UNION ALL SELECT 7, n.oid, 'pg_catalog.pg_namespace'::regclass, 'SCHEMA', quote_ident(n.nspname), n.nspname
FROM pg_namespace n
) o WHERE schema !~ '^pg_' AND schema <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = o.catalog AND x.objid = o.oid AND x.deptype = 'e')
ORDER BY rank, oid)";

constexpr std::string_view kSchemaPrefix = "belay_";

}  // namespace

Result<std::vector<Object>> read_objects(PostgresConnection& connection) {
  Result<Rows> rows = connection.query(kObjects);
  if (!rows) return std::move(rows).error();
  std::vector<Object> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    out.push_back({rows->text(i, 0), rows->text(i, 1), rows->text(i, 2)});
  }
  return out;
}

std::string session_schema(std::string_view session) {
  return std::string(kSchemaPrefix) + std::string(session);
}

std::string session_of_schema(std::string_view schema) {
  if (!schema.starts_with(kSchemaPrefix)) return "";
  schema.remove_prefix(kSchemaPrefix.size());
  return is_session_id(schema) ? std::string(schema) : "";
}

std::vector<std::string> drop_statements(const std::vector<Object>& objects,
                                         const std::string& home) {
  std::vector<std::string> out;
  for (const Object& object : objects) {
    if (object.name == "public" && object.kind == "SCHEMA") continue;
    out.push_back("DROP " + object.kind + " IF EXISTS " + object.name + " CASCADE");
  }
  if (!home.empty())
    out.push_back("DROP TABLE IF EXISTS " + quote_name(home) + ".belay_migrations");
  return out;
}

}  // namespace belay::runtime::postgres
