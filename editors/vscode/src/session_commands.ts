// The session commands of the palette. The server asks, does the work and reports; nothing of that
// is done here.

import * as vscode from 'vscode';
import { Server } from './server';
import { activeMigration, executeOnServer } from './server_command';

const kCommands = ['begin', 'apply', 'commit', 'rollback', 'status'] as const;
type SessionCommand = (typeof kCommands)[number];

export function registerSessionCommands(server: Server): vscode.Disposable[] {
  return kCommands.map((name) =>
    vscode.commands.registerCommand(`belay.session.${name}`, () => run(server, name)),
  );
}

async function run(server: Server, name: SessionCommand): Promise<void> {
  const document = activeMigration();
  if (!document) return;
  const { uri, version } = document;
  // What is applied is what a person sees, so the server is told which version of the text that is.
  await executeOnServer(server, `belay.${name}`, name === 'apply' ? { uri, version } : { uri });
}
