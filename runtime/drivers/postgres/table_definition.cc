// The server writes most of it itself (pg_get_constraintdef and its like); what it has no function
// for is put together here. Nobody has to believe that it is complete: who restores compares the
// whole schema's fingerprint before anything is committed.
#include "runtime/drivers/postgres/table_definition.h"

#include <utility>

#include "runtime/drivers/postgres/quote.h"

namespace belay::runtime::postgres {
namespace {

/// `{t}` in `sql` becomes the list of tables.
std::string with_tables(std::string sql, const std::string& tables) {
  for (size_t at = sql.find("{t}"); at != std::string::npos; at = sql.find("{t}", at)) {
    sql.replace(at, 3, tables);
  }
  return sql;
}

// Each yields statements, in the order in which they are run.
constexpr const char* kSequences = R"(
SELECT format('CREATE SEQUENCE %s AS %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s',
  s.seqrelid::regclass, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
  s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)
FROM pg_sequence s JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass
  AND d.objid = s.seqrelid AND d.deptype = 'a' AND d.refobjid = ANY ({t}) ORDER BY s.seqrelid)";

constexpr const char* kIdentities = R"(
SELECT format('ALTER TABLE %s ALTER %I ADD GENERATED %s AS IDENTITY '
  '(SEQUENCE NAME %s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s)', a.attrelid::regclass,
  a.attname, CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, s.seqrelid::regclass,
  s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
  CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END)
FROM pg_sequence s JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass
  AND d.objid = s.seqrelid AND d.deptype = 'i' AND d.refobjid = ANY ({t})
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid ORDER BY s.seqrelid)";

constexpr const char* kSequenceOwners = R"(
SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I', d.objid::regclass, a.attrelid::regclass, a.attname)
FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
JOIN pg_sequence s ON s.seqrelid = d.objid
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a' AND d.refobjid = ANY ({t})
ORDER BY d.objid)";

constexpr const char* kDefaults = R"(
SELECT format('ALTER TABLE %s ALTER %I SET DEFAULT %s', a.attrelid::regclass, a.attname,
  pg_get_expr(d.adbin, d.adrelid))
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE d.adrelid = ANY ({t}) AND a.attgenerated = '' ORDER BY a.attrelid, a.attnum)";

constexpr const char* kConstraints = R"(
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
  pg_get_constraintdef(k.oid))
FROM pg_constraint k WHERE k.conrelid = ANY ({t}) AND k.contype IN ('p', 'u', 'x', 'c')
ORDER BY strpos('puxc', k.contype::text), k.oid)";

constexpr const char* kIndexes = R"(
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = ANY ({t})
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY i.indexrelid)";

constexpr const char* kIndexMarks = R"(
SELECT format('ALTER TABLE %s CLUSTER ON %I', i.indrelid::regclass, c.relname)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY ({t}) AND i.indisclustered
UNION ALL SELECT format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', i.indrelid::regclass, c.relname)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY ({t}) AND i.indisreplident
UNION ALL SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', c.oid::regclass,
  CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
FROM pg_class c WHERE c.oid = ANY ({t}) AND c.relreplident IN ('f', 'n'))";

constexpr const char* kForeignKeys = R"(
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
  pg_get_constraintdef(k.oid))
FROM pg_constraint k WHERE k.contype = 'f' AND (k.conrelid = ANY ({t}) OR k.confrelid = ANY ({t}))
ORDER BY k.oid)";

constexpr const char* kColumnSettings = R"(
SELECT format('ALTER TABLE %s ALTER %I SET STORAGE %s', a.attrelid::regclass, a.attname,
  CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END)
FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
WHERE a.attrelid = ANY ({t}) AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage <> y.typstorage
UNION ALL SELECT format('ALTER TABLE %s ALTER %I SET STATISTICS %s', attrelid::regclass, attname, attstattarget)
FROM pg_attribute WHERE attrelid = ANY ({t}) AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0
UNION ALL SELECT format('ALTER TABLE %s ALTER %I SET (%s)', attrelid::regclass, attname,
  (SELECT string_agg(o, ', ') FROM unnest(attoptions) o))
FROM pg_attribute WHERE attrelid = ANY ({t}) AND attnum > 0 AND NOT attisdropped AND attoptions IS NOT NULL)";

constexpr const char* kExtendedStatistics = R"(
SELECT pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s WHERE s.stxrelid = ANY ({t})
UNION ALL SELECT format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, s.stxstattarget)
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE s.stxrelid = ANY ({t}) AND s.stxstattarget >= 0)";

