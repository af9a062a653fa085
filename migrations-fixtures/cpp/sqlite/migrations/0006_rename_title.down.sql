ALTER TABLE folders RENAME COLUMN name TO title;
