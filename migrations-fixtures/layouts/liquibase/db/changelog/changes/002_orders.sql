--liquibase formatted sql

--changeset anna:1
CREATE TABLE orders (id bigserial PRIMARY KEY);
--rollback DROP TABLE orders;

--changeset anna:2
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 SELECT count(*) FROM orders
DROP TABLE orders;
--rollback changeSetId:1 changeSetAuthor:anna
