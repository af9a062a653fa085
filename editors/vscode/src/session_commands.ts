// The session commands of the palette: they act on the history of the file in the active editor.
// The server asks for confirmation, does the work and reports; nothing of that is done here.

import * as vscode from 'vscode';
import { ExecuteCommandRequest, ResponseError, LSPErrorCodes } from 'vscode-languageclient/node';
import { Server, kDocuments } from './server';

const kCommands = ['begin', 'apply', 'commit', 'rollback', 'status'] as const;
type SessionCommand = (typeof kCommands)[number];

export function registerSessionCommands(server: Server): vscode.Disposable[] {
  return kCommands.map((name) =>
    vscode.commands.registerCommand(`belay.session.${name}`, () => run(server, name)),
  );
}

async function run(server: Server, name: SessionCommand): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || vscode.languages.match(kDocuments, document) === 0) {
    void vscode.window.showInformationMessage('Open a migration first: the command acts on its database.');
    return;
  }
  await server.start();
  const client = server.running;
  if (!client) {
    void vscode.window.showErrorMessage('Belay: the server does not run. Start it with the command Belay: Start Server.');
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  // What is applied is what a person sees, so the server is told which version of the text that is.
  const argument = name === 'apply' ? { uri, version: document.version } : { uri };
  try {
    await client.sendRequest(ExecuteCommandRequest.type, {
      command: `belay.${name}`,
      arguments: [argument],
    });
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) return;
    void vscode.window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
  }
}
