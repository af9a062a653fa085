ALTER TABLE parcels ADD COLUMN remark text;
ALTER TABLE couriers ADD COLUMN name text;
