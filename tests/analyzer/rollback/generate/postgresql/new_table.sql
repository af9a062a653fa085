CREATE TABLE people (id bigint PRIMARY KEY);
-- up
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE orders (id bigserial PRIMARY KEY, person bigint REFERENCES people, state mood);
CREATE TABLE items (id bigserial PRIMARY KEY, item_order bigint REFERENCES orders);
CREATE INDEX orders_person ON orders (person);
CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = 'sad';
ALTER TABLE people ADD COLUMN mood mood DEFAULT 'happy';
