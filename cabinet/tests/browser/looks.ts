import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { State } from './backend/state';
import { expectAccessible, launch, screenshots, settled, type WindowOptions } from './browser';
import { openStage, type Stage } from './stage';

/** A page in some state, to be looked at. */
export interface PageCase {
  name: string;
  path: string;
  state: () => State;
  /** Does something before the page is looked at. */
  act?: (page: Page) => Promise<void>;
}

/** Pages of one topic. */
export interface Pages {
  topic: string;
  /** What names of pictures begin with. */
  prefix: string;
  cases: PageCase[];
  /** The narrowest screen they must fit, in pixels. */
  narrowest: number;
}

/** Colours do not depend on the language, nor texts on the colours: two looks show both of each. */
const looks = [
  { scheme: 'light', language: 'ru' },
  { scheme: 'dark', language: 'en' },
] as const;

/** Makes tests of pages: each is accessible and quiet in every look, and fits a narrow screen. */
export function testPages({ topic, prefix, cases, narrowest }: Pages): void {
  let browser: Browser;
  let stage: Stage;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  const stageOf = (options: WindowOptions) => {
    beforeAll(async () => {
      stage = await openStage(browser, options);
    });
    afterAll(() => stage.close());
  };
  const picture = async (name: string, look: string) => {
    if (screenshots) {
      const file = `${prefix}${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${look}.png`;
      await stage.page.screenshot({ path: join(screenshots, file), fullPage: true });
    }
  };

  describe.each(looks)(`every page of ${topic} is accessible and quiet: $scheme, $language`, (look) => {
    const { scheme, language } = look;
    stageOf(look);
    test.each(cases)('$name', async ({ name, path, state, act }) => {
      const start = state();
      start.users.forEach((user) => (user.language = language === 'ru' ? 'RU' : 'EN'));
      const page = await stage.open(path, start);
      await settled(page);
      await act?.(page);
      await settled(page);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(await page.title()).toMatch(/^.+ · Skvoz$/);
      await picture(name, `${scheme}-${language}`);
      await expectAccessible(page, name);
      expect(stage.errors).toEqual([]);
    });
  });

  describe(`every page of ${topic} fits a screen of ${narrowest} pixels`, () => {
    stageOf({ width: narrowest, height: 740 });
    test.each(cases)('$name', async ({ name, path, state, act }) => {
      const page = await stage.open(path, state());
      await settled(page);
      await act?.(page);
      await settled(page);
      await picture(name, 'narrow');
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  });
}
