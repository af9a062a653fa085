-- restored: the down brings back the schema as it was
ALTER TABLE fresh RENAME TO Old;
ALTER TABLE old RENAME COLUMN c TO someColumn;
