-- DEFAULT NULL is no default, but for types that cut their values.
CREATE TABLE t (
  plain text DEFAULT NULL,
  unlimited varchar DEFAULT NULL,
  cut varchar(20) DEFAULT NULL,
  padded char(3) DEFAULT NULL,
  rounded numeric(4, 2) DEFAULT NULL,
  span interval(2) DEFAULT NULL,
  later varchar(5)
);
ALTER TABLE t ALTER COLUMN later SET DEFAULT NULL;
ALTER TABLE t ADD COLUMN added timestamp(3) DEFAULT NULL;
