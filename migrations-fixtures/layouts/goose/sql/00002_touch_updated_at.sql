-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION touch_updated_at() RETURNS trigger AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END
$$ LANGUAGE plpgsql
-- +goose StatementEnd
ALTER TABLE customers ADD COLUMN updated_at TIMESTAMPTZ;

-- +goose Down
ALTER TABLE customers DROP COLUMN updated_at;
DROP FUNCTION touch_updated_at();
