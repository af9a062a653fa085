CREATE TABLE customers (
  id bigserial PRIMARY KEY,
  name varchar(80) NOT NULL DEFAULT '',
  born date,
  score numeric(10, 2),
  tags text[],
  seen timestamp(3) with time zone DEFAULT now()
);
CREATE TABLE "Mixed Case" ("Id" int, "a.b" character(3));
ALTER TABLE customers ADD COLUMN note text;
ALTER TABLE customers ADD COLUMN IF NOT EXISTS note int;
ALTER TABLE customers ADD COLUMN code char, ADD COLUMN rank smallint NOT NULL DEFAULT 0;
CREATE TABLE IF NOT EXISTS customers (never int);
CREATE TEMP TABLE scratch (x int);
DROP TABLE scratch;
