ALTER TABLE parcels RENAME COLUMN "Note" TO remark;
ALTER TABLE depots RENAME TO sites;
