-- to be run by hand
-- no-transaction
DROP INDEX CONCURRENTLY products_name;
