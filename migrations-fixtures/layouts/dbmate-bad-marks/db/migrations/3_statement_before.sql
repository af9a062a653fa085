SET lock_timeout = '2s';
-- migrate:up
ALTER TABLE carts ADD COLUMN note text;
-- migrate:down
ALTER TABLE carts DROP COLUMN note;
