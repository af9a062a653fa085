CREATE INDEX memories_tags ON memories USING gin (tags);
