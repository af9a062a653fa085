DROP INDEX parcels_city;
DROP INDEX parcels_courier_id;
