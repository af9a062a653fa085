-- migrate:up
CREATE TABLE carts (id bigserial PRIMARY KEY);
