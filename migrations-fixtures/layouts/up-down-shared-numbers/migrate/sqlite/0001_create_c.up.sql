CREATE TABLE t_create_c (id INTEGER);
