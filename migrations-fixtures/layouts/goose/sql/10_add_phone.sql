-- +goose up
ALTER TABLE customers ADD COLUMN phone TEXT;
-- +goose down
ALTER TABLE customers DROP COLUMN phone;
