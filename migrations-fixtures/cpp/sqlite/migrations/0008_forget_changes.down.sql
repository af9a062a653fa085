CREATE TABLE changes (note_id INTEGER);