constexpr const char* kRowSecurity = R"(
SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', oid::regclass) FROM pg_class
WHERE oid = ANY ({t}) AND relrowsecurity
UNION ALL SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', oid::regclass) FROM pg_class
WHERE oid = ANY ({t}) AND relforcerowsecurity
UNION ALL SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, p.polrelid::regclass,
  CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
  CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
  (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ') FROM unnest(p.polroles) r),
  ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
  ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
FROM pg_policy p WHERE p.polrelid = ANY ({t}))";

// From here on {t} is the tables, their sequences, and the views.
constexpr const char* kOwners = R"(
SELECT format('ALTER %s %s OWNER TO %s', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
  c.oid::regclass, c.relowner::regrole)
FROM pg_class c WHERE c.oid = ANY ({t}) AND NOT EXISTS (SELECT FROM pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
ORDER BY c.oid)";

// Privileges in their own order, so that the list comes out as it was.
constexpr const char* kPrivileges = R"(
SELECT statement FROM (
SELECT c.oid, 0::bigint AS step, format('REVOKE ALL ON %s FROM %s, PUBLIC', c.oid::regclass, c.relowner::regrole) AS statement
FROM pg_class c WHERE c.oid = ANY ({t}) AND c.relacl IS NOT NULL AND c.relkind <> 'S'
UNION ALL SELECT c.oid, 0, format('REVOKE ALL ON SEQUENCE %s FROM %s, PUBLIC', c.oid::regclass, c.relowner::regrole)
FROM pg_class c WHERE c.oid = ANY ({t}) AND c.relacl IS NOT NULL AND c.relkind = 'S'
UNION ALL SELECT c.oid, x.position, format('GRANT %s ON %s%s TO %s%s', x.privilege_type,
  CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, c.oid::regclass,
  CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
  CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class c, aclexplode(c.relacl) WITH ORDINALITY AS x(grantor, grantee, privilege_type, is_grantable, position)
WHERE c.oid = ANY ({t})
UNION ALL SELECT c.oid, 100000 + a.attnum * 1000 + x.position, format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type,
  a.attname, c.oid::regclass, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
  CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,
  aclexplode(a.attacl) WITH ORDINALITY AS x(grantor, grantee, privilege_type, is_grantable, position)
WHERE c.oid = ANY ({t})
) s ORDER BY oid, step)";

constexpr const char* kComments = R"(
SELECT format('COMMENT ON %s %s IS %L', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE'
  WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, c.oid::regclass, d.description)
FROM pg_description d JOIN pg_class c ON c.oid = d.objoid
WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
  AND (c.oid = ANY ({t}) OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY ({t})))
UNION ALL SELECT format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::regclass, a.attname, d.description)
FROM pg_description d JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND a.attrelid = ANY ({t})
UNION ALL SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, k.conrelid::regclass, d.description)
FROM pg_description d JOIN pg_constraint k ON k.oid = d.objoid AND d.classoid = 'pg_catalog.pg_constraint'::regclass
WHERE k.conrelid = ANY ({t}) OR k.confrelid = ANY ({t})
UNION ALL SELECT format('COMMENT ON POLICY %I ON %s IS %L', p.polname, p.polrelid::regclass, d.description)
FROM pg_description d JOIN pg_policy p ON p.oid = d.objoid AND d.classoid = 'pg_catalog.pg_policy'::regclass
WHERE p.polrelid = ANY ({t}))";

/// Views that read from the tables, by the longest way that leads to each.
constexpr const char* kViews = R"(
WITH RECURSIVE reads(view, depth) AS (
  SELECT DISTINCT r.ev_class, 1 FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
  WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.refobjid = ANY ({t}) AND r.ev_class <> ALL ({t})
  UNION SELECT r.ev_class, v.depth + 1 FROM reads v JOIN pg_depend d ON d.refobjid = v.view
    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.view)
SELECT c.oid, c.oid::regclass::text, format('CREATE VIEW %s%s AS %s', c.oid::regclass,
  ' WITH (' || array_to_string(c.reloptions, ', ') || ')', pg_get_viewdef(c.oid))
FROM (SELECT view, max(depth) AS depth FROM reads GROUP BY view) v JOIN pg_class c ON c.oid = v.view
ORDER BY v.depth, c.oid)";

