CREATE TABLE a (id int PRIMARY KEY, x int, CONSTRAINT x_small CHECK (x < 9));
CREATE INDEX a_x ON a (x);
CREATE TYPE state AS ENUM ('new', 'old');
-- up
ALTER TABLE a RENAME TO b;
ALTER TABLE b RENAME COLUMN x TO y;
ALTER TABLE b RENAME CONSTRAINT x_small TO y_small;
ALTER INDEX a_x RENAME TO b_y;
ALTER TYPE state RENAME VALUE 'old' TO 'ancient';
CREATE TABLE a (other int);
