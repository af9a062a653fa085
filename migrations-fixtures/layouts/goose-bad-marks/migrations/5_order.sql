-- +goose Down
DROP TABLE views;
-- +goose Up
CREATE TABLE views (id SERIAL PRIMARY KEY);
