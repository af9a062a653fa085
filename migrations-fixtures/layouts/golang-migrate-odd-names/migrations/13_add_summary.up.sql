ALTER TABLE posts ADD COLUMN summary text;
