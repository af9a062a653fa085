-- migrate:up
CREATE TABLE posts (
    id integer PRIMARY KEY AUTOINCREMENT,
    title text NOT NULL,
    body text NOT NULL DEFAULT ''
);

-- migrate:down
DROP TABLE posts;
