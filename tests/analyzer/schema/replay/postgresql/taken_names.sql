CREATE TABLE t (a int, b int);
CREATE TABLE t_pkey (x int);
CREATE INDEX t_a_idx ON t (b);
CREATE INDEX ON t (a);
CREATE VIEW t_b_key AS SELECT 1 AS one;
ALTER TABLE t ADD PRIMARY KEY (a), ADD UNIQUE (b);
CREATE SEQUENCE t_b_idx;
CREATE INDEX ON t (b);
CREATE TABLE u (a int CONSTRAINT u_a_check1 CHECK (a > 0) CHECK (a > 1) CHECK (a > 2));
