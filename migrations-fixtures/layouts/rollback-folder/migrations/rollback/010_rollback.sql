DROP INDEX memories_tags;
