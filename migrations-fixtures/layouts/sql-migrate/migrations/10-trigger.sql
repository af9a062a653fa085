-- +migrate Up
-- +migrate StatementBegin
CREATE TRIGGER posts_log AFTER INSERT ON posts BEGIN
    INSERT INTO log (what) VALUES ('post');
    INSERT INTO log (what) VALUES (NEW.title);
END
-- +migrate StatementEnd

-- +migrate Down
DROP TRIGGER posts_log;
