// The language server's life: started, stopped, restarted when it crashes, and told what changes.
//
// The language client restarts a crashed server and opens the documents again; how often is decided
// here. Every way in which a server fails ends in one message with its reason and what to do, so the
// client's own pop-ups are kept in the log.

import { ChildProcess, spawn } from 'node:child_process';
import * as vscode from 'vscode';
import {
  CloseAction,
  ConfigurationParams,
  DidChangeConfigurationNotification,
  ErrorAction,
  LanguageClient,
  LanguageClientOptions,
  State,
} from 'vscode-languageclient/node';
import { Program, findProgram, tryProgram } from './program';
import { Reports } from './report';
import { Status } from './status';

/** What the server is for. Migrations keep their findings where another extension has its own SQL. */
export const kDocuments = [
  { scheme: 'file', language: 'sql' },
  { scheme: 'file', pattern: '**/*.sql' },
  { scheme: 'untitled', language: 'sql' },
  { scheme: 'file', pattern: '**/belay.toml' },
  // Migrations can be C++ classes. The server has nothing to say of other sources, and no C++
  // extension is disturbed: what it does for C++ is about SQL.
  { scheme: 'file', language: 'cpp' },
  { scheme: 'file', language: 'c' },
];

/** A server that crashes more often than this within the time stays stopped. */
const kCrashes = 4;
const kCrashWindowMs = 3 * 60_000;

/** Whatever has not said hello by then is no server. */
const kHelloMs = 30_000;

/** A server that was let go may have a step of a migration to end; one that takes longer is stuck. */
const kFarewellMs = 60_000;