constexpr const char* kOwnedSequences = R"(
SELECT d.objid FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjid = ANY ({t}))";

class Reader {
 public:
  Reader(PostgresConnection& connection, const std::vector<int64_t>& tables)
      : connection_(connection), oids_(tables), tables_(oid_array(tables)) {}

  Result<TableDefinitions> read() {
    for (const int64_t table : oids_) BELAY_TRY(add_table(table));
    BELAY_TRY(add_sequence_numbers());
    for (const char* statements :
         {kSequences, kIdentities, kSequenceOwners, kDefaults, kConstraints, kIndexes, kIndexMarks,
          kForeignKeys, kColumnSettings, kExtendedStatistics, kRowSecurity}) {
      BELAY_TRY(add(statements, tables_));
    }
    BELAY_TRY(add_values());
    BELAY_TRY(add_views());
    const std::string all = oid_array(related_);
    for (const char* statements : {kOwners, kPrivileges, kComments})
      BELAY_TRY(add(statements, all));
    return std::move(out_);
  }

 private:
  Result<void> add(const char* statements, const std::string& of) {
    Result<Rows> rows = connection_.query(with_tables(statements, of));
    if (!rows) return std::move(rows).error();
    for (size_t i = 0; i < rows->rows.size(); ++i) out_.finish.push_back(rows->text(i));
    return {};
  }

  Result<void> add_table(int64_t oid) {
    const Value number = oid;
    Result<Rows> columns = connection_.query(
        "SELECT quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), "
        "CASE WHEN a.attcollation <> y.typcollation THEN a.attcollation::regcollation::text END, "
        "a.attnotnull, CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END, "
        "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END "
        "FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid "
        "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        {&number, 1});
    if (!columns) return std::move(columns).error();
    TableDefinition table;
    std::string list;
    for (size_t i = 0; i < columns->rows.size(); ++i) {
      const auto text = [&](size_t c) { return columns->text(i, c); };
      list += (i == 0 ? "" : ", ") + text(0) + " " + text(1);
      if (!text(2).empty()) list += " COLLATE " + text(2);
      if (!text(5).empty()) list += " COMPRESSION " + text(5);
      if (!text(4).empty()) list += " GENERATED ALWAYS AS (" + text(4) + ") STORED";
      if (columns->number(i, 3) != 0) list += " NOT NULL";
      if (!text(4).empty()) continue;
      table.columns += (table.columns.empty() ? "" : ", ") + text(0);
    }
    Result<Rows> own = connection_.query(
        "SELECT c.oid::regclass::text, c.relpersistence, array_to_string(c.reloptions, ', '), "
        "quote_ident(s.spcname), quote_ident(m.amname) FROM pg_class c "
        "LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace "
        "LEFT JOIN pg_am m ON m.oid = c.relam WHERE c.oid = ?",
        {&number, 1});
    if (!own) return std::move(own).error();
    table.name = own->text(0, 0);
    std::string create = std::string("CREATE ") + (own->text(0, 1) == "u" ? "UNLOGGED " : "") +
                         "TABLE " + table.name + " (" + list + ")";
    if (!own->text(0, 4).empty()) create += " USING " + own->text(0, 4);
    if (!own->text(0, 2).empty()) create += " WITH (" + own->text(0, 2) + ")";
    if (!own->text(0, 3).empty()) create += " TABLESPACE " + own->text(0, 3);
    table.create = std::move(create);
    out_.tables.push_back(std::move(table));
    related_.push_back(oid);
    return {};
  }

  Result<void> add_sequence_numbers() {
    Result<Rows> rows = connection_.query(with_tables(kOwnedSequences, tables_));
    if (!rows) return std::move(rows).error();
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      related_.push_back(rows->number(i));
      sequences_.push_back(rows->number(i));
    }
    return {};
  }

  /// Where the sequences stand.
  Result<void> add_values() {
    for (const int64_t sequence : sequences_) {
      Result<Rows> name =
          connection_.query("SELECT " + std::to_string(sequence) + "::regclass::text");
      if (!name) return std::move(name).error();
      Result<Rows> value = connection_.query("SELECT last_value, is_called FROM " + name->text());
      if (!value) return std::move(value).error();
      out_.finish.push_back("SELECT pg_catalog.setval(" + quote_text(name->text()) + ", " +
                            std::to_string(value->number(0, 0)) + ", " +
                            (value->number(0, 1) != 0 ? "true" : "false") + ")");
    }
    return {};
  }

