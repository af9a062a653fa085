// What the suites share. They run in the extension host, with the real `vscode` API.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const kPatienceMs = 60_000;
const begun = Date.now();

async function until(what, ask, patience = kPatienceMs) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const step = (text) => console.log(`[suite:step] ${text}`);

// The person is api_run.mjs, which reads this console and leaves what was seen in a file.
let asked = 0;
async function person(kind, what) {
  const reply = path.join(path.dirname(root()), `reply-${++asked}`);
  console.log(`[suite:${kind}] ${JSON.stringify({ ...what, reply })}`);
  await until(`a person: ${JSON.stringify(what)}`, () => fs.existsSync(reply), 2 * kPatienceMs);
  return fs.readFileSync(reply, 'utf8');
}

/** Waits until a notification has this text, and returns all of it. */
const told = (text) => person('told', { text });

/**
 * Does what raises a question, has a person press a button under it, and waits until that is done.
 * Returns the question. No person is faster than three notifications in 0.8 s, and the workbench
 * hides what comes faster.
 */
async function answering(question, button, work) {
  await new Promise((done) => setTimeout(done, 1000));
  await vscode.commands.executeCommand('notifications.clearAll');
  const [text] = await Promise.all([person('answer', { question, button }), work()]);
  return text;
}

/** Makes a suite of a function: a failure is told with its place. */
const suite = (test) => async () => {
  try {
    await test();
    step(`suite done in ${Date.now() - begun} ms`);
  } catch (error) {
    console.log(`[suite:failed] ${error?.stack ?? error}`);
    throw error;
  }
};

const root = () => vscode.workspace.workspaceFolders[0].uri.fsPath;
const uriOf = (file) => vscode.Uri.file(path.join(root(), file));

async function open(file) {
  const document = await vscode.workspace.openTextDocument(uriOf(file));
  // Not as a preview, whose tab the next file would take over.
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** Findings as `rule line:column-line:column severity`, counted from 1 as people do. */
function findings(document) {
  const place = (position) => `${position.line + 1}:${position.character + 1}`;
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter((diagnostic) => diagnostic.source === 'belay')
    .map((d) => {
      const rule = typeof d.code === 'object' ? d.code.value : d.code;
      return `${rule} ${place(d.range.start)}-${place(d.range.end)} ${vscode.DiagnosticSeverity[d.severity]}`;
    })
    .sort();
}

/** Waits until a document has just these findings. */
async function expectFindings(document, wanted) {
  const name = path.basename(document.uri.fsPath);
  const text = [...wanted].sort().join('\n');
  await until(`the findings of ${name}`, () => findings(document).join('\n') === text).catch((error) => {
    throw new Error(`${error.message}\nwanted:\n${text}\nfound:\n${findings(document).join('\n')}`);
  });
}

const lensesOf = (document) => vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 100);

/** A lens by the start of its title, once it is offered. */
async function lens(document, title) {
  return until(`the lens ${title}`, async () =>
    (await lensesOf(document)).find((found) => found.command?.title.startsWith(title)));
}

const runLens = (found) => vscode.commands.executeCommand(found.command.command, ...found.command.arguments);

/** Our servers among the children of this extension host. */
function servers() {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
      const [program, command] = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return Number(parent) === process.pid && program.endsWith('/belay') && command === 'lsp';
    } catch {
      return false; // gone in the meantime
    }
  }).map(Number);
}

const sqlite = (database, text) =>
  execFileSync('sqlite3', ['-bail', database], { input: `.timeout 10000\n${text}`, encoding: 'utf8' });

module.exports = {
  answering, expectFindings, findings, lens, lensesOf, open, root, runLens, servers, sqlite, step, suite, told, until, uriOf,
};