/** A client whose errors go to the log alone. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
  // It stops itself where the server fails to start, which is an error of its own there.
  override async stop(timeout?: number): Promise<void> {
    if (this.state === State.Running) await super.stop(timeout);
  }
}

export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Belay');
  private client: LanguageClient | undefined;
  private program: Program | undefined;
  private process: ChildProcess | undefined;
  private greeted: () => void = () => undefined;
  private endedEarly: () => void = () => undefined;
  private crashes: number[] = [];
  private readonly stateListeners: ((running: boolean) => void)[] = [];
  private readonly notificationListeners: [string, () => void][] = [];
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly status: Status,
    readonly reports: Reports,
  ) {}

  /** Called with whether the server runs, whenever that is another thing. */
  onState(listener: (running: boolean) => void): void {
    this.stateListeners.push(listener);
  }

  /** Listens to a notification of the server's, over all its restarts. */
  onNotification(method: string, listener: () => void): void {
    this.notificationListeners.push([method, listener]);
  }

  /** The program that is run, or would be. */
  get programPath(): string {
    return (this.program ?? findProgram(this.context, setting('path', ''))).command;
  }

  /** The client while its server runs. */
  get running(): LanguageClient | undefined {
    return this.client?.state === State.Running ? this.client : undefined;
  }

  /** Starts the server unless it runs; does nothing where it is switched off. */
  start(): Promise<void> {
    return this.inTurn(async () => {
      if (this.client && this.client.state !== State.Stopped) return;
      await this.discard();
      this.crashes = [];
      await this.launch();
    });
  }

  stop(): Promise<void> {
    return this.inTurn(async () => {
      await this.discard();
      this.status.show(enabled() ? 'stopped' : 'disabled');
    });
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Does what must be over before the next command is sent. */
  change(work: () => Promise<void>): Promise<void> {
    return this.inTurn(work);
  }

  /** Tells a running server of settings that need no restart. */
  async sendSettings(): Promise<void> {
    await this.running?.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { belay: serverSettings() },
    });
  }

  /** What is run, from where, and what it says about itself. */
  async describe(): Promise<string> {
    const program = this.program ?? findProgram(this.context, setting('path', ''));
    const answer = await tryProgram(program);
    const result = 'version' in answer ? answer.version : `does not run: ${answer.problem}`;
    const state = this.running ? 'running' : 'not running';
    return `${result} · ${state} · ${program.command} (from ${program.origin})`;
  }

  dispose(): void {
    this.log.dispose();
  }

  // One thing at a time: a restart during a start would leave two servers.
  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async launch(): Promise<void> {
    if (!enabled()) {
      this.status.show('disabled');
      return;
    }
    this.program = findProgram(this.context, setting('path', ''));
    const client = new QuietClient('belay', 'Belay', () => this.spawn(), this.options());
    client.onDidChangeState(({ newState }) => this.follow(client, newState));
    for (const [method, listener] of this.notificationListeners) client.onNotification(method, listener);
    this.client = client;
    // A program that ends before the client listens would leave it waiting for ever.
    const ended = new Promise<void>((resolve) => (this.endedEarly = resolve));
    await Promise.race([client.start().catch(() => this.failed(client)), ended]);
  }

  private spawn(): Promise<ChildProcess> {
    const command = this.program!.command;
    const args = ['lsp', ...setting<string[]>('arguments', [])];
    const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    this.log.appendLine(`Starting ${[command, ...args].join(' ')}`);
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, cwd ? { cwd } : {});
      this.process = child;
      const patience = setTimeout(() => child.kill('SIGKILL'), kHelloMs);
      let greeted = false;
      this.greeted = () => {
        greeted = true;
        clearTimeout(patience);
      };
      child.once('spawn', () => resolve(child));
      const over = () => {
        clearTimeout(patience);
        if (!greeted && this.client) void this.failed(this.client).then(this.endedEarly);
      };
      child.once('exit', over);
      child.once('error', (error) => {
        over();
        reject(error);
      });
    });
  }

  private follow(client: LanguageClient, state: State): void {
    if (client !== this.client) return;
    if (state === State.Starting) this.status.show('starting');
    if (state !== State.Starting) for (const listener of this.stateListeners) listener(state === State.Running);
    if (state === State.Running) {
      this.greeted();
      this.status.show('running', client.initializeResult?.serverInfo?.version);
    }
  }

  private async discard(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    for (const listener of this.stateListeners) listener(false);
    await client?.dispose(2000).catch((error: unknown) => this.log.appendLine(String(error)));
    const child = this.process;
    this.process = undefined;
    if (child) setTimeout(() => child.kill('SIGKILL'), kFarewellMs).unref();
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: kDocuments,
      outputChannel: this.log,
      initializationOptions: () => serverSettings(),
      initializationFailedHandler: () => false,
      markdown: { supportHtml: false, isTrusted: false },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
      middleware: {
        // Lenses and keys call the server's own commands: what they answer is shown all the same.
        executeCommand: async (command, args, next) => {
          const result = (await next(command, args)) as { report?: string } | undefined;
          if (result?.report) await this.reports.show(command, result.report);
          return result as unknown;
        },
        workspace: {
          configuration: (params: ConfigurationParams) =>
            params.items.map((item) => (item.section === 'belay' ? serverSettings() : null)),
        },
      },
    };
  }

  private closed(): { action: CloseAction; handled: boolean } {
    const stay = { action: CloseAction.DoNotRestart, handled: true };
    // Before its first answer: it would not be a server the next time either.
    if (this.client?.state !== State.Running) return stay;
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < kCrashWindowMs), now];
    if (this.crashes.length <= kCrashes) return { action: CloseAction.Restart, handled: true };
    this.complain(`Belay's server crashed ${this.crashes.length} times within three minutes and stays stopped.`, [
      'Restart',
      'Show Logs',
    ]);
    return stay;
  }

  private async failed(client: LanguageClient): Promise<void> {
    if (client !== this.client) return; // said already, or stopped in the meantime
    this.client = undefined;
    const program = this.program!;
    const answer = await tryProgram(program);
    const why =
      'problem' in answer
        ? `cannot be run: ${answer.problem}`
        : `runs (${answer.version.split('\n')[0]}), but its command lsp is no server that answers`;
    const advice =
      'problem' in answer
        ? 'Install or build belay for this machine, and set belay.path to it.'
        : 'The log has what it said.';
    const looked = program.looked.length > 0 ? ` Looked at: ${program.looked.join('; ')}.` : '';
    this.complain(`Belay's server ${program.command} (from ${program.origin}) ${why}.${looked} ${advice}`, [
      'Open Settings',
      'Show Logs',
    ]);
  }

  private complain(message: string, actions: string[]): void {
    this.log.appendLine(message);
    this.status.show('failed', message);
    // Not awaited: a person may leave the message where it is.
    void vscode.window.showErrorMessage(message, ...actions).then((action) => {
      if (action === 'Restart') void this.restart();
      if (action === 'Show Logs') this.log.show(true);
      if (action === 'Open Settings') {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'belay.path');
      }
    });
  }
}

export function setting<T>(name: string, otherwise: T): T {
  return vscode.workspace.getConfiguration('belay').get<T>(name, otherwise);
}

function enabled(): boolean {
  return setting('enable', true);
}

/** All that the server learns from the editor; the rest stands in belay.toml. */
function serverSettings() {
  return {
    environment: setting('environment', ''),
    untrusted: !vscode.workspace.isTrusted,
    workspaceDiagnostics: setting('workspaceDiagnostics', true),
    inlayHints: setting('inlayHints', 'risky'),
  };
}
