// Waiting for what comes in its own time. The limits are for a machine with other things to do.

export const kPatienceMs = 60_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks again until the answer is truthy, and returns it. An exception ends the wait. */
export async function until(what, ask, patience = kPatienceMs) {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`waited ${patience / 1000} s in vain for ${what}`);
    await sleep(50);
  }
}
