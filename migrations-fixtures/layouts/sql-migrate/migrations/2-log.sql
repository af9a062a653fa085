-- +migrate Up
CREATE TABLE log (what TEXT);
-- +migrate Down
DROP TABLE log;
-- +migrate Up
CREATE INDEX log_what ON log (what);
