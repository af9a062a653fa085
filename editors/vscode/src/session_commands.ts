// The commands of the palette that are about a database. The server asks, does the work and reports;
// here is only which file they are about, and which snapshot is meant.

import * as vscode from 'vscode';
import { Server } from './server';
import { activeMigration, executeOnServer, projectOf } from './server_command';

/** About the project: its database is meant, whichever of its files is open. */
const kOfProject = [
  'begin',
  'commit',
  'rollback',
  'status',
  'fresh',
  'plan',
  'doctor',
  'check',
  'verifySchema',
  'ledgerProblems',
  'snapshots',
  'pruneSnapshots',
] as const;

/** Those that name a kept snapshot. */
const kOfSnapshot = {
  restore: 'Restore which snapshot?',
  dropSnapshot: 'Remove which snapshot?',
} as const;

export function registerSessionCommands(server: Server): vscode.Disposable[] {
  const command = (name: string, run: () => Promise<unknown>) =>
    vscode.commands.registerCommand(`belay.session.${name}`, run);
  return [
    ...kOfProject.map((name) => command(name, () => onProject(server, name))),
    ...Object.entries(kOfSnapshot).map(([name, title]) => command(name, () => onSnapshot(server, name, title))),
    command('apply', () => onFile(server, 'apply')),
    command('down', () => onFile(server, 'down')),
    command('redo', () => onProject(server, 'redo', { steps: 1 })),
    command('downLast', () => onProject(server, 'down', { steps: 1 })),
  ];
}

/** What runs is what a person sees, so the server is told which version of the text that is. */
async function onFile(server: Server, name: string): Promise<void> {
  const document = activeMigration();
  if (!document) return;
  await executeOnServer(server, `belay.${name}`, { uri: document.uri, version: document.version });
}

async function onProject(server: Server, name: string, more = {}): Promise<void> {
  const uri = projectOf();
  if (uri) await executeOnServer(server, `belay.${name}`, { uri, ...more });
}

async function onSnapshot(server: Server, name: string, title: string): Promise<void> {
  const uri = projectOf();
  if (!uri) return;
  const kept = (await executeOnServer(server, 'belay.snapshots', { uri }, false))?.choices;
  if (!kept?.length) return; // the person was told how many there are
  const items = kept.map((choice) => ({ label: choice.name, description: choice.description }));
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen) await executeOnServer(server, `belay.${name}`, { uri, snapshot: chosen.label });
}
