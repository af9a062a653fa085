-- What the program wrote in its first year. Two people share a mailbox.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
INSERT INTO people (id, name, email)
SELECT i, 'First' || i || ' Last' || i, 'person' || i || '@example.org' FROM n;
UPDATE people SET email = 'person1@example.org' WHERE id = 2;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
INSERT INTO calls (person_id, minutes) SELECT 1 + i % 1000, i % 60 FROM n;
