ALTER TABLE parcels ADD COLUMN token uuid DEFAULT gen_random_uuid();
ALTER TABLE parcels ADD COLUMN seen timestamptz NOT NULL DEFAULT clock_timestamp();
