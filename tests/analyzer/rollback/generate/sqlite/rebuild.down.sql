-- restored: the down brings back the schema as it was
DROP VIEW names;
-- SQLite cannot change this in place: people is made anew and takes its rows over.
-- Other tables refer to it. Where foreign keys are enforced this must run outside of a
-- transaction, or dropping the old table deletes or blocks what refers to it.
PRAGMA foreign_keys = OFF;
CREATE TABLE people__new (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  Name TEXT NOT NULL,
  note TEXT,
  CHECK ((length(Name) < 50))
);
-- Rows written since with NULL in people.name stop this.
INSERT INTO people__new (id, name, note)
  SELECT id, name, note
  FROM people;
DROP TABLE people;
ALTER TABLE people__new RENAME TO people;
PRAGMA foreign_keys = ON;
CREATE INDEX people_note ON people (note);
CREATE VIEW names AS SELECT Name FROM people;
CREATE TRIGGER seen AFTER INSERT ON people BEGIN UPDATE people SET note = 'new' WHERE id = NEW.id; END;
