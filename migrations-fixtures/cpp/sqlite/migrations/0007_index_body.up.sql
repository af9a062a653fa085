CREATE UNIQUE INDEX notes_body ON notes (body);
UPDATE notes SET body = trim(body, 'é	');
