// The session in the status bar: since when, and what there is to go back to. It is there as long
// as a session is, whatever is open.

import * as vscode from 'vscode';
import { History, Migrations, anyFileOf, clockTime, elapsed, folderName } from './migrations';
import { Server } from './server';
import { executeOnServer } from './server_command';

const kMinuteMs = 60_000;

export class SessionStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('belay.session', vscode.StatusBarAlignment.Left, 10);
  private clock: NodeJS.Timeout | undefined;
  private readonly registrations: vscode.Disposable[];

  constructor(
    private readonly migrations: Migrations,
    private readonly server: Server,
  ) {
    this.item.name = 'Belay Session';
    this.item.command = 'belay.session.choose';
    this.registrations = [
      this.item,
      migrations.onDidChange(() => this.show()),
      vscode.commands.registerCommand('belay.session.choose', () => this.choose()),
    ];
  }

  private show(): void {
    const [history, ...others] = this.migrations.inSession;
    clearInterval(this.clock);
    this.clock = undefined;
    if (!history) return this.item.hide();
    // No clock runs while there is nothing that it would show.
    this.clock = setInterval(() => this.tell(history, others.length), kMinuteMs);
    this.tell(history, others.length);
    this.item.show();
  }

  private tell(history: History, others: number): void {
    const session = history.session!;
    const name = history.database?.environment || history.database?.name || folderName(history);
    const time = elapsed(session.since ?? '');
    const since = clockTime(session.since ?? '');
    const applied = session.applied?.length ?? 0;
    const more = others ? ` +${others}` : '';
    this.item.text = `$(history) ${name}: session ${time}, ${applied} applied${more}`;
    const back = session.canRollBack ? `can be rolled back to ${since}` : 'cannot be rolled back';
    this.item.tooltip = tooltip(history, back);
    this.item.accessibilityInformation = {
      label: `Belay session on ${name} open for ${time}, ${applied} migrations applied, ${back}`,
    };
    const isProduction = history.database?.kind === 'production';
    this.item.backgroundColor = isProduction ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }

  /** What can be done with the session, as a list. */
  private async choose(): Promise<void> {
    const history = await this.chosenHistory();
    if (!history) return;
    const since = clockTime(history.session?.since ?? '');
    const items = [
      { label: '$(check) Commit', description: 'keep what was applied; nothing can be rolled back after that', name: 'commit' },
      { label: '$(discard) Roll Back', description: `bring back what was there at ${since}`, name: 'rollback' },
      { label: '$(info) Status', description: 'tell how things stand', name: 'status' },
      { label: '$(list-tree) Show Migrations', description: '', name: 'show' },
    ];
    const title = `Session on ${history.database?.place ?? folderName(history)}`;
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (!chosen) return;
    if (chosen.name === 'show') await vscode.commands.executeCommand('belay.migrations.focus');
    else await executeOnServer(this.server, `belay.${chosen.name}`, { uri: anyFileOf(history) });
  }

  private async chosenHistory(): Promise<History | undefined> {
    const histories = this.migrations.inSession;
    if (histories.length < 2) return histories[0];
    const items = histories.map((history) => ({
      label: folderName(history),
      description: history.database?.place ?? '',
      history,
    }));
    return (await vscode.window.showQuickPick(items, { title: 'Which session?' }))?.history;
  }

  dispose(): void {
    clearInterval(this.clock);
    for (const one of this.registrations) one.dispose();
  }
}

function tooltip(history: History, back: string): vscode.MarkdownString {
  const session = history.session!;
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown('**Belay session** on ');
  text.appendText(history.database?.place ?? folderName(history));
  text.appendMarkdown(`\n\n$(history) open since ${clockTime(session.since ?? '')}, ${back}\n\n`);
  for (const name of session.applied ?? []) {
    text.appendMarkdown('- $(pass-filled) ');
    text.appendText(name);
    text.appendMarkdown('\n');
  }
  if (!session.applied?.length) text.appendMarkdown('Nothing is applied in it yet.');
  return text;
}
