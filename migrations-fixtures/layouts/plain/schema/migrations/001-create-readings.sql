CREATE TABLE readings (at datetime NOT NULL, value real) WITHOUT ROWID;
