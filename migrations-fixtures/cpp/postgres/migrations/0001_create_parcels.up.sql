CREATE TABLE couriers (
  id bigint PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE parcels (
  id bigint PRIMARY KEY,
  courier_id bigint REFERENCES couriers (id),
  code varchar(20) NOT NULL,
  city text,
  "Note" text DEFAULT 'to be "left" at the door'
);
