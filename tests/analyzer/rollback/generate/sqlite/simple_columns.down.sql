-- restored-data-lost: the schema comes back, but not the values of users.age
ALTER TABLE users DROP COLUMN mail;
-- The values of users.age are gone: restore them from the snapshot.
ALTER TABLE users ADD COLUMN age INT DEFAULT 3;
