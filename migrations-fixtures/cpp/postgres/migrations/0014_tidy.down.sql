DROP TABLE tags;
DROP INDEX parcels_tokens;
SELEC 1;
