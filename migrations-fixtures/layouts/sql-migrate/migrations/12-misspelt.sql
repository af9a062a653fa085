-- +migrate Up
ALTER TABLE posts ADD COLUMN slug TEXT;
--+migrate Down
ALTER TABLE posts DROP COLUMN slug;
