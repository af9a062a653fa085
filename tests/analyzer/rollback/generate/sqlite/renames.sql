CREATE TABLE Old (someColumn TEXT, x INT);
CREATE INDEX old_x ON Old (x);
-- up
ALTER TABLE Old RENAME TO fresh;
ALTER TABLE fresh RENAME COLUMN someColumn TO c;
