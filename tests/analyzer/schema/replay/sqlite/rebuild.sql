CREATE TABLE parents (id INTEGER PRIMARY KEY, code TEXT);
CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents (id));
CREATE INDEX parents_code ON parents (code);
PRAGMA foreign_keys = OFF;
CREATE TABLE parents_new (id INTEGER PRIMARY KEY, code TEXT NOT NULL);
INSERT INTO parents_new SELECT id, code FROM parents;
DROP TABLE parents;
ALTER TABLE parents_new RENAME TO parents;
CREATE INDEX parents_code ON parents (code);
