-- restored-data-lost: the schema comes back, but not the values of t.a
-- SQLite cannot change this in place: t is made anew and takes its rows over.
CREATE TABLE t__new (
  id INTEGER PRIMARY KEY,
  a TEXT NOT NULL,
  b TEXT
);
-- The values of t.a are gone: restore them from the snapshot.
-- t.a was NOT NULL without a default: rows that are there get ''.
INSERT INTO t__new (id, a, b)
  SELECT id, '', b
  FROM t;
DROP TABLE t;
ALTER TABLE t__new RENAME TO t;
