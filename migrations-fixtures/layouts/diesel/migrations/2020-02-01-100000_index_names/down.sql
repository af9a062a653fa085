DROP INDEX crates_name;
