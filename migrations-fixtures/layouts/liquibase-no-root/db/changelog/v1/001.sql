--liquibase formatted sql

SELECT 'before the first changeset';
--changeset bert:1
CREATE TABLE notes (id integer PRIMARY KEY AUTOINCREMENT);

--changeset bert:1
CREATE TABLE twice (id integer);

--changeset bert: 2
CREATE TABLE spaced (id integer);
