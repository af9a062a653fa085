-- +goose Up
-- +goose ENVSUB ON
GRANT SELECT ON customers TO ${READER_ROLE};
-- +goose ENVSUB OFF

-- +goose Down
REVOKE SELECT ON customers FROM PUBLIC;
