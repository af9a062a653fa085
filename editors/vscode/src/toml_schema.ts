// belay.toml in the extension Even Better TOML: the schema that the server has printed when this
// extension was packaged, used from the disk.

import * as vscode from 'vscode';

const kSetting = 'evenBetterToml.schema.associations';
const kFiles = 'belay\\.toml$';

export async function useTomlSchema(context: vscode.ExtensionContext): Promise<void> {
  if (!vscode.extensions.getExtension('tamasfe.even-better-toml')) {
    void vscode.window.showInformationMessage(
      'Belay checks belay.toml by itself. With the extension Even Better TOML its keys are completed, too: install it first.',
    );
    return;
  }
  const schema = vscode.Uri.joinPath(context.extensionUri, 'belay.schema.json').toString();
  const settings = vscode.workspace.getConfiguration();
  const known = settings.get<Record<string, string>>(kSetting, {});
  await settings.update(kSetting, { ...known, [kFiles]: schema }, vscode.ConfigurationTarget.Global);
  void vscode.window.showInformationMessage('Even Better TOML now completes belay.toml.');
}
