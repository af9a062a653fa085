CREATE TABLE t_create_d (id INTEGER);