  Result<void> add_views() {
    Result<Rows> rows = connection_.query(with_tables(kViews, tables_));
    if (!rows) return std::move(rows).error();
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      related_.push_back(rows->number(i, 0));
      out_.views.push_back(rows->text(i, 1));
      out_.finish.push_back(rows->text(i, 2));
    }
    return {};
  }

  PostgresConnection& connection_;
  const std::vector<int64_t>& oids_;
  std::string tables_;
  std::vector<int64_t> related_;  ///< the tables, their sequences, the views
  std::vector<int64_t> sequences_;
  TableDefinitions out_;
};

// What may hang on a table, or on the type of its rows, and is made again; anything else is in the
// way.
constexpr const char* kDependents = R"(
SELECT format('%s depends on %s', pg_describe_object(d.classid, d.objid, d.objsubid),
  pg_describe_object(d.refclassid, d.refobjid, 0))
FROM pg_depend d
LEFT JOIN pg_class c ON d.classid = 'pg_catalog.pg_class'::regclass AND c.oid = d.objid
LEFT JOIN pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_class v ON v.oid = r.ev_class
LEFT JOIN pg_trigger g ON d.classid = 'pg_catalog.pg_trigger'::regclass AND g.oid = d.objid
WHERE ((d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = ANY ({t}))
    OR (d.refclassid = 'pg_catalog.pg_type'::regclass
        AND d.refobjid IN (SELECT unnest(ARRAY[y.oid, y.typarray]) FROM pg_type y WHERE y.typrelid = ANY ({t}))))
  AND NOT (
    d.classid IN ('pg_catalog.pg_attrdef'::regclass, 'pg_catalog.pg_constraint'::regclass,
                  'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_statistic_ext'::regclass)
    OR (d.classid = 'pg_catalog.pg_type'::regclass AND d.deptype IN ('i', 'a'))
    OR (d.classid = 'pg_catalog.pg_class'::regclass AND c.relkind IN ('i', 't'))
    OR (d.classid = 'pg_catalog.pg_class'::regclass AND c.relkind = 'S' AND d.deptype IN ('a', 'i'))
    OR (d.classid = 'pg_catalog.pg_rewrite'::regclass AND v.relkind = 'v' AND r.rulename = '_RETURN')
    OR (d.classid = 'pg_catalog.pg_trigger'::regclass AND g.tgisinternal))
LIMIT 1)";

constexpr const char* kNature = R"(
SELECT CASE
  WHEN c.relkind <> 'r' THEN format('%s is no ordinary table', c.oid::regclass)
  WHEN c.relispartition THEN format('%s is a partition', c.oid::regclass)
  WHEN c.reloftype <> 0 THEN format('%s is made from a type', c.oid::regclass)
  WHEN EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent))
    THEN format('%s inherits, or is inherited from', c.oid::regclass)
  WHEN EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
    THEN format('triggers on %s may write to other tables', c.oid::regclass)
  WHEN EXISTS (SELECT FROM pg_publication_rel p WHERE p.prrelid = c.oid)
    THEN format('%s is published to other servers', c.oid::regclass)
  WHEN NOT pg_has_role(c.relowner, 'MEMBER') THEN format('%s belongs to another role', c.oid::regclass)
END FROM pg_class c WHERE c.oid = ANY ({t}))";

}  // namespace

Result<TableDefinitions> read_definitions(PostgresConnection& connection,
                                          const std::vector<int64_t>& tables) {
  return Reader(connection, tables).read();
}

Result<std::string> obstacle_to_rebuild(PostgresConnection& connection,
                                        const std::vector<int64_t>& tables) {
  const std::string list = oid_array(tables);
  for (const char* question : {kNature, kDependents}) {
    Result<Rows> rows = connection.query(with_tables(question, list));
    if (!rows) return std::move(rows).error();
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      if (!rows->text(i).empty()) return rows->text(i);
    }
  }
  // A view goes with its tables; what hangs on it must be a view again.
  Result<Rows> views = connection.query(with_tables(kViews, list));
  if (!views) return std::move(views).error();
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < views->rows.size(); ++i) numbers.push_back(views->number(i));
  if (numbers.empty()) return std::string();
  Result<Rows> on_views = connection.query(with_tables(kDependents, oid_array(numbers)));
  if (!on_views) return std::move(on_views).error();
  return on_views->rows.empty() ? std::string() : on_views->text();
}

}  // namespace belay::runtime::postgres
