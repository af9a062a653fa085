-- Prints a database as print_schema.cc prints what a replay has made.
\pset format unaligned
\pset tuples_only on
SET search_path = pg_catalog;
WITH tables AS (
  SELECT n.nspname || '.' || c.relname AS key, c.*
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
), types AS (
  SELECT n.nspname || '.' || y.typname AS key, y.*
  FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace
  WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
), lines AS (
  SELECT t.key, 0 AS kind, 0 AS place,
    'table ' || t.key || CASE WHEN relpersistence = 'u' THEN ' unlogged' ELSE '' END
    || CASE WHEN relkind = 'p' THEN ' partitioned' ELSE '' END
    || coalesce((SELECT ' partition of ' || p.key FROM pg_inherits i JOIN tables p ON p.oid = i.inhparent
                 WHERE i.inhrelid = t.oid AND t.relispartition), '') AS line
  FROM tables t WHERE relkind IN ('r', 'p')
  UNION ALL
  SELECT t.key, 1, a.attnum,
    '  column ' || a.attname || ' '
    || CASE WHEN pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' AND ty.typname = 'int4' THEN 'serial'
            WHEN pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' AND ty.typname = 'int8' THEN 'bigserial'
            WHEN ty.typelem <> 0 AND ty.typlen = -1 THEN substr(ty.typname, 2) ELSE ty.typname END
    || coalesce(substring(format_type(a.atttypid, a.atttypmod) FROM '\(.*\)'), '')
    || CASE WHEN ty.typelem <> 0 AND ty.typlen = -1 THEN '[]' ELSE '' END
    || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || CASE WHEN d.adbin IS NOT NULL AND a.attgenerated = '' THEN ' default' ELSE '' END
    || CASE a.attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by default' ELSE '' END
    || CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid JOIN pg_type ty ON ty.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  WHERE relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT t.key, 2, 0,
    '  ' || CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                           WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclude' END || ' ' || c.conname
    || CASE c.contype WHEN 'x' THEN '' ELSE ' (' || coalesce((
         SELECT string_agg(a.attname, ', ' ORDER BY CASE WHEN c.contype = 'c' THEN 0 ELSE k.place END, a.attname COLLATE "C")
         FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number), '') || ')' END
    || coalesce(' references ' || r.key || ' (' || (
         SELECT string_agg(a.attname, ', ' ORDER BY k.place)
         FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
         JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number) || ')', '')
    || CASE c.confdeltype WHEN 'c' THEN ' on delete cascade' WHEN 'n' THEN ' on delete set null'
         WHEN 'r' THEN ' on delete restrict' WHEN 'd' THEN ' on delete set default' ELSE '' END
    || CASE c.confupdtype WHEN 'c' THEN ' on update cascade' WHEN 'n' THEN ' on update set null'
         WHEN 'r' THEN ' on update restrict' WHEN 'd' THEN ' on update set default' ELSE '' END
    || CASE WHEN c.convalidated THEN '' ELSE ' not valid' END
  FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid LEFT JOIN tables r ON r.oid = c.confrelid
  WHERE c.contype IN ('p', 'u', 'f', 'c', 'x')
  UNION ALL
  SELECT t.key, 2, 0,
    CASE WHEN i.indisunique THEN '  unique index ' ELSE '  index ' END || c.relname || ' ('
    || (SELECT string_agg(coalesce(a.attname, 'expr'), ', ' ORDER BY k.place)
        FROM unnest(i.indkey[0 : i.indnkeyatts - 1]) WITH ORDINALITY AS k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number AND k.number > 0) || ')'
    || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
    || CASE WHEN EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = c.oid AND o.contype IN ('p', 'u', 'x'))
         THEN ' of constraint' ELSE '' END
  FROM tables t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
  WHERE t.relkind IN ('r', 'p')
  UNION ALL
  SELECT v.key, 0, 0,
    CASE v.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || v.key || ' reads '
    || coalesce((SELECT string_agg(DISTINCT t.key COLLATE "C", ', ')
        FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
        JOIN tables t ON t.oid = d.refobjid WHERE w.ev_class = v.oid), '')
  FROM tables v WHERE v.relkind IN ('v', 'm')
  UNION ALL
  SELECT s.key, 0, 0, 'sequence ' || s.key || coalesce(' of ' || t.key || '.' || a.attname, '')
  FROM tables s
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
  LEFT JOIN tables t ON t.oid = d.refobjid
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE s.relkind = 'S'
  UNION ALL
  SELECT y.key, 0, 0, 'enum ' || y.key || ' (' || coalesce((
    SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = y.oid), '') || ')'
  FROM types y WHERE y.typtype = 'e'
  UNION ALL
  SELECT y.key, 0, 0, 'domain ' || y.key || ' ' || b.typname
    || coalesce(substring(format_type(y.typbasetype, y.typtypmod) FROM '\(.*\)'), '')
    || CASE WHEN y.typnotnull THEN ' not null' ELSE '' END
    || CASE WHEN y.typdefault IS NOT NULL THEN ' default' ELSE '' END
    || coalesce((SELECT ' check ' || string_agg(c.conname, ', ' ORDER BY c.conname COLLATE "C")
                 FROM pg_constraint c WHERE c.contypid = y.oid AND c.contype = 'c'), '')
  FROM types y JOIN pg_type b ON b.oid = y.typbasetype WHERE y.typtype = 'd'
)
SELECT line FROM lines ORDER BY key COLLATE "C", kind, place, line COLLATE "C";
