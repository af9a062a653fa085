DROP TABLE nameless;
