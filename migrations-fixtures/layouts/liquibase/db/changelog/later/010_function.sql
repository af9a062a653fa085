--liquibase formatted sql

--changeset anna:total endDelimiter:// runOnChange:true
CREATE OR REPLACE FUNCTION total() RETURNS bigint AS 'SELECT count(*) FROM orders' LANGUAGE sql
//
COMMENT ON FUNCTION total() IS 'how many'
//
--ignoreLines:start
SELECT total();
--ignoreLines:end
--rollback DROP FUNCTION total();

--changset anna:swallowed
DROP TABLE orders;
