CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE jobs (id int PRIMARY KEY, state state NOT NULL DEFAULT 'new');
CREATE INDEX open_jobs ON jobs (id) WHERE state = 'new';
CREATE VIEW done_jobs AS SELECT id FROM jobs WHERE state = 'done';
-- up
ALTER TYPE state ADD VALUE 'failed' AFTER 'new';
