DROP TRIGGER count_changes;
