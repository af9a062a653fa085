ALTER TABLE people ADD COLUMN first_name TEXT;
ALTER TABLE people ADD COLUMN last_name TEXT;
UPDATE people SET
  first_name = substr(name, 1, instr(name, ' ') - 1),
  last_name = substr(name, instr(name, ' ') + 1);
ALTER TABLE people DROP COLUMN name;
