import { test } from 'node:test';
import { pictureOfFailure } from './browser.mjs';

/**
 * Steps of one journey, in order: after one has failed the others fail at once. Of a failed step a picture of each window is kept, and the
 * error says what was on the page, and what the program wrote.
 */
export function stepsOf(journey, windows, program) {
  let failed;
  return (name, run) =>
    test(name, async (t) => {
      if (failed) throw new Error(`not tried, since this step failed: ${failed}`);
      try {
        await run(t);
      } catch (error) {
        failed = name;
        for (const [index, window] of windows().filter(Boolean).entries()) {
          await pictureOfFailure(window.page, `failed-${journey}-${index}`).catch(() => {});
          error.message += `\n\nwindow ${index}: ${window.page.url()}\n${await window.page.locator('body').ariaSnapshot().catch(String)}\nproblems: ${window.problems.join('\n')}`;
        }
        error.message += `\n${program()?.output}`;
        throw error;
      }
    });
}
