UPDATE parcels SET city = 'unknown\' || chr(10) || '?';
ALTER TABLE parcels ALTER COLUMN city SET NOT NULL;
