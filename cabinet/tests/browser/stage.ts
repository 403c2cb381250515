import type { Browser, Page } from 'playwright-core';
import { startServer, stillPath, type TestServer } from './backend/server';
import { fullState, type State } from './backend/state';
import { openWindow, type WindowOptions } from './browser';

/** A window before a server, both kept for many visits: what the browser has loaded once it need not load and compile again. */
export interface Stage {
  server: TestServer;
  page: Page;
  /** Errors of the console and of the page since the visit began. */
  errors: string[];
  /** Begins a visit: a page with a state behind it, in a browser that remembers nothing of the visit before. */
  open: (path: string, state: State) => Promise<Page>;
  close: () => Promise<void>;
}

/** Puts up a stage. */
export async function openStage(browser: Browser, options: WindowOptions = {}): Promise<Stage> {
  const server = await startServer(fullState());
  const { page, errors, close } = await openWindow(browser, options);
  return {
    server,
    page,
    errors,
    open: async (path, state) => {
      // There the page before cannot ask any more, and what the origin keeps can be reached.
      await page.goto(server.url + stillPath);
      await page.evaluate('localStorage.clear(); sessionStorage.clear()');
      await page.context().clearCookies();
      server.reset(state);
      errors.length = 0;
      await page.goto(server.url + path);
      return page;
    },
    close: async () => {
      await close();
      await server.close();
    },
  };
}
