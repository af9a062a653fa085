// The task "belay: lint", which runs the linter of the command line and puts what it finds among the
// problems: all migrations, open or not.

import * as vscode from 'vscode';
import { Server } from './server';

const kType = 'belay';

interface LintDefinition extends vscode.TaskDefinition {
  command?: string;
  /** Folder or file, from the workspace folder on. */
  path?: string;
}

export class LintTasks implements vscode.TaskProvider {
  constructor(private readonly server: Server) {}

  register(): vscode.Disposable {
    return vscode.tasks.registerTaskProvider(kType, this);
  }

  provideTasks(): vscode.Task[] {
    return (vscode.workspace.workspaceFolders ?? []).map((folder) => this.task({ type: kType, command: 'lint' }, folder));
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const definition = task.definition as LintDefinition;
    if ((definition.command ?? 'lint') !== 'lint') return undefined;
    const scope = task.scope;
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    return folder && this.task(definition, folder);
  }

  private task(definition: LintDefinition, folder: vscode.WorkspaceFolder): vscode.Task {
    const args = ['lint', '--format', 'github', definition.path ?? '.'];
    const run = new vscode.ProcessExecution(this.server.programPath, args, { cwd: folder.uri.fsPath });
    const task = new vscode.Task(definition, folder, 'lint', kType, run, ['$belay-lint']);
    task.group = vscode.TaskGroup.Build;
    task.detail = 'Checks all migrations of the folder';
    return task;
  }
}
