CREATE TABLE users (id bigint PRIMARY KEY, "fullName" text NOT NULL, mail varchar(80) UNIQUE, at timestamptz DEFAULT now());
CREATE INDEX users_lower_mail ON users (lower(mail)) WHERE mail IS NOT NULL;
COMMENT ON COLUMN users.mail IS 'where they read';
-- up
ALTER TABLE users DROP COLUMN "fullName", DROP COLUMN mail, DROP COLUMN at;
