ALTER TABLE notes DROP COLUMN changed_at;
