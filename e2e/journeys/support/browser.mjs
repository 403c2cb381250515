import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where pictures go: SCREENSHOTS, or a new temporary folder, for those of failures. */
export const screenshots = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'skvoz-e2e-screens-'));
mkdirSync(screenshots, { recursive: true });

/** Starts Debian's Chromium, where each of the hosts is this machine. */
export function launch(hosts = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Visitors of these tests are people: a browser that says it is driven by a program is refused as a robot.
      '--disable-blink-features=AutomationControlled',
      ...(hosts.length > 0 ? [`--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`] : []),
    ],
  });
}

/**
 * A window of one person, with everything that goes wrong in it: `problems` holds errors of the console and the page, violations of
 * the page's security policy, failed requests, and answers of 400 and above.
 */
export async function openWindow(browser, { language = 'ru', scheme = 'light', width = 1280, height = 860, storageState } = {}) {
  const context = await browser.newContext({
    colorScheme: scheme,
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    viewport: { width, height },
    reducedMotion: 'reduce',
    storageState,
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split('.')[0]}.0.0.0 Safari/537.36`,
  });
  const problems = [];
  context.on('page', (page) => watch(page, problems));
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return { context, page, problems, close: () => context.close() };
}

function watch(page, problems) {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(`page: ${error.stack ?? error}`));
  page.on('requestfailed', (request) => {
    // What the page no longer needed when one went on is no failure.
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${request.method()} ${request.url()}: ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`answer: ${response.status()} ${response.request().method()} ${response.url()}`);
  });
}

/** Waits until nothing is being loaded any more. */
export async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]') && document.fonts.status === 'loaded');
}

/** Keeps a picture of the page, if pictures are wanted: SCREENSHOTS names their folder. */
export async function picture(page, name) {
  if (process.env.SCREENSHOTS) await pictureOfFailure(page, name);
}

/** Keeps a picture of the page even if none are wanted, since something went wrong. */
export async function pictureOfFailure(page, name) {
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** Serious and critical faults of accessibility, one a line. */
export async function accessibilityFaults(page) {
  // Evaluated from outside: the page's own policy forbids foreign scripts, as it should.
  const found = await page.evaluate(`(async () => {
    ${axe};
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary) }));
  })()`);
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.join('\n')}`);
}

/** How far the page can be scrolled sideways, in pixels. */
export function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Asks until the answer is wanted; fails with the last answer. */
export async function eventually(ask, wanted, what, milliseconds = 10_000) {
  const until = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > until) throw new Error(`${what}: at last ${JSON.stringify(answer)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
