CREATE TABLE t (id int PRIMARY KEY, n int);
-- up
DELETE FROM t WHERE n = 1;
UPDATE t SET n = 2;
