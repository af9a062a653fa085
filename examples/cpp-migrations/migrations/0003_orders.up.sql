CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    product_id INTEGER NOT NULL REFERENCES products (id)
);
