// One run as a person makes it, with the mouse on what is on the page: squiggles, the Problems panel,
// a quick fix from the light bulb, and a migration that fails half-way on a rope.
//   node ui_session.mjs --belay BIN --vsix FILE --workbench DIR --out DIR
// With --screenshot FILE it only takes the picture of the README (docs/images/editor.png).

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Page } from './lib/page.mjs';
import { inWorkbench, options } from './lib/run.mjs';
import { until } from './lib/wait.mjs';

const chosen = options();

// What a picture is to look like.
const kPicture = {
  viewport: { width: 1280, height: 720 },
  settings: {
    'breadcrumbs.enabled': false,
    'editor.fontSize': 14,
    'editor.lightbulb.enabled': 'off',
    'editor.occurrencesHighlight': 'off',
    'files.exclude': { '**/*.db': true, '**/*.db.belay': true },
    'window.commandCenter': false,
    'workbench.colorTheme': 'Default Dark Modern',
    'workbench.layoutControl.enabled': false,
    'workbench.sideBar.location': 'left',
  },
};

await inWorkbench(chosen, chosen.screenshot ? kPicture : {}, async (project, workbench, step) => {
  await workbench.load();
  const page = new Page(workbench);
  if (chosen.screenshot) return takePicture(page, step);
  await fixOneFinding(page, project, step);
  await failOnTheRope(page, project, step);
  await workbench.page.screenshot({ path: path.join(chosen.out, 'after_rollback.png') });
});

async function takePicture(page, step) {
  await page.open('shop/migrations/0003_index_orders.up.sql');
  await page.squiggles.first().waitFor();
  await page.command('View: Keep Editor');
  await page.open('rope/migrations/0002_split_name.up.sql');
  await page.lens('Begin session').waitFor();
  await page.count(page.squiggles, 2, 'the squiggles');
  await page.pressUntil('Control+Shift+M', page.problem('drop-column'));
  await page.problem('Nobody can write').first().waitFor();
  await page.command('View: Focus Active Editor Group');
  await page.clearNotifications();
  const column = page.line(/DROP\sCOLUMN/).locator('span', { hasText: 'name' }).last();
  await page.hover(column, 'Drop column');
  await page.page.screenshot({ path: chosen.screenshot });
  step(`picture taken: ${chosen.screenshot}`);
}

async function fixOneFinding(page, project, step) {
  const file = path.join(project.shop, 'migrations/0003_index_orders.up.sql');
  await page.open('shop/migrations/0003_index_orders.up.sql');
  step('a migration is open');
  await page.squiggles.first().waitFor();
  step('squiggles');

  const problem = page.problem('Nobody can write to `orders`');
  await page.pressUntil('Control+Shift+M', problem);
  assert.match(await problem.first().innerText(), /index-not-concurrent/);
  step('the finding is in the Problems panel');

  await problem.first().dblclick(); // brings the cursor to the place
  await page.page.locator('.statusbar-item', { hasText: /Ln 1, Col (8|13)/ }).waitFor();
  await page.focusedEditor.waitFor();
  const fix = page.menuItem(/CONCURRENTLY/);
  await page.openFixes(fix);
  await page.click(fix.first());
  await page.count(fix, 0, 'the menu to close');
  await page.focusedEditor.waitFor();
  await page.press('Control+Home'); // the lens above the first line may have pushed it out of sight
  await page.line(/CREATE\sINDEX\sCONCURRENTLY\sorders_customer_idx/).waitFor();
  await page.count(problem, 0, 'the finding to go');
  step('quick fix from the light bulb');

  await page.press('Control+S');
  await until('the file to be saved', () =>
    /INDEX CONCURRENTLY orders/.test(fs.readFileSync(file, 'utf8')));
  await page.command('View: Hide Panel');
  step('saved');
}

async function failOnTheRope(page, project, step) {
  await page.open('rope/migrations/0003_unique_email.up.sql');
  await page.lens('Begin session').waitFor();
  assert.equal(project.contents(), project.before);
  step('lenses; nothing has touched the database');

  await page.lens('Begin session').click();
  const question = await page.answer('Begin a session on', 'Begin');
  assert.ok(question.includes('app.db'), question);
  await page.told('verified snapshot');
  await page.lens('Begin session').waitFor({ state: 'detached' });
  assert.equal(project.status().phase, 'open');
  await page.clearNotifications();
  step('a session is begun');

  await page.lens('Apply up to here').click();
  const warning = await page.answer('Apply 2 migrations', 'Apply');
  assert.match(warning, /0002_split_name/);
  assert.match(warning, /loses the values of people.name/);
  const offer = page.notification('UNIQUE constraint failed').first();
  await offer.waitFor();
  assert.deepEqual(project.columns('people'), ['id', 'email', 'first_name', 'last_name']);
  assert.notEqual(project.contents(), project.before);
  await page.editor.locator('.squiggly-error').first().waitFor();
  await page.page.screenshot({ path: path.join(chosen.out, 'failed_run.png') });
  step('the first migration went through, the second failed half-way and is underlined');

  const failure = await page.answer('UNIQUE constraint failed', 'Rollback');
  assert.match(failure, /0003_unique_email failed/);
  await page.told('rolled back');
  assert.equal(project.contents(), project.before);
  assert.equal(project.status().phase, 'none');
  await page.lens('Begin session').waitFor();
  step('rolled back: every row is there');
}
