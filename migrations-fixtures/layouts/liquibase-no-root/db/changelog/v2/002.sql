--liquibase formatted sql
--changeset bert:3 ignore:true
DROP TABLE notes;
--changeset bert:4
CREATE TABLE more (id integer);
--rollback not required
