import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where pictures of pages go, if they are wanted: SCREENSHOTS. */
export const screenshots = process.env.SCREENSHOTS;
if (screenshots) {
  mkdirSync(screenshots, { recursive: true });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts Debian's Chromium. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  });
}

/** A browser window of a person. */
export interface Window {
  page: Page;
  /** Errors of the console and of the page since the window was opened. */
  errors: string[];
  close: () => Promise<void>;
}

/** How a window is opened. */
export interface WindowOptions {
  scheme?: 'light' | 'dark';
  language?: 'ru' | 'en';
  width?: number;
  height?: number;
}

/** Opens a window that collects everything that goes wrong in it. */
export async function openWindow(browser: Browser, options: WindowOptions = {}): Promise<Window> {
  const { scheme = 'light', language = 'ru', width = 1280, height = 860 } = options;
  const context = await browser.newContext({
    colorScheme: scheme,
    locale: language === 'ru' ? 'ru-RU' : 'en-GB',
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      errors.push(message.text());
    }
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return { page, errors, close: () => context.close() };
}

interface Finding {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** Fails when axe finds a fault of accessibility on the page as it is now. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // Evaluated from outside: the page's own policy forbids foreign scripts, as it should.
  const findings = (await page.evaluate(`(async () => {
    ${axe};
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) }));
  })()`)) as Finding[];
  const text = findings
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary ?? ''}`).join('\n')}`,
    )
    .join('\n');
  expect(text, `accessibility of ${name}`).toBe('');
}

/** Waits until nothing is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(
    () => !document.querySelector('[aria-busy="true"]') && document.fonts.status === 'loaded',
    undefined,
    { timeout: 10_000 },
  );
}
