-- Up Migration
ALTER TABLE products ADD COLUMN stock integer;
-- Down Migration
ALTER TABLE products DROP COLUMN stock;
