ALTER TABLE readings ADD COLUMN sensor text;
