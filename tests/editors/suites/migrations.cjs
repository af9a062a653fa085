// What the view Migrations rests on, without its page: schemas on both sides of a migration, the task, the files
// in the package, new migrations; and what is said where the program is missing.
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { expectFindings, open, root, step, suite, told, until, uriOf } = require('./support.cjs');

const extension = () => vscode.extensions.getExtension('belay.belay');

exports.run = suite(async () => {
  await comparesSchemas();
  await lintsAsATask();
  await bringsItsFiles();
  await makesANewOne();
  await saysWhereItLooked();
});

async function comparesSchemas() {
  const document = await open('rope/migrations/0002_split_name.up.sql');
  await expectFindings(document, ['drop-column 6:32-6:36 Error', 'update-without-where 3:8-3:14 Warning']);
  await vscode.commands.executeCommand('belay.showSchemaDiff', { uri: document.uri.toString(), migration: '0002_split_name' });
  const tab = await until('the comparison', () =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof vscode.TabInputTextDiff));
  assert.equal(tab.label, '0002_split_name: schema before ↔ after');
  const text = async (uri) => (await vscode.workspace.openTextDocument(uri)).getText();
  const [before, after] = [await text(tab.input.original), await text(tab.input.modified)];
  assert.match(before, /CREATE TABLE people[^;]*\bname\b/);
  assert.match(after, /CREATE TABLE people[^;]*\bfirst_name\b[^;]*\blast_name\b/);
  assert.doesNotMatch(after, /\bname\b/);
  step('the schema before and after');

  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), 'ALTER TABLE people ADD COLUMN born TEXT;\n');
  await vscode.workspace.applyEdit(edit);
  await until('the comparison to follow', async () => /\bborn\b/.test(await text(tab.input.modified)));
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  step('it follows what is typed');
}

/** This workbench has no terminal for tasks to run in: what the task would run is run, and read as its matcher does. */
async function lintsAsATask() {
  const tasks = await vscode.tasks.fetchTasks({ type: 'belay' });
  assert.deepEqual(tasks.map(({ name }) => name), ['lint']);
  const { process: program, args, options } = tasks[0].execution;
  const run = spawnSync(program, args, { cwd: options.cwd, encoding: 'utf8' });
  assert.equal(run.status, 1, 'the linter has findings');
  const [matcher] = extension().packageJSON.contributes.problemMatchers;
  assert.deepEqual(tasks[0].problemMatchers, [`$${matcher.name}`]);
  const lines = run.stdout.trim().split('\n').map((line) => new RegExp(matcher.pattern.regexp).exec(line));
  assert.ok(lines.every(Boolean), run.stdout);
  const found = lines.find((line) => line[matcher.pattern.code] === 'set-not-null');
  assert.ok(found[matcher.pattern.file].endsWith('shop/migrations/0004_require_email.up.sql'), found[0]);
  assert.deepEqual([found[matcher.pattern.severity], found[matcher.pattern.line]], ['error', '2']);
  step('what the task prints is read as problems');
}

async function bringsItsFiles() {
  const inExtension = (name) => path.join(extension().extensionPath, name);
  const schema = JSON.parse(fs.readFileSync(inExtension('belay.schema.json'), 'utf8'));
  assert.deepEqual(Object.keys(schema.properties.database.properties), ['url']);
  assert.ok(schema.properties.rules.properties['set-not-null']);
  const { contributes } = extension().packageJSON;
  for (const { media } of contributes.walkthroughs[0].steps) assert.ok(fs.existsSync(inExtension(media.markdown)), media.markdown);
  assert.ok(fs.existsSync(inExtension(contributes.viewsContainers.activitybar[0].icon)));
  // What a button, a menu or a step runs has to be there.
  const known = new Set(await vscode.commands.getCommands(true));
  const named = JSON.stringify(contributes).match(/(?<=command:|"command":")belay\.[\w.]+/g);
  assert.deepEqual(named.filter((name) => !known.has(name)), []);
  step(`schema, walkthrough and ${new Set(named).size} commands are there`);
}

async function makesANewOne() {
  await vscode.commands.executeCommand('belay.new', { uri: uriOf('rope').toString(), name: 'note the birthday' });
  await until('the new migration', () =>
    vscode.window.activeTextEditor?.document.uri.fsPath.endsWith('rope/migrations/0004_note_the_birthday.up.sql'));
  for (const direction of ['up', 'down']) fs.rmSync(path.join(root(), `rope/migrations/0004_note_the_birthday.${direction}.sql`));
  step('a new migration in the layout, opened');
}

async function saysWhereItLooked() {
  const bundled = path.join(extension().extensionPath, 'server/belay');
  fs.renameSync(bundled, `${bundled}.away`);
  try {
    await vscode.commands.executeCommand('notifications.clearAll');
    const [text] = await Promise.all([told('Looked at'), vscode.commands.executeCommand('belay.restartServer')]);
    assert.match(text, /there is no such program/);
    assert.ok(text.includes('the setting belay.path (empty)'), text);
    assert.ok(text.includes(`${bundled} (not there)`), text);
    assert.ok(text.includes(`PATH (${process.env.PATH})`), text);
  } finally {
    fs.renameSync(`${bundled}.away`, bundled);
  }
  await vscode.commands.executeCommand('belay.restartServer');
  await expectFindings(await open('shop/migrations/0004_require_email.up.sql'), ['set-not-null 2:36-2:41 Error']);
  step('a missing program: where it was looked for');
}
