-- +goose Up
CREATE TABLE c (id SERIAL PRIMARY KEY);
-- +goose Down
DROP TABLE c;
