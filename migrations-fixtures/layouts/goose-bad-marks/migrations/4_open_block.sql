-- +goose Up
-- +goose StatementBegin
CREATE TABLE shares (id SERIAL PRIMARY KEY);
-- +goose Down
DROP TABLE shares;
