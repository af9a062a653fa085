// Runs an editor on a project of its own, with the set-up that editors/ has for people:
//   node editor_run.mjs --editor emacs|vim --belay BIN --out DIR
//
// In each case a script in the editor's own language does the work: emacs/check.el, vim/check.vim.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Project } from './lib/project.mjs';
import { finish, options, step } from './lib/run.mjs';

const at = (place) => fileURLToPath(new URL(place, import.meta.url));
const chosen = options();

// Without a person's own settings, but with the packages that are installed for all.
const kEditors = {
  emacs: () => ['emacs', ['-q', '--batch', '-L', at('../../editors/emacs'), '-l', at('emacs/check.el')]],
  vim: () => ['vim', [
    '-u', 'NONE', '-N', '-i', 'NONE', '-n', '-T', 'dumb', '--not-a-term', '--cmd', 'set rtp+=/usr/share/vim-ale',
    '-S', at('vim/check.vim'),
  ]],
};

await finish(async () => {
  const project = new Project(chosen.belay);
  try {
    const folder = (name) => {
      fs.mkdirSync(path.join(project.root, name));
      return path.join(project.root, name);
    };
    const said = path.join(project.root, 'said');
    const [program, args] = kEditors[chosen.editor]();
    const run = spawnSync(program, args, {
      cwd: project.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 240_000,
      env: {
        PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder('home'), TMPDIR: folder('tmp'), BELAY_OUT: said,
        BELAY_RUNTIME: at(`../../editors/${chosen.editor}`), BELAY_PROGRAM: chosen.belay, BELAY_DATABASE: project.database,
      },
    });
    // Vim draws a screen; what it has to say stands in a file.
    process.stdout.write(fs.existsSync(said) ? fs.readFileSync(said, 'utf8') : `${run.stdout}${run.stderr}`);
    assert.equal(run.error, undefined);
    assert.equal(run.status, 0, `${program} ended with ${run.status ?? run.signal}`);
    assert.equal(project.contents(), project.before);
    step('the database is as it was');
  } finally {
    project.remove();
  }
});
