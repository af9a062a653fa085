BEGIN;
CREATE INDEX CONCURRENTLY parcels_token ON parcels (token);
CREATE TABLE tags (parcel_id bigint REFERENCES parcels, label text /* shown on
  the parcel */ CHECK (label ~ '^[a-z]{1,9}\.?$'));
