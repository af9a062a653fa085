-- restored-data-lost: the schema comes back, but not the table t
-- The rows of kept are gone: restore them from the snapshot.
CREATE TABLE kept (
  k TEXT PRIMARY KEY,
  v BLOB
) WITHOUT ROWID, STRICT;
-- The rows of t are gone: restore them from the snapshot.
CREATE TABLE t (
  a INT,
  b VARCHAR(10) COLLATE NOCASE,
  UNIQUE (a, b) ON CONFLICT REPLACE
);
CREATE INDEX t_b ON t (b desc) WHERE a > 1;
