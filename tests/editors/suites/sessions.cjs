// A migration on a rope from the lenses and from the palette's commands, with the confirmations
// answered by clicks, and the database asked through SQLite's own program.
'use strict';
const assert = require('node:assert/strict');
const path = require('node:path');
const vscode = require('vscode');
const { answering, lens, lensesOf, open, root, runLens, sqlite, step, suite, told, until } = require('./support.cjs');

const kBegin = 'Begin a session on sqlite:app.db';
const kApply = 'Apply 1 migration to sqlite:app.db';
const kCommit = 'Commit the session on sqlite:app.db';
const kRollback = 'Roll sqlite:app.db back';
const kAfter = 'id,email,first_name,last_name';

const database = () => path.join(root(), 'rope/app.db');
const dump = () => sqlite(database(), '.dump people');
const columns = () => sqlite(database(), "SELECT group_concat(name) FROM pragma_table_info('people');").trim();

exports.run = suite(async () => {
  const before = dump();
  const document = await open('rope/migrations/0002_split_name.up.sql');
  await lens(document, 'Begin session');
  assert.equal(dump(), before);
  step('lenses are offered, and nothing has touched the database');
  await byLenses(document, before);
  await refusesWhatIsOutdated(document, before);
  await byCommands(document);
});

async function byLenses(document, before) {
  await answering(kBegin, 'Cancel', async () => runLens(await lens(document, 'Begin session')));
  assert.ok(!(await sessionIsOpen(document)));
  step('a cancelled begin begins nothing');
  await answering(kBegin, 'Begin', async () => runLens(await lens(document, 'Begin session')));
  await until('the session to be open', () => sessionIsOpen(document));
  const question = await answering(kApply, 'Apply', async () => runLens(await lens(document, 'Apply up to here')));
  assert.match(question, /loses the values of people.name/);
  assert.equal(columns(), kAfter);
  await answering(kRollback, 'Rollback', async () => runLens(await lens(document, 'Rollback')));
  assert.equal(dump(), before);
  step('rolled back: every row is there');
}

async function refusesWhatIsOutdated(document, before) {
  const old = await lens(document, 'Begin session');
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '\n');
  await vscode.workspace.applyEdit(edit);
  await vscode.commands.executeCommand('notifications.clearAll');
  await Promise.all([told('has changed since'), runLens(old)]);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  assert.equal(dump(), before);
  step('a lens of an older text does nothing');
}

async function byCommands(document) {
  const command = (name) => () => vscode.commands.executeCommand(`belay.session.${name}`);
  await answering(kBegin, 'Begin', command('begin'));
  await answering(kApply, 'Apply', command('apply'));
  assert.equal(columns(), kAfter);
  await vscode.commands.executeCommand('notifications.clearAll');
  await Promise.all([told('0002_split_name'), command('status')()]);
  await answering(kCommit, 'Commit', command('commit'));
  assert.equal(columns(), kAfter);
  assert.equal(sqlite(database(), 'SELECT count(*) FROM people;').trim(), '1000');
  assert.ok(!(await sessionIsOpen(document)));
  step('committed from the palette');
}

async function sessionIsOpen(document) {
  const titles = (await lensesOf(document)).map((found) => found.command?.title ?? '');
  return titles.length > 0 && !titles.some((title) => title.startsWith('Begin'));
}
