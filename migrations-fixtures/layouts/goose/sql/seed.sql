INSERT INTO customers (email) VALUES ('a@example.com');
