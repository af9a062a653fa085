// Which program is the server, and why it does not run where it does not.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

export interface Program {
  /** An absolute path, or a name that is looked up in `PATH`. */
  command: string;
  /** Where the choice comes from, in words that follow "from". */
  origin: string;
  /** Where a program was looked for before, and why it was not taken; empty where it was the first place. */
  looked: string[];
}

/** The program that the setting names, else the one in the extension, else what `PATH` has. */
export function findProgram(context: vscode.ExtensionContext, configured: string): Program {
  const fromSetting = configured.trim();
  if (fromSetting) return { command: expand(fromSetting), origin: 'the setting belay.path', looked: [] };
  const name = process.platform === 'win32' ? 'belay.exe' : 'belay';
  const bundled = context.asAbsolutePath(path.join('server', name));
  if (existsSync(bundled)) return { command: bundled, origin: 'the extension', looked: [] };
  return {
    command: 'belay',
    origin: 'PATH, since this build of the extension has none in it',
    looked: ['the setting belay.path (empty)', `${bundled} (not there)`, `PATH (${process.env['PATH'] ?? 'empty'})`],
  };
}

function expand(configured: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const expanded = configured
    .replace(/^~(?=$|[/\\])/, os.homedir())
    .replace(/\$\{workspaceFolder\}/g, folder ?? '.');
  // A bare name is for PATH to find; anything with a slash in it is a place.
  const place = /[/\\]/.test(expanded);
  return place && folder ? path.resolve(folder, expanded) : expanded;
}

/** What `program --version` prints, or why it cannot be run. Asked only when there is a need. */
export function tryProgram(program: Program): Promise<{ version: string } | { problem: string }> {
  return new Promise((resolve) => {
    execFile(program.command, ['--version'], { timeout: 10_000 }, (error, stdout, stderr) => {
      if (!error) return resolve({ version: stdout.trim() });
      resolve({ problem: explain(error, stderr) });
    });
  });
}

function explain(error: Error & { code?: unknown; signal?: unknown }, stderr: string): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such program';
    case 'EACCES':
      return 'it is not a program, or you may not run it';
    case 'ENOEXEC':
    case 'UNKNOWN':
      return `it is not made for this machine (${process.platform}-${process.arch})`;
  }
  const said = stderr.trim().split('\n')[0];
  if (said) return said;
  return error.signal ? `it was ended by ${String(error.signal)}` : error.message;
}
