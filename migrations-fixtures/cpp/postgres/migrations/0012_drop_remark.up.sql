-- belay:ignore drop-column: it was copied to the archive
ALTER TABLE parcels DROP COLUMN remark;
ALTER TABLE couriers DROP COLUMN name CASCADE;
