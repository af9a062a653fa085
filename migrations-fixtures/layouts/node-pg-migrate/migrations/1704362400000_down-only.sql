ALTER TABLE products ADD COLUMN weight integer;
-- Down Migration
ALTER TABLE products DROP COLUMN weight;
