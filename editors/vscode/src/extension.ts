// Where the parts of the extension meet.

import * as vscode from 'vscode';
import { openConfiguration } from './configuration';
import { EnvironmentStatus, chooseEnvironment } from './environment';
import { LintTasks } from './lint_task';
import { registerMigrationCommands } from './migration_commands';
import { Migrations } from './migrations';
import { MigrationsView } from './migrations_view';
import { Reports } from './report';
import { SchemaDiff } from './schema_diff';
import { Server, kDocuments } from './server';
import { registerSessionCommands } from './session_commands';
import { SessionStatus } from './session_status';
import { Status } from './status';
import { useTomlSchema } from './toml_schema';
import { registerVerification } from './verification';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const status = new Status(kDocuments);
  const environment = new EnvironmentStatus(kDocuments);
  const reports = new Reports();
  const own = new Server(context, status, reports);
  server = own;
  const migrations = new Migrations(own);
  const diff = new SchemaDiff(own, migrations);
  const command = (name: string, run: () => unknown) =>
    vscode.commands.registerCommand(`belay.${name}`, run);
  context.subscriptions.push(
    status,
    environment,
    own,
    reports.register(),
    migrations,
    diff,
    new MigrationsView(migrations),
    new SessionStatus(migrations, own),
    new LintTasks(own).register(),
    ...registerMigrationCommands(own, migrations, diff),
    command('useTomlSchema', () => useTomlSchema(context)),
    command('startServer', () => own.start()),
    command('stopServer', () => own.stop()),
    command('restartServer', () => own.restart()),
    command('showLogs', () => own.log.show(true)),
    command('showServerInfo', async () => {
      void vscode.window.showInformationMessage(await own.describe());
    }),
    command('openConfiguration', openConfiguration),
    command('chooseEnvironment', () => chooseEnvironment(own)),
    ...registerSessionCommands(own),
    ...registerVerification(own),
    vscode.workspace.onDidChangeConfiguration((event) => {
      environment.show();
      follow(own, event);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(async () => {
      await own.sendSettings();
      migrations.soon();
    }),
  );
  // Not awaited: an editor should not wait for a server.
  void own.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

function follow(own: Server, event: vscode.ConfigurationChangeEvent): void {
  const changed = (...names: string[]) =>
    names.some((name) => event.affectsConfiguration(`belay.${name}`));
  if (changed('enable', 'path', 'arguments')) void own.restart();
  else if (changed('environment', 'workspaceDiagnostics', 'inlayHints')) void own.sendSettings();
}
