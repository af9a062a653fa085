CREATE TABLE notes (id char(36) PRIMARY KEY);
