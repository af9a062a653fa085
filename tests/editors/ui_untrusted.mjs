// A folder that nobody trusts: findings are shown, no command reaches the database, until a person
// says that the folder is trusted.
//   node ui_untrusted.mjs --belay BIN --vsix FILE --workbench DIR --out DIR

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Page } from './lib/page.mjs';
import { inWorkbench, options } from './lib/run.mjs';

// No lens and no entry of the palette is offered, but a person may have a key for the command.
const wanted = (project) => ({
  trusted: false,
  keys: [{
    key: 'ctrl+alt+b',
    command: 'belay.begin',
    args: { uri: pathToFileURL(path.join(project.rope, 'migrations/0002_split_name.up.sql')).href },
  }],
});

await inWorkbench(options(), wanted, async (project, workbench, step) => {
  // What the folder's own settings say must not choose the program that runs.
  const spoilt = path.join(project.root, 'spoilt');
  const own = path.join(project.folder, '.vscode');
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(project.root, 'evil'), `#!/bin/sh\ntouch ${spoilt}\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(own, 'settings.json'), JSON.stringify({ 'belay.path': path.join(project.root, 'evil') }));

  await workbench.load();
  const page = new Page(workbench);
  await page.open('rope/migrations/0002_split_name.up.sql');
  await page.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  await page.squiggles.first().waitFor();
  step('restricted mode, findings are shown');

  await page.lens('risk ').waitFor();
  assert.equal(await page.lens('Begin session').count(), 0);
  await page.pressUntil('Control+Alt+B', page.notification('not trusted'));
  step(`refused: ${await page.told('not trusted')}`);
  await page.clearNotifications();
  assert.equal(project.contents(), project.before);
  assert.equal(project.status().phase, 'none');
  assert.ok(!fs.existsSync(spoilt), 'a program of the folder was run');
  step('nothing was begun, and nothing of the folder was run');
  fs.rmSync(own, { recursive: true });

  await page.command('Workspaces: Manage Workspace Trust');
  await page.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).first().click();
  await page.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
  // Its tab is still there; the search for files may take a minute to come back after this.
  await page.page.locator('.tab', { hasText: '0002_split_name.up.sql' }).click();
  await page.lens('Begin session').click();
  await page.answer('Begin a session on', 'Begin');
  await page.told('verified snapshot');
  assert.equal(project.status().phase, 'open');
  step('trusted: the same click begins a session');
});
