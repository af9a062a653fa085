CREATE TABLE parents (id INTEGER PRIMARY KEY, code TEXT);
CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INT REFERENCES parents (id), CHECK (parent_id > 0));
CREATE INDEX children_parent ON children (parent_id);
ALTER TABLE parents RENAME TO elders;
ALTER TABLE elders RENAME COLUMN id TO elder_id;
ALTER TABLE children RENAME parent_id TO elder_id;
