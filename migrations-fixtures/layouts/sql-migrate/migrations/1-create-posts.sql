-- +migrate Up
CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);

-- +migrate Down
DROP TABLE posts;
