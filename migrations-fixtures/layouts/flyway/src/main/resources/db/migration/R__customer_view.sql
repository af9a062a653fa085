CREATE OR REPLACE VIEW customer_view AS SELECT id, email FROM customers;
