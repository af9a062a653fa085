// Pages with what a command has to tell, beside the migration: nobody can edit them, and nobody is
// asked to save them.

import * as vscode from 'vscode';

const kScheme = 'belay-report';

/** What the pages are called, by the server's commands. */
const kTitles: Record<string, string> = {
  'belay.check': 'check of the data',
  'belay.doctor': 'doctor',
  'belay.ledgerProblems': 'problems of the ledger',
  'belay.plan': 'plan',
  'belay.rehearse': 'rehearsal',
  'belay.showRisk': 'risk',
  'belay.snapshots': 'snapshots',
  'belay.verify': 'verification',
  'belay.verifySchema': 'check of the schema',
};

export class Reports implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly texts = new Map<string, string>();

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(kScheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }

  /** Each command has one page, which always shows its newest report. `text` is Markdown. */
  async show(command: string, text: string): Promise<void> {
    const title = kTitles[command] ?? 'report';
    const page = vscode.Uri.from({ scheme: kScheme, path: `/Belay ${title}.md` });
    this.texts.set(page.path, text);
    this.changed.fire(page);
    // Behind the page that is there: beside that one there would be a column for each.
    const active = vscode.window.tabGroups.activeTabGroup.activeTab;
    if (active?.label.startsWith('Preview Belay ')) {
      await vscode.commands.executeCommand('workbench.action.focusPreviousGroup');
    }
    await vscode.commands.executeCommand('markdown.showPreviewToSide', page).then(undefined, () =>
      // Without the editor's own preview, as text.
      vscode.window.showTextDocument(page, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }),
    );
  }
}
