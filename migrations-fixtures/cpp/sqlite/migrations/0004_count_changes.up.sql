CREATE TABLE changes (note_id INTEGER, n INTEGER DEFAULT 0);
CREATE TRIGGER count_changes AFTER UPDATE ON notes BEGIN
  UPDATE changes SET n = n + 1 WHERE note_id = NEW.id;
  INSERT INTO changes (note_id) SELECT NEW.id WHERE changes() = 0;
END;
