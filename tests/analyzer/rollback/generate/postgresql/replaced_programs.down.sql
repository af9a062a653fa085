-- restored: the down brings back the schema as it was
DROP VIEW v;
CREATE OR REPLACE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.n := NEW.n + 1; -- by one
  RETURN NEW;
END
$$;
CREATE VIEW v AS SELECT n FROM t;
CREATE TRIGGER bump_n BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION bump();
