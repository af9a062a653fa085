-- +goose Up
CREATE TABLE store (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL);

-- +goose Down
DROP TABLE store;
