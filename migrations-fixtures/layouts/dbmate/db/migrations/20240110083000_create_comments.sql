-- Readers may answer.
-- migrate:up
CREATE TABLE comments (
    id integer PRIMARY KEY AUTOINCREMENT,
    post_id integer NOT NULL REFERENCES posts (id),
    body text NOT NULL
);
CREATE INDEX comments_post_id ON comments (post_id);

-- migrate:down
DROP INDEX comments_post_id;
DROP TABLE comments;
