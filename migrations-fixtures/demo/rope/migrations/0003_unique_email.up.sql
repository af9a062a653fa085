DELETE FROM calls WHERE minutes = 0;
CREATE UNIQUE INDEX people_email ON people (email);
