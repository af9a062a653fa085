CREATE TABLE parents (id int PRIMARY KEY, code text UNIQUE, x int, y int, UNIQUE (x, y));
CREATE TABLE children (
  id int PRIMARY KEY,
  parent_id int REFERENCES parents,
  other_id int REFERENCES parents (id),
  x int CHECK (x > 0),
  y int CHECK (y > x),
  z int CHECK (1 = 1),
  FOREIGN KEY (x, y) REFERENCES parents (x, y) ON DELETE CASCADE,
  CHECK (z <> 0 AND z <> 1),
  CHECK (z < 100),
  EXCLUDE USING btree (z WITH =)
);
CREATE INDEX ON children (parent_id);
CREATE INDEX ON children (parent_id);
CREATE INDEX ON children (lower(x::text), other_id);
CREATE INDEX ON children (lower(x::text), lower(y::text), (x + y), (x - y), x, x);
CREATE UNIQUE INDEX ON children (x, y) WHERE z IS NULL;
ALTER TABLE children ADD UNIQUE (z);
ALTER TABLE children ADD UNIQUE (z);
ALTER TABLE children ADD FOREIGN KEY (z) REFERENCES parents;
ALTER TABLE children ADD CHECK (y <> 7);
ALTER TABLE children ADD COLUMN w int UNIQUE CHECK (w > 0) REFERENCES parents;
