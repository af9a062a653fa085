// belay.toml: what is saved in it counts at once, what is wrong in it is shown in it, and where there
// is none it is written. And a program that is no server ends in a message, not in silence.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const { answering, expectFindings, findings, open, servers, step, suite, told, until, uriOf } = require('./support.cjs');

const kNotNull = 'set-not-null 2:36-2:41';

exports.run = suite(async () => {
  await followsTheFile();
  await followsChangesFromOutside();
  await showsMistakes();
  await opensTheNearest();
  await explainsWhatDoesNotRun();
  await createsOne();
});

async function followsTheFile() {
  const migration = await open('shop/migrations/0004_require_email.up.sql');
  await expectFindings(migration, [`${kNotNull} Error`]);
  const toml = await open('shop/belay.toml');
  const edit = new vscode.WorkspaceEdit();
  edit.insert(toml.uri, new vscode.Position(toml.lineCount, 0), '\n[rules]\nset-not-null = "warning"\n');
  await vscode.workspace.applyEdit(edit);
  assert.ok(await toml.save());
  await expectFindings(migration, [`${kNotNull} Warning`]);
  step('a severity that is saved in belay.toml');
}

async function followsChangesFromOutside() {
  const migration = await open('shop/migrations/0004_require_email.up.sql');
  const file = uriOf('shop/belay.toml').fsPath;
  await vscode.commands.executeCommand('workbench.action.closeOtherEditors');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"warning"', '"off"'));
  await expectFindings(migration, []);
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"off"', '"error"'));
  await expectFindings(migration, [`${kNotNull} Error`]);
  step('a change by another program');
}

async function showsMistakes() {
  const toml = await open('shop/belay.toml');
  const edit = new vscode.WorkspaceEdit();
  edit.insert(toml.uri, new vscode.Position(0, 0), 'dialekt = "mysql"\n');
  await vscode.workspace.applyEdit(edit);
  const found = await until('the mistake', () => vscode.languages.getDiagnostics(toml.uri)[0]);
  assert.equal(found.range.start.line, 0);
  assert.match(found.message, /dialekt.*dialect/);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await until('no mistake', () => vscode.languages.getDiagnostics(toml.uri).length === 0);
  step(`a mistake in belay.toml: ${found.message.split('\n')[0]}`);
}

async function opensTheNearest() {
  await open('rope/migrations/0001_create_people.up.sql');
  await vscode.commands.executeCommand('belay.openConfiguration');
  assert.equal(vscode.window.activeTextEditor.document.uri.fsPath, uriOf('rope/belay.toml').fsPath);
  step('Open Configuration opens the nearest');
}

async function explainsWhatDoesNotRun() {
  const settings = vscode.workspace.getConfiguration('belay');
  const migration = await open('shop/migrations/0004_require_email.up.sql');
  const programs = {
    '/nowhere/belay': 'there is no such program',
    '/etc/passwd': 'it is not a program, or you may not run it',
    '/bin/true': 'its command lsp is no server that answers',
  };
  for (const [path, reason] of Object.entries(programs)) {
    await vscode.commands.executeCommand('notifications.clearAll');
    await settings.update('path', path, vscode.ConfigurationTarget.Global);
    assert.ok((await told(reason)).includes(`${path} (from the setting belay.path)`));
    assert.deepEqual([servers(), findings(migration)], [[], []]);
  }
  await settings.update('path', undefined, vscode.ConfigurationTarget.Global);
  await expectFindings(migration, [`${kNotNull} Error`]);
  await vscode.commands.executeCommand('notifications.clearAll');
  const { version } = vscode.extensions.getExtension('belay.belay').packageJSON;
  // Of many notifications in a short time the workbench shows only the first: asked again until seen.
  let seen = false;
  const shown = told(`belay ${version} · running`).finally(() => (seen = true));
  while (!seen) {
    await vscode.commands.executeCommand('belay.showServerInfo');
    await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, 3000))]);
  }
  await shown;
  step('programs that are no server, and back');
}

/** The file that is written explains itself, so what it shows has to be true: all of it is switched on. */
async function createsOne() {
  for (const name of ['rope', 'shop']) fs.rmSync(uriOf(`${name}/belay.toml`).fsPath);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await answering('has no belay.toml', 'Create belay.toml', () =>
    vscode.commands.executeCommand('belay.openConfiguration'));
  const { document } = vscode.window.activeTextEditor;
  assert.equal(document.uri.fsPath, uriOf('belay.toml').fsPath);
  fs.mkdirSync(uriOf('migrations').fsPath);
  const all = document.getText().replace(/^# (?=\[|[a-z-]+ = )/gm, '');
  assert.match(all, /^url = /m);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), `${all}\nmistake = 1\n`);
  await vscode.workspace.applyEdit(edit);
  const found = await until('the mistake', () => {
    const now = vscode.languages.getDiagnostics(document.uri);
    return now.length > 0 && now;
  });
  assert.deepEqual(found.map((d) => document.getText(d.range)), ['mistake']);
  await document.save();
  step('Open Configuration writes one, and all that it shows is right');
}
