-- no-transaction
CREATE INDEX CONCURRENTLY products_name ON products (name);
