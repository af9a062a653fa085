// Runs neovim/check.lua in a headless Neovim on a project of its own:
//   node neovim_run.mjs --belay BIN --nvim BIN

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Project } from './lib/project.mjs';
import { finish, options, step } from './lib/run.mjs';

const at = (place) => fileURLToPath(new URL(place, import.meta.url));
const chosen = options();

await finish(async () => {
  const project = new Project(chosen.belay);
  try {
    fs.appendFileSync(path.join(project.rope, 'belay.toml'), '\n[environments.copy]\nurl = "sqlite:copy.db"\n');
    fs.copyFileSync(project.database, path.join(project.rope, 'copy.db'));
    // Its own home: no settings of a person are read, and none of theirs is written.
    const folder = (name) => {
      fs.mkdirSync(path.join(project.root, name));
      return path.join(project.root, name);
    };
    const run = spawnSync(
      chosen.nvim, ['--clean', '--headless', '-n', '-c', `luafile ${at('neovim/check.lua')}`],
      {
        cwd: project.folder,
        stdio: ['ignore', 'inherit', 'inherit'],
        timeout: 240_000,
        env: {
          PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder('home'), XDG_RUNTIME_DIR: folder('run'), TMPDIR: folder('tmp'),
          BELAY_RUNTIME: at('../../editors/neovim'), BELAY_PROGRAM: chosen.belay, BELAY_DATABASE: project.database,
        },
      });
    assert.equal(run.error, undefined);
    assert.equal(run.status, 0, `nvim ended with ${run.status ?? run.signal}`);
    assert.equal(project.contents(), project.before);
    assert.equal(project.status().phase, 'none');
    step('the database is as it was');
  } finally {
    project.remove();
  }
});
