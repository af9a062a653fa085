PRAGMA foreign_keys = OFF;
CREATE TABLE notes_new (
  id INTEGER PRIMARY KEY,
  folder_id INTEGER REFERENCES folders (id),
  body TEXT NOT NULL
);
INSERT INTO notes_new SELECT id, body, folder_id FROM notes;
DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;
PRAGMA foreign_keys = ON;
