-- restored: the down brings back the schema as it was
DROP VIEW open_orders;
DROP TABLE items;
DROP TABLE orders;
ALTER TABLE people DROP COLUMN mood;
DROP TYPE mood;
