CREATE TABLE notes (id text PRIMARY KEY);
