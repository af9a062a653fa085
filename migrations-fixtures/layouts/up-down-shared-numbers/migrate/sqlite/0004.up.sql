CREATE TABLE nameless (id INTEGER);
