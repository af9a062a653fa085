--liquibase formatted sql
--changeset anna:unused
SELECT 1;
