-- +goose Up
CREATE TABLE store (id BIGSERIAL PRIMARY KEY, name VARCHAR(100) NOT NULL);

-- +goose Down
DROP TABLE store;
