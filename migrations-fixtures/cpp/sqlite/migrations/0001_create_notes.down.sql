DROP TABLE folders;
DROP TABLE notes;
