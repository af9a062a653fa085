// The entry "Belay" among the language status items of SQL files and of belay.toml.

import * as vscode from 'vscode';

export type ServerState = 'starting' | 'running' | 'stopped' | 'disabled' | 'failed';

export class Status implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;

  constructor(selector: vscode.DocumentSelector) {
    this.item = vscode.languages.createLanguageStatusItem('belay.server', selector);
    this.item.name = 'Belay';
    this.show('stopped');
  }

  /** `detail` is a version for a running server, and the reason for a failed one. */
  show(state: ServerState, detail = ''): void {
    this.item.text = detail && state === 'running' ? `Belay ${detail}` : 'Belay';
    this.item.busy = state === 'starting';
    this.item.severity = severityOf(state);
    this.item.detail = wordsFor(state, detail);
    void vscode.commands.executeCommand('setContext', 'belay.server', state);
    this.item.command =
      state === 'running' || state === 'starting'
        ? { command: 'belay.showLogs', title: 'Show Logs' }
        : { command: 'belay.startServer', title: 'Start' };
  }

  dispose(): void {
    this.item.dispose();
  }
}

function severityOf(state: ServerState): vscode.LanguageStatusSeverity {
  if (state === 'failed') return vscode.LanguageStatusSeverity.Error;
  if (state === 'stopped') return vscode.LanguageStatusSeverity.Warning;
  return vscode.LanguageStatusSeverity.Information;
}

function wordsFor(state: ServerState, detail: string): string {
  switch (state) {
    case 'starting':
      return 'server is starting';
    case 'running':
      return 'server is running';
    case 'stopped':
      return 'server is stopped';
    case 'disabled':
      return 'switched off by the setting belay.enable';
    case 'failed':
      return detail || 'server does not run';
  }
}
