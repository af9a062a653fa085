CREATE INDEX CONCURRENTLY crates_name ON crates (name);
