-- restored: the down brings back the schema as it was
DROP VIEW done_jobs;
DROP INDEX open_jobs;
-- PostgreSQL cannot remove values from an enum, so the type is made anew. Rows that hold
-- 'failed' stop this: change them first.
ALTER TYPE state RENAME TO state__old;
CREATE TYPE state AS ENUM ('new', 'done');
ALTER TABLE jobs ALTER COLUMN state DROP DEFAULT;
ALTER TABLE jobs ALTER COLUMN state TYPE state USING state::text::state;
ALTER TABLE jobs ALTER COLUMN state SET DEFAULT 'new';
DROP TYPE state__old;
CREATE INDEX open_jobs ON jobs (id) WHERE state = 'new';
CREATE VIEW done_jobs AS SELECT id FROM jobs WHERE state = 'done';
