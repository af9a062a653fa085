ALTER TABLE orders ALTER COLUMN note TYPE varchar(80);
ALTER TABLE orders DROP CONSTRAINT orders_customer;
