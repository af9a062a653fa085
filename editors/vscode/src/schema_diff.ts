// The schema before a migration beside the one behind it, as two texts that the editor compares.

import * as vscode from 'vscode';
import { Migrations } from './migrations';
import { Server } from './server';
import { activeMigration } from './server_command';

const kScheme = 'belay-schema';

interface Question {
  uri: string;
  migration?: string;
  when: 'before' | 'after';
}

export class SchemaDiff implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registrations: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    migrations: Migrations,
  ) {
    this.registrations = [
      vscode.workspace.registerTextDocumentContentProvider(kScheme, this),
      // What is shown follows the text of the migrations.
      migrations.onDidChange(() => {
        for (const document of vscode.workspace.textDocuments) {
          if (document.uri.scheme === kScheme) this.changed.fire(document.uri);
        }
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const client = this.server.running;
    if (!client) return '-- The server does not run.\n';
    try {
      return (await this.ask(JSON.parse(uri.query) as Question)).text;
    } catch (error) {
      return `-- ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  private ask(question: Question): Promise<{ title: string; text: string }> {
    return this.server.running!.sendRequest('belay/schema', question);
  }

  /** Of the migration that is named, else of the one in front of the person. */
  async show(of?: { uri?: string; migration?: string }): Promise<void> {
    const client = this.server.running;
    const uri = of?.uri ?? this.uriInFront();
    if (!client || !uri) return;
    const question = { uri, ...(of?.migration ? { migration: of.migration } : {}) };
    try {
      const { title } = await this.ask({ ...question, when: 'after' });
      const page = (when: 'before' | 'after') =>
        vscode.Uri.from({ scheme: kScheme, path: `/${title} ${when}.sql`, query: JSON.stringify({ ...question, when }) });
      await vscode.commands.executeCommand('vscode.diff', page('before'), page('after'), `${title}: schema before ↔ after`);
    } catch (error) {
      void vscode.window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private uriInFront(): string | undefined {
    const document = activeMigration();
    return document && this.server.running?.code2ProtocolConverter.asUri(document.uri);
  }

  dispose(): void {
    for (const one of this.registrations) one.dispose();
    this.changed.dispose();
  }
}
