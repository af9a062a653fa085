-- +goose Up
CREATE TABLE customers (
    id BIGSERIAL PRIMARY KEY,
    email TEXT NOT NULL
);

-- +goose Down
DROP TABLE customers;
