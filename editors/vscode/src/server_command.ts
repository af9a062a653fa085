// How the palette's commands reach the server: it runs when it is not yet there, and what goes wrong
// is told.

import * as vscode from 'vscode';
import { ExecuteCommandRequest, ResponseError, LSPErrorCodes } from 'vscode-languageclient/node';
import { Server, kDocuments } from './server';

/** What the server's commands answer. */
export interface CommandResult {
  done: boolean;
  message: string;
  /** Markdown. */
  report?: string;
}

/** The migration in front of the person, who is told where there is none. */
export function activeMigration(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document && vscode.languages.match(kDocuments, document) !== 0) return document;
  void vscode.window.showInformationMessage('Open a migration first: the command acts on it or its database.');
  return undefined;
}

/** Undefined where there is no answer; the person knows why. */
export async function executeOnServer(
  server: Server,
  command: string,
  argument: { uri?: vscode.Uri; version?: number },
): Promise<CommandResult | undefined> {
  await server.start();
  const client = server.running;
  if (!client) {
    void vscode.window.showErrorMessage('Belay: the server does not run. Start it with the command Belay: Start Server.');
    return undefined;
  }
  const uri = argument.uri && client.code2ProtocolConverter.asUri(argument.uri);
  try {
    return (await client.sendRequest(ExecuteCommandRequest.type, {
      command,
      arguments: [{ ...argument, uri }],
    })) as CommandResult;
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) return undefined;
    void vscode.window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
