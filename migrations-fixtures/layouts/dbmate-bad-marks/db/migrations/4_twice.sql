-- migrate:up
ALTER TABLE carts ADD COLUMN a integer;
-- migrate:down
ALTER TABLE carts DROP COLUMN a;
-- migrate:up
ALTER TABLE carts ADD COLUMN b integer;
-- migrate:down
ALTER TABLE carts DROP COLUMN b;
