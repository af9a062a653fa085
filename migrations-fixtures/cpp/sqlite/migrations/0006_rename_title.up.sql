ALTER TABLE folders RENAME COLUMN title TO "name -- of it";
