// What every test here begins and ends with.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Project } from './project.mjs';
import { Workbench } from './workbench.mjs';

const kNames = ['belay', 'vsix', 'workbench', 'out', 'suite', 'screenshot', 'nvim', 'editor'];

/** The command line: --name VALUE for each of the names. Paths become absolute. */
export function options() {
  const { values } = parseArgs({ options: Object.fromEntries(kNames.map((name) => [name, { type: 'string' }])) });
  const paths = Object.entries(values).filter(([name]) => !['suite', 'editor'].includes(name));
  return { ...values, ...Object.fromEntries(paths.map(([name, value]) => [name, path.resolve(value)])) };
}

/**
 * Runs `test(project, workbench, step)` on a project of its own, and exits with its result. `more`
 * is what the workbench is to be like; it may be a function of the project.
 */
export async function inWorkbench(options, more, test) {
  await finish(async () => {
    if (options.out) mkdirSync(options.out, { recursive: true });
    const project = new Project(options.belay);
    let workbench;
    try {
      const wanted = typeof more === 'function' ? more(project) : more;
      workbench = await Workbench.open({ ...options, workspace: project.folder, ...wanted });
      step('the workbench is up');
      await test(project, workbench, step);
      if (workbench.strangers.size) throw new Error(`asked for ${[...workbench.strangers].join(', ')}`);
    } catch (error) {
      await workbench?.keepEvidence();
      throw error;
    } finally {
      await workbench?.close();
      project.remove();
    }
  });
}

export async function finish(test) {
  try {
    await test();
    step('PASSED');
    process.exit(0);
  } catch (error) {
    console.error('FAILED', error);
    process.exit(1);
  }
}

export function step(what) {
  console.log(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${what}`);
}
