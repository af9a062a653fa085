-- migrate: up
CREATE TABLE cart_lines (cart_id bigint NOT NULL);
-- migrate:down
DROP TABLE cart_lines;
