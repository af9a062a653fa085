CREATE TABLE parcel_log (at timestamptz DEFAULT now(), what jsonb DEFAULT '{"by": ["?", "\\"]}');
CREATE FUNCTION log_parcel() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO parcel_log (what) VALUES (jsonb_build_object('path', E'C:\\parcels\n', 'é', NEW.id));
  RETURN NEW;
END;
$body$;
CREATE TRIGGER log_parcel AFTER UPDATE ON parcels FOR EACH ROW EXECUTE FUNCTION log_parcel();
