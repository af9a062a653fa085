--liquibase formatted sql

--include file:changes/002_orders.sql relativeToChangelogFile:true
--include file:db/changelog/changes/001_customers.sql
--includeAll path:later relativeToChangelogFile:true
--include file:gone.sql relativeToChangelogFile:true

--changeset anna:last
ALTER TABLE customers ADD COLUMN note text;
--rollback ALTER TABLE customers DROP COLUMN note;
