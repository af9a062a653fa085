CREATE TABLE folders (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  folder_id INTEGER REFERENCES folders (id) ON DELETE CASCADE,
  body TEXT DEFAULT 'a\b "c"'
);
CREATE INDEX notes_folder ON notes (folder_id);
