CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT NOT NULL, note TEXT, CHECK ((length(Name) < 50)));
CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INT REFERENCES people (id) ON DELETE CASCADE);
CREATE INDEX people_note ON people (note);
CREATE VIEW names AS SELECT Name FROM people;
CREATE TRIGGER seen AFTER INSERT ON people BEGIN UPDATE people SET note = 'new' WHERE id = NEW.id; END;
-- up
DROP VIEW names;
CREATE TABLE people_new (id INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT, note TEXT UNIQUE);
INSERT INTO people_new SELECT id, Name, note FROM people;
DROP TABLE people;
ALTER TABLE people_new RENAME TO people;
CREATE VIEW names AS SELECT Name FROM people;
