CREATE VIEW totals AS SELECT count(*) FROM orders;
