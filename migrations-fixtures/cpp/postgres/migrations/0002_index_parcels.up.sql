CREATE INDEX parcels_courier_id ON parcels (courier_id);
CREATE INDEX parcels_city ON parcels (lower(city)) WHERE city <> 'Zürich';
