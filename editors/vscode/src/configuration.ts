// Opens belay.toml, or offers to write one where there is none.

import * as vscode from 'vscode';

const kTemplate = `# Belay's configuration. Every key may be left out: what is not set is found from the files, and
# \`belay lint --explain-config\` says what was found and why.

# The engine that the migrations run on, and its version in production.
# dialect = "postgresql"
# version = "15"

# The folder of the migrations, from this file's folder.
# migrations = "migrations"

# The database of the session commands. \${NAME} is a variable of the environment.
# [database]
# url = "sqlite:app.db"

# Further databases, chosen by the setting belay.environment or by --environment.
# [environments.staging]
# url = "\${STAGING_URL}"

# A rule's severity: "error", "warning", "info" or "off".
# [rules]
# lock-timeout-missing = "error"
`;

export async function openConfiguration(): Promise<void> {
  const folder = await chosenFolder();
  if (!folder) {
    void vscode.window.showInformationMessage('Open a folder first: belay.toml stands at the root of a project.');
    return;
  }
  const file = (await nearest(folder)) ?? (await anyOf(folder));
  if (file) await vscode.window.showTextDocument(file);
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const owner = active && vscode.workspace.getWorkspaceFolder(active);
  if (owner) return owner;
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length > 1 ? vscode.window.showWorkspaceFolderPick() : folders[0];
}

/** The one that counts for the active file: in its folder, or above it within the workspace folder. */
async function nearest(folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (!active || vscode.workspace.getWorkspaceFolder(active) !== folder) return undefined;
  let place = active;
  while (place.path !== folder.uri.path && place.path !== '/') {
    place = vscode.Uri.joinPath(place, '..');
    const candidate = vscode.Uri.joinPath(place, 'belay.toml');
    if (await exists(candidate)) return candidate;
  }
  return undefined;
}

/** The folder's only one, one that is picked, or one that is made. */
async function anyOf(folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  const pattern = new vscode.RelativePattern(folder, '**/belay.toml');
  const found = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 50);
  if (found.length < 2) return found[0] ?? create(folder);
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(items, { title: 'Open which configuration?' }))?.uri;
}

async function create(folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  const file = vscode.Uri.joinPath(folder.uri, 'belay.toml');
  const answer = await vscode.window.showInformationMessage(
    `${folder.name} has no belay.toml. Belay works without one; it settles what it should not have to guess.`,
    'Create belay.toml',
  );
  if (!answer) return undefined;
  // It may have come into being while the question stood.
  if (!(await exists(file))) {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(kTemplate));
  }
  return file;
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}
