-- +goose Up
CREATE TABLE a (id SERIAL PRIMARY KEY);
-- +goose Up
CREATE TABLE b (id SERIAL PRIMARY KEY);
  -- +goose Down
DROP TABLE a;
