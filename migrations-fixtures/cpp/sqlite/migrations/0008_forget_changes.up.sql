DELETE FROM changes;
DROP TABLE changes;
