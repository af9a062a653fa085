// Which environment of belay.toml counts here: a setting of the workspace, chosen from those that
// there are. The server names it in every question.

import * as vscode from 'vscode';
import { Server, setting } from './server';
import { executeOnServer, projectOf } from './server_command';

interface EnvironmentItem extends vscode.QuickPickItem {
  environment: string;
}

export async function chooseEnvironment(server: Server): Promise<void> {
  const uri = projectOf();
  if (!uri) return;
  const result = await executeOnServer(server, 'belay.environments', { uri });
  if (!result?.choices?.length) return; // the person was told why there are none
  const now = setting('environment', '');
  const mark = (name: string) => (name === now ? '$(check) ' : '');
  const items: EnvironmentItem[] = [
    ...result.choices.map(({ name, description }) => ({ label: mark(name) + name, description, environment: name })),
    { label: `${mark('')}Project default`, description: 'what belay.toml says', environment: '' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'Whose database do the commands of Belay use?' });
  if (!chosen || chosen.environment === now) return;
  // A command that is given right after the choice is about the chosen database.
  await server.change(async () => {
    await vscode.workspace
      .getConfiguration('belay')
      .update('environment', chosen.environment || undefined, vscode.ConfigurationTarget.Workspace);
    await server.sendSettings();
  });
}

/** The entry among the language status items that tells the choice, and changes it. */
export class EnvironmentStatus implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;

  constructor(selector: vscode.DocumentSelector) {
    this.item = vscode.languages.createLanguageStatusItem('belay.environment', selector);
    this.item.name = 'Belay Environment';
    this.item.command = { command: 'belay.chooseEnvironment', title: 'Choose' };
    this.show();
  }

  show(): void {
    const chosen = setting('environment', '');
    this.item.text = chosen ? `Environment: ${chosen}` : 'Environment: project default';
  }

  dispose(): void {
    this.item.dispose();
  }
}
