-- restored: the down brings back the schema as it was
-- A value of t.a that is no integer stops this.
ALTER TABLE t ALTER COLUMN a TYPE integer USING a::integer;
ALTER TABLE t ALTER COLUMN a SET DEFAULT 1;
-- Rows written since with NULL in t.a stop this.
ALTER TABLE t ALTER COLUMN a SET NOT NULL;
-- A value of t.b that is no varchar(20) stops this.
ALTER TABLE t ALTER COLUMN b TYPE varchar(20) USING b::varchar(20);
ALTER TABLE t ALTER COLUMN c DROP DEFAULT;
ALTER TABLE t ALTER COLUMN c DROP NOT NULL;
-- A value of t.d that is no integer stops this.
ALTER TABLE t ALTER COLUMN d TYPE integer USING d::integer;
