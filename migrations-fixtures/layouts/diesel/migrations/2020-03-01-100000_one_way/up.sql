DELETE FROM crates WHERE name = '';
