-- +goose Up
CREATE TABLE posts (id SERIAL PRIMARY KEY);
CREATE INDEX posts_id ON posts (id)

-- +goose Down
DROP TABLE posts;
