// The commands that verify migrations on throwaway databases.

import * as vscode from 'vscode';
import { Server } from './server';
import { activeMigration, executeOnServer, projectFolder } from './server_command';

export function registerVerification(server: Server): vscode.Disposable[] {
  const verify = async (uri: vscode.Uri | undefined) => {
    await executeOnServer(server, 'belay.verify', uri ? { uri } : {});
  };
  return [
    vscode.commands.registerCommand('belay.verification.migration', async () => {
      const document = activeMigration();
      if (document) await verify(document.uri);
    }),
    vscode.commands.registerCommand('belay.verification.all', () => verify(projectFolder())),
  ];
}
