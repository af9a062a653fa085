CREATE TABLE memories (id uuid PRIMARY KEY, body jsonb NOT NULL);
