DROP TRIGGER log_parcel ON parcels;
DROP TABLE parcel_log;
