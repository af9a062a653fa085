---- up migration ----
ALTER TABLE products ADD COLUMN price numeric;
