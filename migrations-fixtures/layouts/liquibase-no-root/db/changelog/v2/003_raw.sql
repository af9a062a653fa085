CREATE TABLE raw (id integer);
