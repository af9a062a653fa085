// The projects that the tests work on: copies of the demonstration's, in a temporary folder, with a
// real SQLite database that holds a year of rows.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kDemo = fileURLToPath(new URL('../../../migrations-fixtures/demo', import.meta.url));

export class Project {
  /** `rope` has a SQLite database at the state of its first migration; `shop` is for PostgreSQL. */
  constructor(belay) {
    this.root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'belay-project-')));
    this.folder = path.join(this.root, 'address-book');
    this.belay = belay;
    this.rope = path.join(this.folder, 'rope');
    this.shop = path.join(this.folder, 'shop');
    try {
      this.fill();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  fill() {
    fs.mkdirSync(this.folder);
    for (const name of ['rope', 'shop']) {
      fs.cpSync(path.join(kDemo, name), path.join(this.folder, name), { recursive: true });
    }
    this.database = path.join(this.rope, 'app.db');
    this.run('begin');
    this.run('apply', '--to', '0001');
    this.run('commit');
    this.sql(fs.readFileSync(path.join(this.rope, 'people.sql'), 'utf8'));
    fs.rmSync(path.join(this.rope, 'fixed'), { recursive: true });
    fs.rmSync(path.join(this.rope, 'people.sql'));
    this.before = this.contents();
    assert.ok(this.before.includes('First1 Last1'));
  }

  run(...args) {
    const stdio = ['ignore', 'pipe', 'pipe'];
    return execFileSync(this.belay, args, { cwd: this.rope, encoding: 'utf8', stdio });
  }

  /** What the command line says of the session. */
  status() {
    return JSON.parse(this.run('status', '--format', 'json'));
  }

  sql(text) {
    const input = `.timeout 10000\n${text}`;
    return execFileSync('sqlite3', ['-bail', this.database], { input, encoding: 'utf8' });
  }

  /** The whole database as a script, asked of SQLite's own program. */
  contents() {
    return this.sql('.dump');
  }

  columns(table) {
    return this.sql(`SELECT name FROM pragma_table_info('${table}');`).trim().split('\n');
  }

  remove() {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
