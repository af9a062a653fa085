CREATE TABLE t_alter_log (id INTEGER);
