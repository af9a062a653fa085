// The commands of the view Migrations, and those of the palette that are about one migration: here is
// only which one is meant. The server asks, does the work and reports.

import * as vscode from 'vscode';
import { Migrations } from './migrations';
import { Node, argumentOf } from './migrations_view';
import { SchemaDiff } from './schema_diff';
import { Server } from './server';
import { activeMigration, executeOnServer, projectOf } from './server_command';

/** What a line of the tree runs when it is clicked: plain values. */
interface Place {
  uri?: string;
  migration?: string;
}

/** Commands of the server by those of the view. */
const kOfNode: Record<string, string> = {
  begin: 'begin',
  commit: 'commit',
  rollback: 'rollback',
  status: 'status',
  plan: 'plan',
  apply: 'apply',
  down: 'down',
  rehearse: 'rehearse',
  verify: 'verify',
};

export function registerMigrationCommands(server: Server, migrations: Migrations, diff: SchemaDiff): vscode.Disposable[] {
  const command = (name: string, run: (...args: never[]) => Promise<unknown>) =>
    vscode.commands.registerCommand(`belay.${name}`, run);
  const onNode = (name: string, of: string) =>
    command(`migrations.${name}`, async (node: Node | undefined) => {
      // Above the tree all databases are meant.
      for (const one of node ? [node] : historiesWithDatabase(migrations)) {
        const argument = argumentOf(one);
        if (argument) await executeOnServer(server, `belay.${of}`, argument);
      }
    });
  const onPlace = (name: string) =>
    command(`migrations.${name}`, async (place: Place & Partial<Node>) => {
      const argument = 'kind' in place ? argumentOf(place as Node) : placeOf(place);
      if (!argument) return;
      // The server answers about texts that are open.
      await vscode.workspace.openTextDocument(argument.uri);
      await executeOnServer(server, `belay.${name}`, argument);
    });
  return [
    ...Object.entries(kOfNode).map(([name, of]) => onNode(name, of)),
    onPlace('showRisk'),
    onPlace('showVerdict'),
    onPlace('generateDown'),
    command('migrations.refresh', () => migrations.refresh()),
    command('migrations.openDown', (node: Node) => openDown(node)),
    command('migrations.openUp', (node: Node) => openUp(node)),
    command('showSchemaDiff', (of: (Place & Partial<Node>) | vscode.Uri | undefined) => diff.show(questionOf(of))),
    command('writeDown', async () => {
      const document = activeMigration();
      if (document) await executeOnServer(server, 'belay.generateDown', { uri: document.uri });
    }),
    command('session.rehearse', async () => {
      const uri = projectOf();
      if (uri) await executeOnServer(server, 'belay.rehearse', { uri });
    }),
    command('newMigration', (node: Node | undefined) => newMigration(server, node)),
  ];
}

const historiesWithDatabase = (migrations: Migrations): Node[] =>
  migrations.histories.filter(({ database }) => database).map((history) => ({ kind: 'history', history }));

const placeOf = (place: Place) =>
  place.uri
    ? { uri: vscode.Uri.parse(place.uri), ...(place.migration ? { migration: place.migration } : {}) }
    : undefined;

function questionOf(of: (Place & Partial<Node>) | vscode.Uri | undefined): Place | undefined {
  if (!of || of instanceof vscode.Uri) return undefined;
  if (!('kind' in of)) return of;
  const argument = argumentOf(of as Node);
  return argument && { ...argument, uri: argument.uri.toString() };
}

async function openDown(node: Node): Promise<void> {
  if (node.kind === 'migration' && node.migration.down) await open(node.migration.down.uri, node.migration.down.range.start);
}

async function openUp(node: Node): Promise<void> {
  if (node.kind === 'migration' && node.migration.up) await open(node.migration.up.uri, node.migration.up.range.start);
}

async function open(uri: string, start: { line: number; character: number }): Promise<void> {
  const at = new vscode.Position(start.line, start.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(at, at) });
}

async function newMigration(server: Server, node: Node | undefined): Promise<void> {
  const uri = argumentOf(node)?.uri ?? projectOf();
  if (!uri) return;
  const name = await vscode.window.showInputBox({
    title: 'New migration',
    prompt: 'What does it do? The files get their names from this, in the layout of the project.',
    placeHolder: 'add email to customers',
    validateInput: (text) => (/[\p{L}\p{N}]/u.test(text) ? undefined : 'A few words, with a letter or a digit'),
  });
  if (name) await executeOnServer(server, 'belay.new', { uri, name });
}
