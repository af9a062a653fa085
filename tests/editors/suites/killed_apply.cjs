// The server dies in the middle of a migration. The editor has another one at once, the database is whole,
// and the session can be rolled back to the last row.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { answering, lens, open, root, runLens, servers, sqlite, step, suite, until, uriOf } = require('./support.cjs');

/** Runs for as long as nobody stops it, behind a change that must not stay. */
const kEndless = `DELETE FROM people;
INSERT INTO people (email) WITH RECURSIVE forever(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM forever)
SELECT 'x' FROM forever WHERE n < 0;
`;

exports.run = suite(async () => {
  const database = path.join(root(), 'rope/app.db');
  const dump = () => sqlite(database, '.dump');
  const before = dump();
  fs.writeFileSync(uriOf('rope/migrations/0002_split_name.up.sql').fsPath, kEndless);
  const document = await open('rope/migrations/0002_split_name.up.sql');
  await answering('Begin a session on', 'Begin', async () => runLens(await lens(document, 'Begin session')));
  const apply = await lens(document, 'Apply up to here');
  // What is asked for now is never answered.
  const asked = answering('Apply 1 migration', 'Apply', async () => {
    void Promise.resolve(runLens(apply)).catch(() => undefined);
  });
  await asked;
  const journal = path.join(root(), 'rope/app.db.belay/journal');
  await until('the migration to run', () => fs.readFileSync(journal, 'utf8').includes('migration-started'));
  const [pid] = servers();
  process.kill(pid, 'SIGKILL');
  step('killed in the middle of a migration');

  await until('another server', () => servers().some((found) => found !== pid));
  await lens(document, 'risk ');
  assert.equal(dump(), before, 'nothing of it stays');
  assert.equal(sqlite(database, 'PRAGMA integrity_check;').trim(), 'ok');
  step('the editor has another server; the database is whole');

  const question = await answering('back to what it was', 'Rollback', () =>
    vscode.commands.executeCommand('belay.session.rollback'));
  assert.match(question, /First: /, 'what was interrupted is settled first');
  assert.equal(dump(), before);
  await lens(document, 'Begin session');
  step('rolled back: every row is there');
});
