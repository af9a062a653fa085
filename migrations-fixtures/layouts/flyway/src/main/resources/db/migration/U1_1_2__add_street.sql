ALTER TABLE customers DROP COLUMN street;
