ALTER TABLE people ADD COLUMN name TEXT NOT NULL DEFAULT '';
UPDATE people SET name = first_name || ' ' || last_name;
ALTER TABLE people DROP COLUMN last_name;
ALTER TABLE people DROP COLUMN first_name;
