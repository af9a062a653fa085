DROP TABLE couriers;
DROP TABLE parcels;
