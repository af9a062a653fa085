-- Up Migration
CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL);

-- Down Migration
DROP TABLE products;
