-- restored-data-lost: the schema comes back, but not the values of users.fullName
-- The values of users.fullName are gone: restore them from the snapshot.
-- users.fullName was NOT NULL without a default: rows that are there get ''.
ALTER TABLE users ADD COLUMN "fullName" text NOT NULL DEFAULT '';
ALTER TABLE users ALTER COLUMN "fullName" DROP DEFAULT;
-- The values of users.mail are gone: restore them from the snapshot.
ALTER TABLE users ADD COLUMN mail varchar(80);
-- The values of users.at are gone: restore them from the snapshot.
ALTER TABLE users ADD COLUMN at timestamptz DEFAULT now();
ALTER TABLE users ADD CONSTRAINT users_mail_key UNIQUE (mail);
CREATE INDEX users_lower_mail ON users (lower(mail)) WHERE mail is not null;
COMMENT ON COLUMN users.mail IS 'where they read';
