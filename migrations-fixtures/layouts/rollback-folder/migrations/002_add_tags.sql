ALTER TABLE memories ADD COLUMN tags text[];
