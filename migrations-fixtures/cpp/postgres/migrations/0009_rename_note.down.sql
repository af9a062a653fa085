ALTER TABLE sites RENAME TO depots;
