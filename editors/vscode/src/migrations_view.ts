// The view Migrations in the side bar: histories, their migrations, and below each what is to be
// said of it. Everything that an icon or a colour says stands in words, too.

import * as vscode from 'vscode';
import { Location } from 'vscode-languageclient/node';
import { History, Migration, Migrations, MigrationState, Risk, anyFileOf, clockTime, elapsed, folderName } from './migrations';

export interface HistoryNode {
  kind: 'history';
  history: History;
}
export interface SessionNode {
  kind: 'session';
  history: History;
}
export interface MigrationNode {
  kind: 'migration';
  history: History;
  migration: Migration;
}
interface FactNode {
  kind: 'fact';
  id: string;
  label: string;
  icon: vscode.ThemeIcon;
  tooltip: string;
  command?: vscode.Command;
}
export type Node = HistoryNode | SessionNode | MigrationNode | FactNode;

const kScheme = 'belay-migration';

const icon = (name: string, colour?: string) =>
  new vscode.ThemeIcon(name, colour ? new vscode.ThemeColor(colour) : undefined);

const kStates: Record<MigrationState, { icon: vscode.ThemeIcon; words: string }> = {
  applied: { icon: icon('pass-filled', 'testing.iconPassed'), words: 'applied' },
  pending: { icon: icon('circle-large-outline', 'charts.blue'), words: 'pending' },
  failed: { icon: icon('error', 'testing.iconFailed'), words: 'failed' },
  changed: { icon: icon('warning', 'list.warningForeground'), words: 'changed after it was applied' },
  unknown: { icon: icon('circle-outline', 'disabledForeground'), words: 'not known whether it is applied' },
};

const kRisks: Record<Risk, { badge?: string; icon: vscode.ThemeIcon; colour?: string }> = {
  // Not red: that is for what has failed.
  high: { badge: '!!', icon: icon('flame', 'charts.red'), colour: 'list.warningForeground' },
  medium: { badge: '!', icon: icon('alert', 'charts.yellow') },
  low: { icon: icon('shield', 'charts.green') },
  unknown: { badge: '?', icon: icon('question', 'disabledForeground') },
};

/** By the words of verdicts; what is not here is nothing to be sure of. */
const kVerdicts: Record<string, vscode.ThemeIcon> = {
  restored: icon('check', 'testing.iconPassed'),
  'restored-but-order': icon('check', 'testing.iconPassed'),
  'restored-data-lost': icon('warning', 'charts.yellow'),
  differs: icon('diff', 'charts.orange'),
  'down-failed': icon('error', 'testing.iconFailed'),
  'no-down': icon('circle-slash', 'disabledForeground'),
  'declared-irreversible': icon('lock', 'disabledForeground'),
};

export class MigrationsView implements vscode.TreeDataProvider<Node>, vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly decorated = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.decorated.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly registrations: vscode.Disposable[];

  constructor(private readonly migrations: Migrations) {
    this.view = vscode.window.createTreeView('belay.migrations', { treeDataProvider: this, showCollapseAll: true });
    this.registrations = [
      this.view,
      vscode.window.registerFileDecorationProvider(this),
      migrations.onDidChange(() => this.show()),
    ];
  }

  private show(): void {
    const all = this.migrations.histories.flatMap((history) => history.migrations);
    const failed = all.filter(({ state }) => state === 'failed' || state === 'changed').length;
    // Only what needs somebody is worth a number at the side.
    this.view.badge = failed ? { value: failed, tooltip: `${count(failed, 'migration')} failed or changed` } : undefined;
    this.changed.fire();
    this.decorated.fire(undefined);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'history':
        return historyItem(node.history);
      case 'session':
        return sessionItem(node.history);
      case 'migration':
        return migrationItem(node);
      case 'fact':
        return factItem(node);
    }
  }

  getChildren(node?: Node): Node[] {
    if (!node) return this.roots();
    if (node.kind === 'history') return childrenOf(node.history);
    if (node.kind === 'migration') return factsOf(node);
    return [];
  }

  /** The risk as a badge behind the name. */
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== kScheme) return undefined;
    const risk = uri.query as Risk;
    const { badge, colour } = kRisks[risk] ?? {};
    if (!badge) return undefined;
    return new vscode.FileDecoration(badge, `risk ${risk}`, colour ? new vscode.ThemeColor(colour) : undefined);
  }

  private roots(): Node[] {
    return this.migrations.histories
      .filter((history) => history.migrations.length > 0)
      .map((history) => ({ kind: 'history', history }));
  }

  dispose(): void {
    for (const one of this.registrations) one.dispose();
    this.changed.dispose();
    this.decorated.dispose();
  }
}

