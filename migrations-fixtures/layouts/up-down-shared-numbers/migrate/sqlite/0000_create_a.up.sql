CREATE TABLE t_create_a (id INTEGER);
