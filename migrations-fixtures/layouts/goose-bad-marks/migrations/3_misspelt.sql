-- +goose Up
-- +goose StatementBgin
CREATE TABLE likes (id SERIAL PRIMARY KEY);
-- +goose StatementEnd
-- +goose Downn
DROP TABLE likes;
