// What the editor shows of a project: findings with their exact places, a quick fix, hover, lenses.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const {
  expectFindings, lens, lensesOf, open, runLens, servers, step, suite, told, until, uriOf,
} = require('./support.cjs');

exports.run = suite(async () => {
  await showsFindings();
  await fixes();
  await hovers();
  await showsRisk();
  await goesToTheDown();
  await writesTheDown();
  await verifies();
  await followsWhatIsTyped();
  await respectsCommands();
});

async function showsFindings() {
  await expectFindings(await open('shop/migrations/0002_reference_customers.up.sql'), [
    'fk-not-valid-missing 5:34-5:85 Error',
  ]);
  await expectFindings(await open('shop/migrations/0004_require_email.up.sql'), ['set-not-null 2:36-2:41 Error']);
  const document = await open('rope/migrations/0002_split_name.up.sql');
  await expectFindings(document, [
    'drop-column 6:32-6:36 Error',
    'update-without-where 3:8-3:14 Warning',
  ]);
  const found = vscode.languages.getDiagnostics(document.uri).find((d) => d.code.value === 'drop-column');
  assert.match(found.message, /The values of `name` in `people` are gone/);
  assert.match(found.code.target.toString(), /rules\/drop-column/);
  step('findings at their exact places');
}

async function fixes() {
  const document = await open('shop/migrations/0003_index_orders.up.sql');
  await expectFindings(document, [
    'index-not-concurrent 1:8-1:13 Error',
    'lock-timeout-missing 1:1-1:57 Warning',
  ]);
  // Right after a file was opened the answer may still be empty.
  const actions = await until('quick fixes', async () => {
    const found = await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider', document.uri, new vscode.Range(0, 8, 0, 8),
      vscode.CodeActionKind.QuickFix.value);
    return found.length > 0 && found;
  });
  const titles = actions.map((action) => action.title);
  assert.ok(titles.some((title) => /Ignore index-not-concurrent for this statement/.test(title)), titles.join('\n'));
  const fix = actions.find((action) => action.isPreferred && /CONCURRENTLY/.test(action.title));
  assert.ok(fix, titles.join('\n'));
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.match(document.getText(), /CREATE INDEX CONCURRENTLY orders_customer_idx/);
  await until('the finding to go', () =>
    !vscode.languages.getDiagnostics(document.uri).some((d) => d.code.value === 'index-not-concurrent'));
  await vscode.commands.executeCommand('workbench.action.files.revert');
  step(`quick fix: ${fix.title}`);
}

async function hovers() {
  const document = await open('shop/migrations/0004_require_email.up.sql');
  const text = await until('a hover', async () => {
    const found = await vscode.commands.executeCommand(
      'vscode.executeHoverProvider', document.uri, new vscode.Position(1, 4));
    return found.flatMap((hover) => hover.contents).map((content) => content.value)
      .find((value) => value.includes('ACCESS EXCLUSIVE'));
  });
  assert.match(text, /customers/);
  step('hover tells the lock');
}

async function showsRisk() {
  const document = await open('shop/migrations/0005_split_name.up.sql');
  const titles = await until('lenses', async () => {
    const found = (await lensesOf(document)).map((lens) => lens.command?.title ?? '');
    return found.length > 0 && found;
  });
  assert.equal(titles.length, 2, 'a project without a database offers no session');
  assert.match(titles[0], /^risk \w+ · loses .*customers.name/);
  assert.equal(titles[1], 'no down');
  step(titles[0]);
}

async function goesToTheDown() {
  const up = await open('rope/migrations/0002_split_name.up.sql');
  await lens(up, 'down ');
  const active = () => vscode.window.activeTextEditor?.document.uri.fsPath ?? '';
  await runLens(await lens(up, 'Go to the down'));
  await until('the down', () => active().endsWith('0002_split_name.down.sql'));
  await runLens(await lens(vscode.window.activeTextEditor.document, 'Go to the up'));
  await until('the up', () => active().endsWith('0002_split_name.up.sql'));
  step('from up to down and back');
}

async function writesTheDown() {
  const document = await open('shop/migrations/0005_split_name.up.sql');
  const down = uriOf('shop/migrations/0005_split_name.down.sql');
  const action = await until('the action', async () => {
    // The last argument has the editor resolve them, as it does with the one that is chosen.
    const found = await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider', document.uri, new vscode.Range(0, 0, 0, 0), undefined, 100);
    return found.find(({ title }) => title === 'Write the down migration');
  });
  assert.ok(await vscode.workspace.applyEdit(action.edit));
  await Promise.all([
    told('0005_split_name: restored'),
    vscode.commands.executeCommand(action.command.command, ...action.command.arguments),
  ]);
  const written = await vscode.workspace.openTextDocument(down);
  assert.match(written.getText(), /ADD COLUMN name/);
  assert.ok(await written.save());
  assert.equal(fs.readFileSync(down.fsPath, 'utf8'), written.getText());
  await lens(document, 'down restores the schema');
  await lens(document, 'Go to the down');
  step('a down from a code action');
}

async function verifies() {
  await open('rope/migrations/0002_split_name.up.sql');
  await vscode.commands.executeCommand('notifications.clearAll');
  await Promise.all([
    told('1 migration executed'),
    vscode.commands.executeCommand('belay.verification.migration'),
  ]);
  await until('the report', () =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some(({ label }) => /Belay verification/.test(label)));
  const report = await vscode.workspace.openTextDocument(vscode.Uri.parse('belay-report:/Belay verification.md'));
  assert.match(report.getText(), /\| 0002\\_split\\_name \|/);
  await Promise.all([
    told('3 migrations executed'),
    vscode.commands.executeCommand('belay.verify', { uri: uriOf('rope').toString() }),
  ]);
  step('verification with its report');
}

async function followsWhatIsTyped() {
  const document = await open('shop/migrations/0004_require_email.up.sql');
  const edit = new vscode.WorkspaceEdit();
  // Two characters outside of the basic plane before it: columns are UTF-16 units here.
  edit.insert(document.uri, new vscode.Position(2, 0), "/* 𝔘𝔫 */ DROP TABLE orders;\n");
  await vscode.workspace.applyEdit(edit);
  await expectFindings(document, ['drop-table 3:23-3:29 Error', 'set-not-null 2:36-2:41 Error']);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await expectFindings(document, ['set-not-null 2:36-2:41 Error']);
  step('findings follow what is typed');
}

async function respectsCommands() {
  const document = await open('shop/migrations/0004_require_email.up.sql');
  const [first] = await until('the server', () => servers().length === 1 && servers());
  await vscode.commands.executeCommand('belay.stopServer');
  await until('no server', () => servers().length === 0);
  await expectFindings(document, []);
  await vscode.commands.executeCommand('belay.startServer');
  await expectFindings(document, ['set-not-null 2:36-2:41 Error']);
  const [second] = servers();
  assert.notEqual(second, first);
  await vscode.commands.executeCommand('belay.restartServer');
  await expectFindings(document, ['set-not-null 2:36-2:41 Error']);
  assert.equal(servers().length, 1);
  assert.notEqual(servers()[0], second);
  step('start, stop and restart');
  const settings = vscode.workspace.getConfiguration('belay');
  await settings.update('enable', false, vscode.ConfigurationTarget.Global);
  await until('no server where it is switched off', () => servers().length === 0);
  await settings.update('enable', undefined, vscode.ConfigurationTarget.Global);
  await expectFindings(document, ['set-not-null 2:36-2:41 Error']);
  step('belay.enable');
}
