ALTER TABLE parcels ALTER COLUMN code TYPE varchar(10), ALTER COLUMN weight TYPE bigint;
