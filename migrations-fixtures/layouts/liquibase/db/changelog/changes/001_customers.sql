-- liquibase formatted sql

--changeset anna:1 labels:shop
--comment: the people who buy
CREATE TABLE customers (id bigserial PRIMARY KEY, email text);
--rollback DROP TABLE
--rollback   customers;

--changeset "Bert Ö":"add phone" runInTransaction:false
CREATE INDEX CONCURRENTLY customers_email ON customers (email);
/* liquibase rollback
DROP INDEX CONCURRENTLY customers_email;
*/

--changeset anna:clean-up
DELETE FROM customers WHERE email IS NULL;
--rollback empty

--changeset anna:mysql-only dbms:mysql,mariadb
ALTER TABLE customers ENGINE=InnoDB;

--changeset anna:not-mysql dbms:!mysql
ALTER TABLE customers ADD COLUMN tags text[];
--rollback ALTER TABLE customers DROP COLUMN tags;
