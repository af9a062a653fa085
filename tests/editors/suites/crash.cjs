// A server that is killed comes back, with what it showed; one that keeps dying stays stopped.
'use strict';
const assert = require('node:assert/strict');
const vscode = require('vscode');
const { expectFindings, open, servers, step, suite, until } = require('./support.cjs');

const finding = (line) => [`set-not-null ${line}:36-${line}:41 Error`];

exports.run = suite(async () => {
  const document = await open('shop/migrations/0004_require_email.up.sql');
  await expectFindings(document, finding(2));
  for (let crash = 1; crash <= 4; ++crash) {
    const [pid] = servers();
    process.kill(pid, 'SIGKILL');
    await until('another server', () => servers().some((found) => found !== pid));
    // The editor keeps the last findings; moved ones can only come from the new server, which has
    // to know the text of the editor and not that of the file.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '\n');
    await vscode.workspace.applyEdit(edit);
    await expectFindings(document, finding(2 + crash));
    step(`killed ${crash}: restarted, findings are back`);
  }

  process.kill(servers()[0], 'SIGKILL');
  await until('no server', () => servers().length === 0);
  await new Promise((done) => setTimeout(done, 3000));
  assert.deepEqual(servers(), [], 'the fifth crash within three minutes is the last');
  step('after the fifth it stays stopped');
  await vscode.commands.executeCommand('belay.startServer');
  await expectFindings(document, finding(6));
  step('and can be started by hand');
});
