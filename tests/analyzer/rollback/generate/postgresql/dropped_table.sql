CREATE TABLE owners (id int PRIMARY KEY);
CREATE TABLE pets (
  id serial PRIMARY KEY,
  owner int NOT NULL REFERENCES owners ON DELETE CASCADE DEFERRABLE,
  number int GENERATED ALWAYS AS IDENTITY (START WITH 100),
  weight numeric(6, 2) CHECK (weight > 0),
  name text COLLATE "C" DEFAULT 'Rex',
  double_weight numeric GENERATED ALWAYS AS (weight * 2) STORED,
  UNIQUE (owner, name)
);
CREATE INDEX pets_by_weight ON pets USING brin (weight) WITH (pages_per_range = 4);
COMMENT ON TABLE pets IS 'cats; and dogs';
ALTER TABLE pets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON pets FOR SELECT TO public USING (owner = 1);
CREATE VIEW heavy AS SELECT name FROM pets WHERE weight > 50;
-- up
DROP VIEW heavy;
DROP TABLE pets;
