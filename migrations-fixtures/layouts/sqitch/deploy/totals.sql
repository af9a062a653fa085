DROP VIEW totals;
CREATE VIEW totals AS SELECT count(*), 19 FROM orders;
