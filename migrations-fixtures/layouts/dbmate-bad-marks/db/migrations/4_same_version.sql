-- migrate:up
ALTER TABLE carts ADD COLUMN c integer;
-- migrate:down
ALTER TABLE carts DROP COLUMN c;
