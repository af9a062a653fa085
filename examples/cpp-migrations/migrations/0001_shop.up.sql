CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    price REAL NOT NULL
);

INSERT INTO people (name) VALUES ('Ada Lovelace'), ('Grace Brewster Hopper'), ('Plato');
INSERT INTO products (title, price) VALUES ('tea', 2.504), ('sugar', 0.9999);
