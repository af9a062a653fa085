-- the schema as it should be
CREATE TABLE posts (id serial PRIMARY KEY);
