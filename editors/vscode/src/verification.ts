// The commands that verify migrations on throwaway databases, and the page with what came of it.

import * as vscode from 'vscode';
import { Server } from './server';
import { activeMigration, executeOnServer } from './server_command';

const kReport = vscode.Uri.parse('belay-report:/Belay verification.md');

/** The last report, as a document that nobody can edit and nobody is asked to save. */
class Report implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private text = '';

  provideTextDocumentContent(): string {
    return this.text;
  }

  async show(text: string): Promise<void> {
    this.text = text;
    this.changed.fire(kReport);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', kReport).then(undefined, () =>
      // Without the editor's own preview, as text.
      vscode.window.showTextDocument(kReport, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }),
    );
  }
}

export function registerVerification(server: Server): vscode.Disposable[] {
  const report = new Report();
  const verify = async (uri: vscode.Uri | undefined) => {
    const result = await executeOnServer(server, 'belay.verify', uri ? { uri } : {});
    if (result?.report) await report.show(result.report);
  };
  return [
    vscode.workspace.registerTextDocumentContentProvider(kReport.scheme, report),
    vscode.commands.registerCommand('belay.verification.migration', async () => {
      const document = activeMigration();
      if (document) await verify(document.uri);
    }),
    vscode.commands.registerCommand('belay.verification.all', async () => {
      const active = vscode.window.activeTextEditor?.document.uri;
      const folder = (active && vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0];
      await verify(folder?.uri);
    }),
  ];
}