function childrenOf(history: History): Node[] {
  const migrations: Node[] = history.migrations.map((migration) => ({ kind: 'migration', history, migration }));
  return history.session?.open ? [{ kind: 'session', history }, ...migrations] : migrations;
}

function historyItem(history: History): vscode.TreeItem {
  const item = new vscode.TreeItem(folderName(history), vscode.TreeItemCollapsibleState.Expanded);
  item.id = `history ${history.uri} ${history.dialect}`;
  item.iconPath = icon('database', history.database?.kind === 'production' ? 'charts.red' : undefined);
  const of = (state: MigrationState) => history.migrations.filter((migration) => migration.state === state).length;
  const counts = (['pending', 'failed', 'changed'] as const)
    .filter((state) => of(state) > 0)
    .map((state) => `${of(state)} ${state}`);
  const where = history.database?.environment || history.database?.name || history.dialect;
  item.description = [where, ...counts].join(' · ');
  item.tooltip = new vscode.MarkdownString(
    [
      `**${escaped(folderName(history))}**: ${count(history.migrations.length, 'migration')} for ${history.dialect}`,
      history.database ? `Database: ${escaped(history.database.place)}` : 'No database is configured.',
      history.databaseProblem ? escaped(history.databaseProblem) : '',
      history.session ? '' : 'Nothing is known yet of what is applied: _Show Session Status_ looks.',
    ].filter(Boolean).join('\n\n'),
  );
  const session = !history.session ? 'unknown' : history.session.open ? 'open' : 'none';
  item.contextValue = `history ${history.database ? 'database' : ''} session-${session}`;
  item.accessibilityInformation = {
    label: `${folderName(history)}, ${history.dialect}, ${history.database?.place ?? 'no database'}, ${counts.join(', ')}`,
  };
  return item;
}

function sessionItem(history: History): vscode.TreeItem {
  const session = history.session!;
  const item = new vscode.TreeItem(`Session ${elapsed(session.since ?? '')}`);
  item.id = `session ${history.uri}`;
  item.iconPath = icon('history', 'charts.yellow');
  const since = clockTime(session.since ?? '');
  const back = session.canRollBack ? `can go back to ${since}` : 'cannot be rolled back';
  item.description = back;
  item.tooltip = `Session ${session.id ?? ''}, ${back}. Applied in it: ${session.applied?.join(', ') || 'nothing yet'}.`;
  item.contextValue = 'session';
  item.accessibilityInformation = { label: `Session open for ${elapsed(session.since ?? '')}, ${back}` };
  return item;
}

