-- restored-data-lost: the schema comes back, but not the table pets
-- The rows of pets are gone: restore them from the snapshot.
CREATE TABLE pets (
  id serial NOT NULL,
  owner integer NOT NULL,
  number integer GENERATED ALWAYS AS IDENTITY (START WITH 100) NOT NULL,
  weight numeric(6, 2),
  name text COLLATE "C" DEFAULT 'Rex',
  double_weight numeric GENERATED ALWAYS AS (weight * 2) STORED,
  CONSTRAINT pets_pkey PRIMARY KEY (id),
  CONSTRAINT pets_weight_check CHECK (weight > 0),
  CONSTRAINT pets_owner_name_key UNIQUE (owner, name)
);
CREATE INDEX pets_by_weight ON pets USING brin (weight) WITH (pages_per_range = 4);
ALTER TABLE pets ADD CONSTRAINT pets_owner_fkey FOREIGN KEY (owner) REFERENCES owners (id) ON DELETE CASCADE DEFERRABLE;
CREATE VIEW heavy AS SELECT name FROM pets WHERE weight > 50;
CREATE POLICY own ON pets AS PERMISSIVE FOR SELECT TO public USING (owner = 1);
COMMENT ON TABLE pets IS 'cats; and dogs';
ALTER TABLE pets ENABLE ROW LEVEL SECURITY;
