// The view Migrations as a person uses it: what is known before anybody asks, a session from its buttons, what the
// status bar says, a schema compared, and a session that somebody ends in a terminal.
//   node ui_migrations.mjs --belay BIN --vsix FILE --workbench DIR --out DIR
// With --screenshot FILE it also takes the picture of the pages (docs/images/migrations.png).

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Page } from './lib/page.mjs';
import { inWorkbench, options } from './lib/run.mjs';
import { until } from './lib/wait.mjs';

const chosen = options();
const kPicture = {
  viewport: { width: 1280, height: 720 },
  settings: {
    'breadcrumbs.enabled': false,
    'editor.fontSize': 14,
    'editor.lightbulb.enabled': 'off',
    'editor.occurrencesHighlight': 'off',
    'window.commandCenter': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'workbench.layoutControl.enabled': false,
    'workbench.tree.indent': 12,
  },
};

await inWorkbench(chosen, kPicture, async (project, workbench, step) => {
  fs.rmSync(path.join(project.rope, 'migrations/0003_unique_email.up.sql'));
  fs.rmSync(path.join(project.rope, 'migrations/0003_unique_email.down.sql'), { force: true });
  await workbench.load();
  const page = new Page(workbench);
  const picture = async (name) => {
    await workbench.page.mouse.move(900, 400); // nothing is hovered over
    await workbench.page.waitForTimeout(700); // what slides in has come to rest
    await workbench.page.screenshot({ path: path.join(chosen.out, `${name}.png`) });
  };

  await page.command('Belay: Focus on Migrations View');
  await page.page.locator('.welcome-view-content', { hasText: 'Open' }).first().waitFor().catch(() => undefined);
  await picture('welcome');
  await page.open('rope/migrations/0002_split_name.up.sql');
  await page.command('Belay: Focus on Migrations View');
  await row(page, '0002_split_name').waitFor();
  assert.match(await spoken(page, '0001_create_people'), /, applied, risk low, /, 'the journals of the command line tell');
  assert.match(await spoken(page, '0002_split_name'), /not known whether it is applied, risk high, down/);
  assert.equal(project.contents(), project.before);
  await picture('known_before_asking');
  step('the view lists what is known before anybody asks');

  await title(page, 'Show Session Status').click();
  await page.told('pending');
  await until('the state', async () => /, pending, /.test(await spoken(page, '0002_split_name')));
  await page.clearNotifications();
  step('the status tells what is pending');

  await inline(page, 'rope/migrations', 'Begin Session');
  await page.answer('Begin a session on sqlite:app.db', 'Begin');
  await row(page, /Session (under )?\d+ min/).waitFor();
  const status = page.page.locator('.statusbar-item', { hasText: 'app.db: session under 1 min' });
  await status.waitFor();
  await page.clearNotifications();
  step('a session from the view; the status bar tells of it');

  await inline(page, '0002_split_name', 'Apply Up to Here');
  assert.match(await page.answer('Apply 1 migration to sqlite:app.db', 'Apply'), /loses the values of people.name/);
  await until('the state', async () => /, applied, /.test(await spoken(page, '0002_split_name')));
  assert.deepEqual(project.columns('people'), ['id', 'email', 'first_name', 'last_name']);
  await page.page.locator('.statusbar-item', { hasText: '1 applied' }).waitFor();
  await page.clearNotifications();
  await row(page, '0002_split_name').locator('.monaco-tl-twistie').click();
  await row(page, 'Risk high: loses the values of people.name').waitFor();
  await row(page, 'Down differs').waitFor();
  await picture('applied');
  step('applied from the view, with its risk and verdict below it');

  await row(page, 'Schema before and after').click();
  await page.page.locator('.tab', { hasText: 'schema before ↔ after' }).waitFor();
  await page.page.locator('.monaco-diff-editor .view-line', { hasText: 'first_name' }).first().waitFor();
  await page.page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
  await picture('schema');
  if (chosen.screenshot) await workbench.page.screenshot({ path: chosen.screenshot });
  step('the schema before and after');

  await status.click();
  await page.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Roll Back' }).waitFor();
  await picture('status_bar');
  await page.press('Escape');

  const file = path.join(project.rope, 'migrations/0002_split_name.up.sql');
  fs.writeFileSync(file, `${fs.readFileSync(file, 'utf8')}CREATE TABLE more (x);\n`);
  await until('the change to be told', async () => /changed after it was applied/.test(await spoken(page, '0002_split_name')));
  await picture('changed');
  step('what is edited behind its run is marked');

  project.run('rollback');
  await row(page, /Session (under )?\d+ min/).waitFor({ state: 'detached' });
  await until('the state', async () => /, pending, /.test(await spoken(page, '0002_split_name')));
  await page.page.locator('.statusbar-item', { hasText: 'app.db: session' }).waitFor({ state: 'hidden' });
  assert.equal(project.contents(), project.before);
  await picture('rolled_back_elsewhere');
  step('a rollback in a terminal is followed');
});

/** A line of the view. */
function row(page, text) {
  return page.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
}

/** What a screen reader says of a line. */
async function spoken(page, text) {
  return (await row(page, text).getAttribute('aria-label')) ?? '';
}

/** A button above the tree, which shows while the mouse is over the view. */
function title(page, name) {
  return page.page.locator(`.pane-header .action-label[aria-label^="${name}"], .composite.title .action-label[aria-label^="${name}"]`).first();
}

/** Presses a button at the end of a line. */
async function inline(page, text, name) {
  const line = row(page, text);
  await line.hover();
  await line.locator(`.action-label[aria-label^="${name}"]`).click();
}
