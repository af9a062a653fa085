CREATE TABLE parents (id int PRIMARY KEY, code text UNIQUE, kept text);
CREATE TABLE t (
  a int, b int, c int, d text REFERENCES parents (code),
  UNIQUE (a, b), CHECK (b > 0), CHECK (c > a), FOREIGN KEY (c) REFERENCES parents
);
CREATE INDEX t_c ON t (c) INCLUDE (a);
CREATE INDEX t_d ON t (d) WHERE a IS NULL;
CREATE INDEX t_e ON t (abs(b));
CREATE INDEX t_kept ON t (c);
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t DROP COLUMN IF EXISTS never;
ALTER TABLE parents DROP COLUMN code CASCADE;
ALTER TABLE t DROP a CASCADE;