function migrationItem({ history, migration }: MigrationNode): vscode.TreeItem {
  const item = new vscode.TreeItem(migration.id, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `migration ${history.uri} ${history.dialect} ${migration.id}`;
  const { icon, words } = kStates[migration.state];
  item.iconPath = icon;
  // Only for the badge: no file of that name is opened. What is behind us is no risk any more.
  if (migration.state !== 'applied') {
    item.resourceUri = vscode.Uri.from({ scheme: kScheme, path: `/${migration.id}`, query: migration.risk });
  }
  const verdict = migration.verdict?.line ?? '';
  const known = migration.state === 'unknown' ? '' : migration.state;
  item.description = [known, shortVerdict(migration)].filter(Boolean).join(' · ');
  item.tooltip = tooltipOf(migration, words);
  item.contextValue = [
    'migration',
    migration.runsInSessions && history.database ? migration.state : 'no-session',
    history.session?.open ? 'session-open' : '',
    migration.down ? 'has-down' : 'no-down',
    migration.verdict ? 'has-verdict' : '',
  ].join(' ');
  const place = migration.up ?? migration.down;
  if (place) item.command = openCommand(place);
  item.accessibilityInformation = {
    label: [migration.id, words, `risk ${migration.risk}`, verdict].filter(Boolean).join(', '),
  };
  return item;
}

function shortVerdict(migration: Migration): string {
  switch (migration.verdict?.word) {
    case 'restored':
    case 'restored-but-order':
      return 'reversible';
    case 'restored-data-lost':
      return 'loses data';
    case 'differs':
      return 'down differs';
    case 'down-failed':
      return 'down fails';
    case 'no-down':
      return 'no down';
    case 'declared-irreversible':
      return 'irreversible';
    default:
      return '';
  }
}

function tooltipOf(migration: Migration, words: string): vscode.MarkdownString {
  const lines = [`**${escaped(migration.id)}**: ${words}`];
  if (migration.detail) lines.push(escaped(migration.detail));
  lines.push(riskWords(migration));
  if (migration.verdict) lines.push(`${escaped(migration.verdict.line)}`);
  return new vscode.MarkdownString(lines.join('\n\n'));
}

const riskWords = ({ risk, losses }: Migration) =>
  escaped(`risk ${risk}${losses.length ? `, loses ${losses.join(', ')}` : ''}`);

function factsOf({ history, migration }: MigrationNode): Node[] {
  const out: FactNode[] = [];
  const id = `${history.uri} ${migration.id}`;
  const argument = { uri: (migration.up ?? migration.down)?.uri, migration: migration.id };
  const add = (name: string, fact: Omit<FactNode, 'kind' | 'id'>) => out.push({ kind: 'fact', id: `${name} ${id}`, ...fact });
  if (migration.detail) {
    const applied = migration.state === 'applied' || migration.state === 'changed';
    const label = applied ? `Applied ${clockTime(migration.detail)}` : migration.detail;
    add('detail', { label, icon: kStates[migration.state].icon, tooltip: migration.detail });
  }
  const losses = migration.losses.length ? `: loses ${migration.losses.join(', ')}` : '';
  add('risk', {
    label: `Risk ${migration.risk}${losses}`,
    icon: kRisks[migration.risk].icon,
    tooltip: 'Shows costs and losses, statement by statement',
    command: { command: 'belay.migrations.showRisk', title: 'Show Risk', arguments: [argument] },
  });
  if (migration.verdict) {
    add('verdict', {
      label: capital(migration.verdict.line),
      icon: kVerdicts[migration.verdict.word] ?? icon('question', 'disabledForeground'),
      tooltip: migration.verdict.reason,
      command: { command: 'belay.migrations.showVerdict', title: 'Show Verdict', arguments: [argument] },
    });
  }
  if (migration.up) {
    add('schema', {
      label: 'Schema before and after',
      icon: icon('diff'),
      tooltip: 'Compares the schema before this migration with the one behind it',
      command: { command: 'belay.showSchemaDiff', title: 'Show Schema', arguments: [argument] },
    });
  }
  for (const [name, place] of [['Up', migration.up], ['Down', migration.down]] as const) {
    if (!place) continue;
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(place.uri));
    const label = `${name}: ${file.split('/').at(-1) ?? file}`;
    add(name, { label, icon: icon('file-code'), tooltip: file, command: openCommand(place) });
  }
  return out;
}

function factItem(node: FactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label);
  item.id = node.id;
  item.iconPath = node.icon;
  item.tooltip = node.tooltip;
  item.contextValue = 'fact';
  if (node.command) item.command = node.command;
  return item;
}

/** Opens a script with the cursor on its first statement. */
function openCommand(place: Location): vscode.Command {
  const { line, character } = place.range.start;
  const at = new vscode.Position(line, character);
  return {
    command: 'vscode.open',
    title: 'Open',
    arguments: [vscode.Uri.parse(place.uri), { selection: new vscode.Range(at, at), preview: true }],
  };
}

/** What a command of the view is about, for the server. */
export function argumentOf(node: Node | undefined): { uri: vscode.Uri; migration?: string } | undefined {
  if (!node || node.kind === 'fact') return undefined;
  if (node.kind !== 'migration') return { uri: anyFileOf(node.history) };
  const place = node.migration.up ?? node.migration.down;
  return place && { uri: vscode.Uri.parse(place.uri), migration: node.migration.id };
}

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const escaped = (text: string) => text.replace(/[\\`*_{}[\]<>#|~!]/g, '\\$&');
