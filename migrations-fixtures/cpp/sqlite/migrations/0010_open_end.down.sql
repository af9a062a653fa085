ALTER TABLE folders DROP COLUMN parent;
