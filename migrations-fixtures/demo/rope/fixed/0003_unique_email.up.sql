UPDATE people SET email = NULL
WHERE id NOT IN (SELECT min(id) FROM people GROUP BY email);
DELETE FROM calls WHERE minutes = 0;
CREATE UNIQUE INDEX people_email ON people (email);
