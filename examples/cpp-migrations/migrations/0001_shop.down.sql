DROP TABLE products;
DROP TABLE people;
