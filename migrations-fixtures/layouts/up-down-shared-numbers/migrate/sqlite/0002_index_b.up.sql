CREATE TABLE t_index_b (id INTEGER);
