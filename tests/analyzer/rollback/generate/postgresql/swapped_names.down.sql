-- restored: the down brings back the schema as it was
ALTER TABLE b RENAME TO b__aside;
ALTER TABLE a RENAME TO b;
ALTER TABLE b__aside RENAME TO a;
