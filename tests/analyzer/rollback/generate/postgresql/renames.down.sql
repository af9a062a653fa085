-- restored-data-lost: the schema comes back, but not the table a
DROP TABLE a;
ALTER TABLE b RENAME TO a;
ALTER TABLE a RENAME COLUMN y TO x;
ALTER TYPE state RENAME VALUE 'ancient' TO 'old';
ALTER TABLE a RENAME CONSTRAINT y_small TO x_small;
ALTER INDEX b_y RENAME TO a_x;
