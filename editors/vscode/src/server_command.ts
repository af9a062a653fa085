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
  /** What further commands may name. */
  choices?: { name: string; description: string; counts: boolean }[];
}

/** What is active, or, where that is no text, such as a report, what is to be seen beside it. */
function documentInFront(): vscode.TextDocument | undefined {
  const active = vscode.window.activeTextEditor;
  const shown = active ? [active] : vscode.window.visibleTextEditors;
  return shown.map((editor) => editor.document).find((document) => vscode.languages.match(kDocuments, document) !== 0);
}

/** The migration in front of the person, who is told where there is none. */
export function activeMigration(): vscode.TextDocument | undefined {
  const document = documentInFront();
  if (document) return document;
  void vscode.window.showInformationMessage('Open a migration first: the command acts on it or its database.');
  return undefined;
}

/** The folder of the workspace that the active file is in, else the first one. */
export function projectFolder(): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  return ((active && vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0])?.uri;
}

/** What tells the project: the migration or belay.toml in front of the person, else a folder. */
export function projectOf(): vscode.Uri | undefined {
  const document = documentInFront();
  if (document?.uri.scheme === 'file') return document.uri;
  const folder = projectFolder();
  if (!folder) void vscode.window.showInformationMessage('Open a migration or its folder first.');
  return folder;
}

/** Shows the report that comes back, unless only its choices are wanted. Undefined where there is no answer; the person knows why. */
export async function executeOnServer(
  server: Server,
  command: string,
  argument: { uri?: vscode.Uri; version?: number; steps?: number; snapshot?: string; migration?: string; name?: string },
  showReport = true,
): Promise<CommandResult | undefined> {
  await server.start();
  const client = server.running;
  if (!client) {
    void vscode.window.showErrorMessage('Belay: the server does not run. Start it with the command Belay: Start Server.');
    return undefined;
  }
  const uri = argument.uri && client.code2ProtocolConverter.asUri(argument.uri);
  try {
    const result = (await client.sendRequest(ExecuteCommandRequest.type, {
      command,
      arguments: [{ ...argument, uri }],
    })) as CommandResult;
    if (result.report && showReport) await server.reports.show(command, result.report);
    return result;
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) return undefined;
    void vscode.window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
