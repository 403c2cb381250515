// Pages whose security policy leaves the script little room, against the real server.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { launch, openWindow, picture, screenshots, settled } from './support/browser.mjs';
import { Cabinet } from './support/cabinet.mjs';
import { startDemo } from './support/program.mjs';
import { shopPage, startSite } from './support/site.mjs';
import { stepsOf } from './support/steps.mjs';

describe('a page that allows our host as a source of images only', () => {
  let demo, browser, mine, theirs, cabinet, snippet, site;
  const host = 'okna.example';
  const step = stepsOf('policy', () => [mine, theirs], () => demo?.program);

  before(async () => {
    demo = await startDemo({ hits: 100 });
    browser = await launch([host]);
    mine = await openWindow(browser);
    cabinet = new Cabinet(mine.page, demo.url);
    await cabinet.open('/sites');
    await cabinet.signIn(demo);
    await mine.page.getByRole('link', { name: /Светлица/ }).click();
    snippet = await mine.page.locator('pre code').innerText();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
    await demo?.program.stop();
    console.log(`screenshots: ${screenshots}`);
  });

  step('TR-1 TR-2 its visitor is counted', async () => {
    // Our script must be allowed to load at all; it may neither fetch nor send beacons.
    site = await startSite((path) => shopPage(snippet, path), {
      'Content-Security-Policy': `default-src 'self'; script-src 'unsafe-inline' ${demo.url}; img-src 'self' ${demo.url}`,
    });
    theirs = await openWindow(browser);
    await theirs.page.goto(`http://${host}:${site.port}/?utm_source=vk&utm_medium=cpc&utm_campaign=vk_okna`);
    await cabinet.open(`/visitors/live?site=${mine.page.url().split('/').at(-1)}`);
    await mine.page.getByRole('table').getByText('Лавка /', { exact: true }).waitFor();
    await theirs.page.getByRole('link', { name: 'Чай' }).click();
    await mine.page.getByRole('table').getByText('Лавка /chai/').waitFor();
    assert.equal(await mine.page.getByRole('table').getByRole('row').count(), 2, 'two pages of one visitor');
    await settled(mine.page);
    await picture(mine.page, 'policy-live');
  });

  step('TR-2 TR-6 the visitor card shows both pages and the campaign', async () => {
    await mine.page.getByRole('table').getByRole('link').first().click();
    const visits = cabinet.panel('visitors.sessions.title');
    for (const title of ['Лавка /', 'Лавка /chai/', 'VK Реклама']) await visits.getByText(title, { exact: true }).waitFor();
    await settled(mine.page);
    await picture(mine.page, 'policy-card');
  });

  step('the script is quiet but for what the policy itself reports', () => {
    const others = theirs.problems.filter((problem) => !/Content Security Policy|csp/i.test(problem));
    assert.deepEqual(others, []);
    assert.deepEqual(mine.problems, []);
  });
});
