ALTER TABLE parcels DROP CONSTRAINT parcels_check;
