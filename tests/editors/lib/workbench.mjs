// A real workbench of Visual Studio Code for one test: its server, its extension host and a browser
// on it. It is the npm package code-server's copy of Visual Studio Code, started without code-server.
//
// Everything it writes lies in one temporary folder, everything it says stays on this machine, and
// both end with the test.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { until } from './wait.mjs';

const kHere = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

// Nothing may move, pop up or fetch that the test did not ask for.
const kSettings = {
  'chat.disableAIFeatures': true,
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const kBrowserFlags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-sync', '--no-first-run',
  '--disable-background-networking', '--disable-component-update',
];

export class Workbench {
  /**
   * options: `workbench` (folder with out/server-main.js), `vsix`, `workspace`, `settings`, `keys`
   * (what a person's keybindings.json has), `trusted` (false: folders are not, until a person says
   * so), `viewport`, `out` (folder for what helps to understand a failure).
   */
  static async open(options) {
    const self = new Workbench(options);
    // A run that is called off leaves nothing behind either.
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => self.close().then(() => process.exit(1)));
    }
    try {
      self.installExtension();
      await self.startServer();
      await self.startBrowser();
      return self;
    } catch (error) {
      await self.close();
      throw error;
    }
  }

  constructor(options) {
    this.options = options;
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'belay-editor-'));
    this.console = [];
    this.strangers = new Set();
    this.env = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: this.folder('home'),
      TMPDIR: this.folder('tmp'),
      XDG_RUNTIME_DIR: this.folder('run'),
      // No gallery: nothing is looked up at the start.
      EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '', itemUrl: '' }),
    };
    const user = this.folder('server/data/User');
    fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...kSettings, ...options.settings }));
    fs.writeFileSync(path.join(user, 'keybindings.json'), JSON.stringify(options.keys ?? []));
  }

  folder(name) {
    const folder = path.join(this.root, name);
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  }

  serverArguments(...more) {
    return [
      path.join(this.options.workbench, 'out/server-main.js'),
      '--server-data-dir', path.join(this.root, 'server'),
      '--accept-server-license-terms', '--disable-telemetry', ...more,
    ];
  }

  installExtension() {
    const args = this.serverArguments('--install-extension', this.options.vsix, '--force');
    const done = spawnSync(process.execPath, args, { env: this.env, encoding: 'utf8' });
    if (done.status !== 0 || !done.stdout.includes('successfully installed')) {
      throw new Error(`the extension was not installed:\n${done.stdout}\n${done.stderr}`);
    }
  }

  async startServer() {
    this.port = await freePort();
    this.log = path.join(this.root, 'server.log');
    const log = fs.openSync(this.log, 'w');
    const args = this.serverArguments(
      '--host', '127.0.0.1', '--port', String(this.port), '--without-connection-token',
      '--enable-smoke-test-driver', ...(this.options.trusted === false ? [] : ['--disable-workspace-trust']));
    // In a group of its own, so that the extension host ends with it.
    this.server = spawn(process.execPath, args, { env: this.env, detached: true, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    await until('the workbench server to answer', async () => {
      if (this.server.exitCode !== null) throw new Error(`it ended:\n${fs.readFileSync(this.log, 'utf8')}`);
      return fetch(`http://127.0.0.1:${this.port}/version`).then((answer) => answer.ok, () => false);
    });
  }

  async startBrowser() {
    this.browser = await chromium.launchPersistentContext(this.folder('browser'), {
      executablePath: '/usr/bin/chromium',
      headless: true,
      viewport: this.options.viewport ?? { width: 1280, height: 800 },
      env: this.env,
      args: kBrowserFlags,
    });
    const here = new Set(['127.0.0.1', 'localhost']);
    await this.browser.route((url) => /^(http|ws)s?:$/.test(url.protocol) && !here.has(url.hostname), (route) => {
      this.strangers.add(new URL(route.request().url()).hostname);
      return route.abort();
    });
    this.page = this.browser.pages()[0] ?? (await this.browser.newPage());
    this.page.setDefaultTimeout(60_000);
    this.page.on('console', (message) => this.console.push(`[${message.type()}] ${message.text()}`));
    this.page.on('pageerror', (error) => this.console.push(`[pageerror] ${error}`));
  }

  /** Opens the workspace folder. With `tests` the extension host runs that module in it. */
  async load(tests) {
    const query = new URLSearchParams({ folder: this.options.workspace });
    if (tests) {
      const remote = (place) => `vscode-remote://127.0.0.1:${this.port}${place}`;
      // Tests run only where an extension is in development; ours is installed, so this folder is one.
      query.set('payload', JSON.stringify([
        ['extensionDevelopmentPath', remote(kHere)], ['extensionTestsPath', remote(tests)], ['skipWelcome', 'true'],
      ]));
    }
    await this.page.goto(`http://127.0.0.1:${this.port}/?${query}`);
  }

  /** Keeps what helps to understand a failure. */
  async keepEvidence() {
    if (!this.options.out) return;
    fs.mkdirSync(this.options.out, { recursive: true });
    await this.page?.screenshot({ path: path.join(this.options.out, 'failed.png') }).catch(() => undefined);
    fs.writeFileSync(path.join(this.options.out, 'console.log'), this.console.join('\n'));
    if (this.log && fs.existsSync(this.log)) fs.copyFileSync(this.log, path.join(this.options.out, 'server.log'));
  }

  async close() {
    await this.browser?.close().catch(() => undefined);
    if (this.server) await this.endServer();
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  async endServer() {
    const exited = this.server.exitCode !== null
      ? Promise.resolve()
      : new Promise((done) => this.server.once('exit', done));
    this.signal('SIGTERM');
    await Promise.race([exited, new Promise((done) => setTimeout(done, 5000))]);
    this.signal('SIGKILL');
  }

  signal(name) {
    try {
      process.kill(-this.server.pid, name);
    } catch {
      // The whole group is gone.
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
