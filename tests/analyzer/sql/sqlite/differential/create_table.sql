-- The statement around the columns
CREATE TABLE z (a)
CREATE TABLE z (a, b, c)
CREATE TABLE IF NOT EXISTS z (a)
CREATE TABLE main.z (a)
CREATE TABLE temp.z (a)
CREATE TEMP TABLE z (a)
CREATE TEMPORARY TABLE z (a)
CREATE TEMP TABLE temp.z (a)
CREATE TEMP TABLE main.z (a)
CREATE TABLE "z z" ("a a")
CREATE TABLE [z z] ([a a])
CREATE TABLE `z z` (`a a`)
CREATE TABLE 'z z' ('a a')
CREATE TABLE "z""z" ("a""a")
CREATE TABLE "" ("")
CREATE TABLE
CREATE TABLE z
CREATE TABLE z (
CREATE TABLE z (a
CREATE TABLE z (a,
CREATE TABLE z ()
CREATE TABLE z (a,)
CREATE TABLE z (,a)
CREATE TABLE z (a b c d e)
CREATE TABLE z a
CREATE TABLE z.y.x (a)
CREATE TABLE IF EXISTS z (a)
CREATE TABLE IF NOT z (a)
CREATE TABLE NOT EXISTS z (a)
CREATE OR REPLACE TABLE z (a)
CREATE UNLOGGED TABLE z (a)
CREATE GLOBAL TEMPORARY TABLE z (a)
CREATE TABLE z (a))
CREATE TABLE z (a) z
CREATE TABLE z (LIKE t)
CREATE TABLE z LIKE t
CREATE TABLE sqlite_z (a)
CREATE TABLE "SQLite_z" (a)
CREATE TABLE sqlitez (a)
CREATE TABLE z (a, a)
CREATE TABLE z (a, A)
CREATE TABLE z (a, "A")
CREATE TABLE z (a, 'a')
CREATE TABLE z (a, b, [B])
-- Options behind the columns
CREATE TABLE z (a PRIMARY KEY) WITHOUT ROWID
CREATE TABLE z (a PRIMARY KEY) without rowid
CREATE TABLE z (a, PRIMARY KEY (a)) WITHOUT ROWID
CREATE TABLE z (a INT) STRICT
CREATE TABLE z (a INT PRIMARY KEY) STRICT, WITHOUT ROWID
CREATE TABLE z (a INT PRIMARY KEY) WITHOUT ROWID, STRICT
CREATE TABLE z (a INT PRIMARY KEY) WITHOUT ROWID STRICT
CREATE TABLE z (a INT) STRICT, STRICT
CREATE TABLE z (a INT), STRICT
CREATE TABLE z (a INT),
CREATE TABLE z (a INT) STRICT,
CREATE TABLE z (a) WITHOUT ROWID
CREATE TABLE z (a) WITHOUT
CREATE TABLE z (a) WITHOUT OIDS
CREATE TABLE z (a) ROWID
CREATE TABLE z (a INT) 'strict'
CREATE TABLE z (a INT) "strict"
CREATE TABLE z (a PRIMARY KEY) WITHOUT 'rowid'
CREATE TABLE z (a) ENGINE = InnoDB
CREATE TABLE z (a) COMMENT 'x'
CREATE TABLE z (a) TABLESPACE x
CREATE TABLE z (a) INHERITS (t)
CREATE TABLE z (a) PARTITION BY RANGE (a)
CREATE TABLE z (a) AS SELECT 1
CREATE TABLE z (a) STRICT
CREATE TABLE z (a INT, b INTEGER, c REAL, d TEXT, e BLOB, f ANY) STRICT
CREATE TABLE z (a int, b Integer, c "TEXT", d [blob]) STRICT
CREATE TABLE z (a VARCHAR(10)) STRICT
CREATE TABLE z (a TEXT(10)) STRICT
CREATE TABLE z (a DATETIME) STRICT
CREATE TABLE z (a INT UNSIGNED) STRICT
CREATE TABLE z (a NUMERIC) STRICT
CREATE TABLE z (a INT GENERATED ALWAYS AS (1), b INT) STRICT
CREATE TABLE z (a GENERATED ALWAYS AS (1), b INT) STRICT
CREATE TABLE z (a INTEGER PRIMARY KEY AUTOINCREMENT) WITHOUT ROWID
-- AS SELECT
CREATE TABLE z AS SELECT 1
CREATE TABLE z AS SELECT * FROM t
CREATE TABLE z AS VALUES (1), (2)
CREATE TABLE z AS WITH q AS (SELECT 1) SELECT * FROM q
CREATE TABLE IF NOT EXISTS z AS SELECT a FROM t WHERE b ORDER BY c LIMIT 1
CREATE TABLE z AS
CREATE TABLE z AS (SELECT 1)
CREATE TABLE z AS SELECT 1 WITHOUT ROWID
CREATE TABLE z AS TABLE t
CREATE TABLE z SELECT 1
CREATE TABLE z AS INSERT INTO t VALUES (1, 2, 3)
CREATE TABLE z AS SELECT 1 AS a, 2 AS a
CREATE TABLE z AS SELECT 1 UNION SELECT 2, 3
-- Keywords as names
CREATE TABLE if (a)
CREATE TABLE IF NOT EXISTS if (if)
CREATE TABLE temp (temp)
CREATE TABLE abort (action, after, analyze, asc, attach, before, begin, by, cascade, cast)
CREATE TABLE z (conflict, database, deferred, desc, detach, do, each, end, exclusive, explain)
CREATE TABLE z (fail, for, ignore, immediate, initially, instead, like, glob, regexp, match)
CREATE TABLE z (no, plan, query, key, of, offset, pragma, raise, recursive, release, replace)
CREATE TABLE z (restrict, row, rows, rollback, savepoint, temp, temporary, trigger, vacuum, view)
CREATE TABLE z (virtual, with, without, nulls, first, last, current, following, partition)
CREATE TABLE z (preceding, range, unbounded, exclude, groups, others, ties, generated, always)
CREATE TABLE z (materialized, reindex, rename, current_date, current_time, current_timestamp, if)
CREATE TABLE z (window, over, filter, rowid, oid, _rowid_, true, false, strict, stored)
CREATE TABLE z (left, right, full, inner, outer, cross, natural, indexed, column)
CREATE TABLE z (index)
CREATE TABLE z (order)
CREATE TABLE z (group)
CREATE TABLE z (table)
CREATE TABLE z (select)
CREATE TABLE z (default)
CREATE TABLE z (check)
CREATE TABLE z (unique)
CREATE TABLE z (primary)
CREATE TABLE z (foreign)
CREATE TABLE z (references)
CREATE TABLE z (constraint)
CREATE TABLE z (values)
CREATE TABLE z (to)
CREATE TABLE z (transaction)
CREATE TABLE z (returning)
CREATE TABLE z (nothing)
CREATE TABLE z (null)
CREATE TABLE z (isnull)
CREATE TABLE z (add, alter)
CREATE TABLE z (commit)
CREATE TABLE z ("index", [order], `group`, 'table')
CREATE TABLE z (1)
CREATE TABLE z (1a)
CREATE TABLE z (a-b)
CREATE TABLE z (a.b)
CREATE TABLE z (*)
CREATE TABLE z (?)
CREATE TABLE z (:a)
CREATE TABLE z ($a)
CREATE TABLE z (a$b, c_d, _e, f1)
CREATE TABLE z (größe, 名前, имя)
