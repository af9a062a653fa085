-- migrate:up
ALTER TABLE carts ADD COLUMN d integer;
-- migrate:down
ALTER TABLE carts DROP COLUMN d;
