// What the server knows of all migrations, kept as new as somebody looks at it: the server tells
// when something has changed, and the list is asked for again where it is shown.

import * as vscode from 'vscode';
import { Location, ResponseError } from 'vscode-languageclient/node';
import { Server } from './server';

export type MigrationState = 'unknown' | 'pending' | 'applied' | 'failed' | 'changed';
export type Risk = 'low' | 'medium' | 'high' | 'unknown';

/** What `belay/migrations` answers; docs/editors.md describes it. */
export interface Migration {
  id: string;
  version: string;
  name: string;
  up?: Location;
  down?: Location;
  verdict?: { word: string; reason: string; line: string };
  risk: Risk;
  losses: string[];
  runsInSessions: boolean;
  state: MigrationState;
  /** When it was applied, or why it failed. */
  detail?: string;
}

export interface Session {
  open: boolean;
  id?: string;
  /** UTC, ISO 8601. */
  since?: string;
  canRollBack?: boolean;
  applied?: string[];
}

export interface History {
  folder: string;
  uri: string;
  dialect: string;
  layout: string;
  configuration?: string;
  database?: { url: string; name: string; place: string; environment: string; kind: string };
  databaseProblem?: string;
  session?: Session;
  migrations: Migration[];
}

/** Several edits in a row are one change. */
const kPauseMs = 250;

export class Migrations implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChange = this.emitter.event;
  histories: History[] = [];
  private timer: NodeJS.Timeout | undefined;
  private asked = 0;

  constructor(private readonly server: Server) {
    server.onState((running) => (running ? this.soon() : this.show([])));
    server.onNotification('belay/stateChanged', () => this.soon());
  }

  /** Asks again within a moment. */
  soon(): void {
    this.timer ??= setTimeout(() => void this.refresh(), kPauseMs);
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const client = this.server.running;
    if (!client) return this.show([]);
    const turn = ++this.asked;
    try {
      const answer = await client.sendRequest<{ histories: History[] }>('belay/migrations', {});
      if (turn === this.asked) this.show(answer.histories);
    } catch (error) {
      // A program of an older version knows no such list.
      if (!(error instanceof ResponseError)) throw error;
      this.server.log.appendLine(`belay/migrations: ${error.message}`);
      this.show([]);
    }
  }

  /** The history of a session that is open, if there is one; the first of several. */
  get inSession(): History[] {
    return this.histories.filter((history) => history.session?.open);
  }

  private show(histories: History[]): void {
    this.histories = histories;
    const has = histories.some((history) => history.migrations.length > 0);
    void vscode.commands.executeCommand('setContext', 'belay.hasMigrations', has);
    void vscode.commands.executeCommand('setContext', 'belay.inSession', this.inSession.length > 0);
    this.emitter.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.emitter.dispose();
  }
}

/** A history's folder as people call it: from the workspace on. */
export function folderName(history: History): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(history.uri));
}

/** The file that tells the server which history is meant. */
export function anyFileOf(history: History): vscode.Uri {
  const first = history.migrations.find((migration) => migration.up ?? migration.down);
  const place = first?.up ?? first?.down;
  return vscode.Uri.parse(place?.uri ?? history.uri);
}

/** `since` as a clock shows it here, with the day where it was another one. */
export function clockTime(since: string): string {
  const then = new Date(since);
  if (Number.isNaN(then.getTime())) return since;
  const sameDay = then.toDateString() === new Date().toDateString();
  const time = then.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return sameDay ? time : `${then.toLocaleDateString()} ${time}`;
}

/** `under 1 min`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function elapsed(since: string, now = Date.now()): string {
  const minutes = Math.floor((now - new Date(since).getTime()) / 60_000);
  if (!(minutes >= 1)) return 'under 1 min';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
