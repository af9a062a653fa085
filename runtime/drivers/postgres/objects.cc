#include "runtime/drivers/postgres/objects.h"

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
  AND c.relname NOT IN ('belay_migrations', 'belay_session')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
    AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
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

}  // namespace belay::runtime::postgres
