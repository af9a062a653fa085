CREATE TABLE t_index_c (id INTEGER);
