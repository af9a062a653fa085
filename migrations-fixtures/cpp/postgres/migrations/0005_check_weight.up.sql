ALTER TABLE parcels ADD CHECK (weight > 0);
