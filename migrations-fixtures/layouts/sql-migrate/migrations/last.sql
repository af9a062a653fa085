-- +migrate Up
CREATE TABLE last (id INTEGER)
-- +migrate Down
DROP TABLE last;
