DROP TABLE calls;
DROP TABLE people;
