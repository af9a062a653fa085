#pragma once

#include <array>
#include <string>
#include <string_view>

/// The catalogs of PostgreSQL (manual, chapter 53), as queries: the first column is an object's id,
/// each other one an attribute under its name. The search path is empty, so that names come with
/// their schemas. `{user}` is replaced by a condition on `n`, the object's schema; `{own CATALOG
/// OID}` by one that leaves out what belongs to an extension.
namespace belay::runtime::postgres {

struct CatalogQuery {
  std::string_view kind;
  std::string_view sql;
};

/// True of a schema `n` that is the users': neither the server's nor a snapshot of Belay's.
inline constexpr std::string_view kUsersSchema =
    "n.nspname !~ '^(pg_|belay_[0-9]{8}T)' AND n.nspname <> 'information_schema'";

/// The query with its marks replaced.
std::string complete(const CatalogQuery& query);

inline constexpr std::array kCatalogQueries = {
    CatalogQuery{"schema", R"(
SELECT quote_ident(n.nspname), n.nspacl AS privileges, obj_description(n.oid, 'pg_namespace') AS comment
FROM pg_namespace n WHERE {user} AND {own pg_namespace n.oid})"},

    CatalogQuery{"extension", R"(
SELECT quote_ident(e.extname), n.nspname AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace)"},

    CatalogQuery{"table", R"(
SELECT c.oid::regclass, c.relkind AS kind, nullif(c.relpersistence, 'p') AS persistence,
  c.reloptions AS options, nullif(c.relrowsecurity, false) AS "row security",
  nullif(c.relforcerowsecurity, false) AS "forced row security",
  nullif(c.relreplident, 'd') AS "replica identity", c.relacl AS privileges,
  pg_get_partkeydef(c.oid) AS "partition key", pg_get_expr(c.relpartbound, c.oid) AS "partition bound",
  (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i
   WHERE i.inhrelid = c.oid) AS parents,
  nullif(c.reltablespace, 0) AS tablespace, obj_description(c.oid, 'pg_class') AS comment
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND {user} AND {own pg_class c.oid})"},

    // The rank counts the columns that are there: others were dropped.
    // `pg_attver` is the server's own note that a domain's checks were looked at. Since 18 NOT NULL
    // has a row in pg_constraint, and with it a name that statements do not have to give.
    CatalogQuery{"column", R"(
SELECT c.oid::regclass || '.' || quote_ident(a.attname), c.oid::regclass AS "of",
  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS rank,
  format_type(a.atttypid, a.atttypmod) AS type, nullif(a.attnotnull, false) AS "not null",
  CASE WHEN NOT m.convalidated THEN 'yes' END AS "not null not validated",
  CASE WHEN m.connoinherit THEN 'yes' END AS "not null not inherited",
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
  CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
  nullif(a.attgenerated, '') AS "generation", nullif(a.attidentity, '') AS identity,
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END AS collation,
  CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
  CASE WHEN a.attcompression <> '' THEN a.attcompression END AS compression,
  CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END AS "statistics target",
  (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o
   WHERE o NOT LIKE 'pg_attver=%') AS options,
  a.attacl AS privileges, col_description(c.oid, a.attnum) AS comment
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_constraint m ON m.conrelid = a.attrelid AND m.contype = 'n' AND m.conkey = ARRAY[a.attnum]
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f') AND {user}
  AND {own pg_class c.oid})"},

    // Those of constraints are told with these.
    CatalogQuery{"index", R"(
SELECT i.indexrelid::regclass, i.indrelid::regclass AS "of", pg_get_indexdef(i.indexrelid) AS definition,
  CASE WHEN NOT i.indisvalid THEN 'yes' END AS invalid, nullif(i.indisclustered, false) AS clustered,
  nullif(i.indisreplident, false) AS "replica identity", c.reloptions AS options,
  obj_description(i.indexrelid, 'pg_class') AS comment
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {user} AND {own pg_class i.indrelid}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')))"},

    // NOT NULL is an attribute of its column.
    CatalogQuery{"constraint", R"(
SELECT k.conrelid::regclass || '.' || quote_ident(k.conname), k.conrelid::regclass AS "of",
  pg_get_constraintdef(k.oid) AS definition, CASE WHEN NOT k.convalidated THEN 'yes' END AS "not validated",
  CASE WHEN NOT k.conislocal THEN 'yes' END AS inherited, obj_description(k.oid, 'pg_constraint') AS comment
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
WHERE k.conrelid <> 0 AND k.contype IN ('c', 'f', 'p', 'u', 'x') AND {user} AND {own pg_class k.conrelid})"},

    CatalogQuery{"trigger", R"(
SELECT g.tgrelid::regclass || '.' || quote_ident(g.tgname), g.tgrelid::regclass AS "of",
  pg_get_triggerdef(g.oid) AS definition, nullif(g.tgenabled, 'O') AS enabled,
  obj_description(g.oid, 'pg_trigger') AS comment
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT g.tgisinternal AND {user})"},

    CatalogQuery{"function", R"(
SELECT p.oid::regprocedure, p.prokind AS kind, pg_get_function_arguments(p.oid) AS arguments,
  pg_get_function_result(p.oid) AS result, l.lanname AS language, p.provolatile AS volatility,
  nullif(p.proisstrict, false) AS strict, nullif(p.prosecdef, false) AS "security definer",
  nullif(p.proleakproof, false) AS leakproof, p.proparallel AS parallel, p.procost AS cost,
  nullif(p.prorows, 0) AS rows, p.proconfig AS settings, p.prosrc AS body,
  pg_get_function_sqlbody(p.oid) AS "sql body",
  (SELECT concat_ws(' ', g.aggtransfn, g.aggfinalfn, g.aggtranstype::regtype, g.agginitval)
   FROM pg_aggregate g WHERE g.aggfnoid = p.oid) AS aggregate,
  p.proacl AS privileges, obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE {user} AND {own pg_proc p.oid})"},

    CatalogQuery{"view", R"(
SELECT c.oid::regclass, pg_get_viewdef(c.oid) AS definition, nullif(c.relkind, 'v') AS kind,
  c.reloptions AS options,
  (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  CASE WHEN NOT c.relispopulated THEN 'yes' END AS "not populated",
  c.relacl AS privileges, obj_description(c.oid, 'pg_class') AS comment
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND {user} AND {own pg_class c.oid})"},

    CatalogQuery{"sequence", R"(
SELECT c.oid::regclass, o.refobjid::regclass AS "of", s.seqtypid::regtype AS type, s.seqstart AS start,
  s.seqincrement AS increment, s.seqmax AS maximum, s.seqmin AS minimum, s.seqcache AS cache,
  nullif(s.seqcycle, false) AS cycle, quote_ident(a.attname) AS "owned by", c.relacl AS privileges,
  obj_description(c.oid, 'pg_class') AS comment
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.deptype IN ('a', 'i')
    AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0
  LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
WHERE {user} AND {own pg_class c.oid})"},

    CatalogQuery{"enum", R"(
SELECT t.oid::regtype,
  (SELECT string_agg(e.enumlabel, E'\n' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS "values",
  t.typacl AS privileges, obj_description(t.oid, 'pg_type') AS comment
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND {user} AND {own pg_type t.oid})"},

    CatalogQuery{"domain", R"(
SELECT t.oid::regtype, format_type(t.typbasetype, t.typtypmod) AS base, nullif(t.typnotnull, false) AS "not null",
  t.typdefault AS "default", nullif(t.typcollation, b.typcollation)::regcollation AS collation,
  (SELECT string_agg(quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), '; ' ORDER BY k.conname)
   FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS checks,
  t.typacl AS privileges, obj_description(t.oid, 'pg_type') AS comment
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype = 'd' AND {user} AND {own pg_type t.oid})"},

    CatalogQuery{"type", R"(
SELECT t.oid::regtype, t.typtype AS kind,
  (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
   FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT r.rngsubtype::regtype FROM pg_range r WHERE r.rngtypid = t.oid) AS subtype,
  t.typacl AS privileges, obj_description(t.oid, 'pg_type') AS comment
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype = 'r' OR (t.typtype = 'c' AND c.relkind = 'c')
    OR (t.typtype = 'b' AND t.typelem = 0)) AND {user} AND {own pg_type t.oid})"},

    CatalogQuery{"policy", R"(
SELECT p.polrelid::regclass || '.' || quote_ident(p.polname), p.polrelid::regclass AS "of", p.polcmd AS command,
  CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END AS kind,
  (SELECT string_agg(r::regrole::text, ', ' ORDER BY r::regrole::text) FROM unnest(p.polroles) r) AS roles,
  pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS "with check"
FROM pg_policy p)"},

    CatalogQuery{"rule", R"(
SELECT c.oid::regclass || '.' || quote_ident(r.rulename), c.oid::regclass AS "of",
  pg_get_ruledef(r.oid) AS definition, nullif(r.ev_enabled, 'O') AS enabled
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND {user} AND {own pg_class c.oid})"},

    CatalogQuery{"statistics", R"(
SELECT quote_ident(n.nspname) || '.' || quote_ident(s.stxname), s.stxrelid::regclass AS "of",
  pg_get_statisticsobjdef(s.oid) AS definition, CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END AS target
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {user})"},

    // Below 16384 are those that the server itself was made with.
    CatalogQuery{"cast", R"(
SELECT format('%s as %s', k.castsource::regtype, k.casttarget::regtype), nullif(k.castfunc, 0)::regprocedure AS function,
  k.castcontext AS context, k.castmethod AS method
FROM pg_cast k WHERE k.oid >= 16384 AND {own pg_cast k.oid})"},

    CatalogQuery{"operator", R"(
SELECT o.oid::regoperator, o.oprcode AS function, nullif(o.oprcom, 0)::regoperator AS commutator,
  nullif(o.oprnegate, 0)::regoperator AS negator
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE {user} AND {own pg_operator o.oid})"},

    CatalogQuery{"default privileges", R"(
SELECT format('%s %s %s', d.defaclrole::regrole, d.defaclnamespace::regnamespace, d.defaclobjtype),
  d.defaclacl AS privileges FROM pg_default_acl d)"},

    // The name of the column of the locale differs between versions.
    CatalogQuery{"collation", R"(
SELECT quote_ident(n.nspname) || '.' || quote_ident(k.collname), k.collprovider AS provider,
  k.collcollate AS collate, coalesce(to_jsonb(k) ->> 'colliculocale', to_jsonb(k) ->> 'colllocale') AS locale,
  CASE WHEN NOT k.collisdeterministic THEN 'yes' END AS nondeterministic
FROM pg_collation k JOIN pg_namespace n ON n.oid = k.collnamespace WHERE {user} AND {own pg_collation k.oid})"},

    CatalogQuery{"text search configuration", R"(
SELECT quote_ident(n.nspname) || '.' || quote_ident(f.cfgname),
  (SELECT string_agg(format('%s %s', m.maptokentype, m.mapdict::regdictionary), ', ' ORDER BY m.maptokentype, m.mapseqno)
   FROM pg_ts_config_map m WHERE m.mapcfg = f.oid) AS map
FROM pg_ts_config f JOIN pg_namespace n ON n.oid = f.cfgnamespace WHERE {user} AND {own pg_ts_config f.oid})"},

    CatalogQuery{"publication", R"(
SELECT quote_ident(p.pubname), p.puballtables AS "all tables", p.pubinsert AS inserts, p.pubupdate AS updates,
  p.pubdelete AS deletes, p.pubtruncate AS truncates,
  (SELECT string_agg(r.prrelid::regclass::text, ', ' ORDER BY r.prrelid::regclass::text)
   FROM pg_publication_rel r WHERE r.prpubid = p.oid) AS tables
FROM pg_publication p)"},

    CatalogQuery{"event trigger", R"(
SELECT quote_ident(e.evtname), e.evtevent AS event, e.evtfoid::regprocedure AS function, e.evtenabled AS enabled,
  e.evttags AS tags FROM pg_event_trigger e)"},
};

}  // namespace belay::runtime::postgres
