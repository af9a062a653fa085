// The commands of the palette on a database of another environment than the project's own, as a person
// runs them: choose it, look at the plan, begin, apply, take back, list the snapshots, roll back.
//   node ui_palette.mjs --belay BIN --vsix FILE --workbench DIR --out DIR

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Page } from './lib/page.mjs';
import { inWorkbench, options } from './lib/run.mjs';
import { until } from './lib/wait.mjs';

const chosen = options();
const kEnvironments = `
[environments.staging]
url = "sqlite:staging.db"

[environments.eu]
url = "sqlite:eu.db"
kind = "production"
`;

await inWorkbench(chosen, {}, async (project, workbench, step) => {
  const database = (name) => path.join(project.rope, name);
  const dump = (name) => execFileSync('sqlite3', ['-bail', database(name), '.dump'], { encoding: 'utf8' });
  const columns = (name) =>
    execFileSync('sqlite3', [database(name), "SELECT group_concat(name) FROM pragma_table_info('people')"], {
      encoding: 'utf8',
    }).trim();
  const kBefore = 'id,name,email';
  fs.appendFileSync(path.join(project.rope, 'belay.toml'), kEnvironments);
  for (const name of ['staging.db', 'eu.db']) fs.copyFileSync(project.database, database(name));
  assert.equal(columns('staging.db'), kBefore);

  await workbench.load();
  const page = new Page(workbench);
  const picture = async (name) => {
    await workbench.page.waitForTimeout(500); // what slides in has come to rest
    await workbench.page.screenshot({ path: path.join(chosen.out, `${name}.png`) });
  };
  const file = 'rope/migrations/0002_split_name.up.sql';
  await page.open(file);
  await page.lens('Begin session').waitFor();

  await page.command('Belay: Choose Environment');
  await entry(page, 'staging').waitFor();
  await picture('environments');
  await entry(page, 'staging').click();
  await until('the setting', () => {
    const settings = path.join(project.folder, '.vscode/settings.json');
    return fs.existsSync(settings) && JSON.parse(fs.readFileSync(settings, 'utf8'))['belay.environment'] === 'staging';
  });
  await page.clearNotifications();
  step('staging is chosen');

  await page.command('Belay: Show Plan');
  await page.page.locator('.tab', { hasText: 'Belay plan.md' }).waitFor();
  assert.match(await page.told('sqlite:staging.db (staging)'), /2 migrations are pending/);
  const report = page.page.frameLocator('iframe.webview').frameLocator('iframe');
  await report.locator('li', { hasText: 'destroys the values of people.name' }).first().waitFor();
  await picture('plan');
  await page.clearNotifications();
  step('the plan is a page');

  await page.command('Belay: Begin Session');
  await page.answer('Begin a session on sqlite:staging.db (staging)', 'Begin');
  await page.told('sqlite:staging.db (staging): Session');
  await page.clearNotifications();
  await page.command('Belay: Apply Up to This Migration');
  const warning = await page.answer('to sqlite:staging.db (staging)', 'Apply');
  assert.match(warning, /loses the values of people.name/);
  await page.told('1 migration was applied');
  assert.equal(columns('staging.db'), 'id,email,first_name,last_name');
  await page.clearNotifications();
  step('begun and applied');

  await page.lens('Take back').waitFor();
  await page.command('Belay: Take Back Down to This Migration');
  const question = page.notification('Take back on sqlite:staging.db (staging)').first();
  await question.waitFor();
  await picture('take_back');
  await page.answer('Take back on sqlite:staging.db (staging)', 'Take back');
  await page.told('was taken back');
  assert.ok(columns('staging.db').includes('name'));
  assert.ok(!columns('staging.db').includes('first_name'), columns('staging.db'));
  await page.clearNotifications();
  step('taken back');

  await page.command('Belay: Show Snapshots');
  await page.page.locator('.tab', { hasText: 'Belay snapshots.md' }).waitFor();
  await page.told('1 snapshot');
  await page.count(page.page.locator('.editor-group-container'), 2, 'one column for all reports');
  await picture('snapshots');
  await page.clearNotifications();
  step('its snapshot is listed');

  await page.command('Belay: Roll Back Session');
  await page.answer('Roll sqlite:staging.db (staging) back', 'Rollback');
  await page.told('rolled back');
  assert.equal(dump('staging.db'), project.before);
  assert.equal(project.contents(), project.before, 'the other database is as it was');
  await page.clearNotifications();
  step('rolled back: every row is there');

  await refuseProduction(page, { dump, before: project.before, picture, step });
});

/** An entry of the list that asks which one. */
function entry(page, text) {
  return page.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
}

async function refuseProduction(page, { dump, before, picture, step }) {
  await page.command('Belay: Choose Environment');
  await entry(page, 'production').click();
  await page.command('Belay: Begin Session');
  await page.answer('Begin a session on sqlite:eu.db (eu, production)', 'Begin');
  await page.told('sqlite:eu.db (eu, production): Session');
  await page.clearNotifications();
  await page.command('Belay: Apply Up to This Migration');
  const refusal = await page.told('has to be typed');
  assert.match(refusal, /belay apply --to 0002 .*rope\/migrations --environment eu/);
  await picture('production');
  assert.equal(dump('eu.db'), before);
  step('production loses nothing from an editor');
}
