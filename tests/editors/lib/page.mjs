// The workbench as a person handles it: what is where on the page, and how it is clicked. The names
// of the classes are Visual Studio Code's own and may change with its version; only this file has them.

import { until } from './wait.mjs';

const comes = (locator, timeout) => locator.waitFor({ timeout }).then(() => true, () => false);

export class Page {
  constructor(workbench) {
    this.page = workbench.page;
  }

  get editor() {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }
  /** Lines that match; blanks on the page are no-break spaces, which \s matches. */
  line(pattern) {
    return this.editor.locator('.view-line', { hasText: pattern });
  }
  get squiggles() {
    return this.editor.locator('.squiggly-error, .squiggly-warning, .squiggly-info');
  }
  lens(title) {
    return this.editor.locator('.codelens-decoration a', { hasText: title });
  }
  get notifications() {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }
  notification(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }
  problem(text) {
    return this.page.locator('.markers-panel .monaco-list-row', { hasText: text });
  }

  get focusedEditor() {
    return this.page.locator('.editor-instance .monaco-editor.focused').first();
  }
  get lightBulb() {
    return this.editor.locator('[class*="codicon-gutter-lightbulb"], .lightBulbWidget');
  }
  /** An entry of the menu that the light bulb opens. */
  menuItem(text) {
    return this.page.locator('.action-widget .monaco-list-row', { hasText: text });
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  /** A key that comes while the workbench settles gets lost: presses again until its effect shows. */
  async pressUntil(key, effect, between = 'Escape') {
    await until(`${key} to have an effect`, async () => {
      await this.press(key);
      const seen = await comes(effect.first(), 3000);
      if (!seen && between) await this.press(between);
      return seen;
    });
  }

  /** Opens the menu of the light bulb by its key: a click that misses the bulb takes the cursor
   * elsewhere. One of a moment ago may still be for another place. */
  async openFixes(wanted) {
    const menu = this.page.locator('.action-widget');
    await until('the light bulb to offer it', async () => {
      if ((await menu.count()) > 0) await this.press('Escape');
      await this.lightBulb.first().waitFor();
      await this.press('Control+.');
      return comes(wanted.first(), 3000);
    });
  }

  /** Rests the mouse on something until a hover with this text is shown. */
  async hover(target, text) {
    const shown = this.page.locator('.monaco-hover:visible', { hasText: text });
    await until(`a hover with ${text}`, async () => {
      await this.page.mouse.move(5, 300);
      await target.hover();
      return comes(shown.first(), 5000);
    });
  }

  /**
   * Clicks where something is. A locator's own click may scroll parts of the workbench that a person
   * cannot scroll, and a menu takes no click before the mouse has moved onto it.
   */
  async click(target) {
    const box = await target.boundingBox({ timeout: 5000 }).catch(() => null);
    if (!box) return;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y, { steps: 4 });
    await this.page.mouse.click(x, y);
  }

  /** Types into the box of Quick Open or of the palette, and waits for the first entry it leaves. */
  async pick(key, text, entry) {
    const input = this.page.locator('.quick-input-widget input[type=text]');
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: entry }).first();
    await until(`${entry} in the list`, async () => {
      await this.press('Escape');
      await this.press(key);
      if (!(await comes(input, 3000))) return false;
      await input.fill(text);
      return comes(row, 5000);
    });
    return row;
  }

  /** Opens a file of the workspace by its path, through Quick Open. */
  async open(path) {
    const name = path.split('/').at(-1);
    await this.page.locator('.monaco-workbench .statusbar').waitFor();
    const tab = this.page.locator('.tab.active', { hasText: name });
    await until(`${path} to open`, async () => {
      await this.pick('Control+P', path, name);
      await this.press('Enter');
      return comes(tab, 5000);
    });
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** Runs a command by its title, through the command palette. */
  async command(title) {
    const row = await this.pick('F1', `>${title}`, title);
    await row.click();
  }

  async count(locator, wanted, what) {
    let seen;
    await until(what, async () => (seen = await locator.count()) === wanted).catch((error) => {
      throw new Error(`${error.message}: ${wanted} wanted, ${seen} seen`);
    });
  }

  /** The text of a notification, once it is there. */
  async told(text) {
    const found = this.notification(text).first();
    await found.waitFor();
    return found.locator('.notification-list-item-message').innerText();
  }

  /** Presses a button of the notification that asks this, and returns what it asked. */
  async answer(question, button) {
    const choice = this.page.locator('.monaco-button', { hasText: button });
    const asked = this.notification(question).filter({ has: choice }).first();
    await asked.waitFor();
    const text = await asked.locator('.notification-list-item-message').innerText();
    await asked.locator('.monaco-button', { hasText: button }).click();
    await asked.waitFor({ state: 'detached' });
    return text;
  }

  async clearNotifications() {
    await this.command('Notifications: Clear All Notifications');
    await this.count(this.notifications, 0, 'the notifications to go');
  }
}
