// Runs one of the suites inside the extension host, against the installed extension:
//   node api_run.mjs --suite features --belay BIN --vsix FILE --workbench DIR --out DIR
//
// Suites speak to the page, where they need a person, through lines on the console.

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inWorkbench, options, step } from './lib/run.mjs';
import { Page } from './lib/page.mjs';

const kLimitMs = 240_000;
const chosen = options();
const suite = fileURLToPath(new URL(`suites/${chosen.suite}.cjs`, import.meta.url));

await inWorkbench(chosen, {}, async (_, workbench) => {
  const page = new Page(workbench);
  let steps = 0;
  let failure;
  let giveUp;
  const givenUp = new Promise((_, reject) => (giveUp = reject));
  // What the extension host writes to its console, the workbench writes to the browser's.
  workbench.page.on('console', (message) => {
    const [, kind, rest] = /\[suite:(\w+)\] ([^]*)/.exec(message.text()) ?? [];
    if (kind === 'step') step(rest, ++steps);
    if (kind === 'failed') failure = rest;
    if (kind === 'answer' || kind === 'told') person(page, kind, JSON.parse(rest)).catch(giveUp);
  });
  const finished = new Promise((resolve) => workbench.page.exposeFunction('codeAutomationExit', resolve));
  await workbench.load(suite);
  const limit = new Promise((resolve) => setTimeout(resolve, kLimitMs, 'nothing within the time limit').unref());
  const code = await Promise.race([finished, givenUp, limit]);
  if (code !== 0 || failure) throw new Error(`${chosen.suite}: ${failure ?? `the run ended with ${code}`}`);
  if (steps === 0) throw new Error(`${chosen.suite}: the suite has said nothing, so perhaps it has not run`);
});

/** Sees or answers a notification for the suite, which waits for the file. */
async function person(page, kind, { text, question, button, reply }) {
  const seen = kind === 'told' ? await page.told(text) : await page.answer(question, button);
  step(kind === 'told' ? `told: ${seen}` : `asked: ${seen} ${button}!`);
  fs.writeFileSync(`${reply}.new`, seen);
  fs.renameSync(`${reply}.new`, reply);
}
