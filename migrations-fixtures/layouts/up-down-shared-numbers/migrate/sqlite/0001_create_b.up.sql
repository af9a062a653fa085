CREATE TABLE t_create_b (id INTEGER);
