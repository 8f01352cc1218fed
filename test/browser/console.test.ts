import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, playConsole, type PlayedConsole } from '../gateway/support/played-console.js';

const CHROMIUM = process.env['QUELL_CHROMIUM'] ?? '/usr/bin/chromium';

let browser: Browser;

/** Somebody at the console, without JavaScript, and what their browser complained of. */
async function person(
  played: PlayedConsole,
  base: string,
  name: string,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (m) => complaints.push(m.text()));
  page.on('requestfailed', (r) => complaints.push(r.url()));
  page.on('request', (r) => {
    if (new URL(r.url()).origin !== base) complaints.push(`asked ${r.url()}`);
  });
  await page.goto(base);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // A page that is left before it came is a request that failed.
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.waitForLoadState();
  return { page, complaints };
}

async function serve(): Promise<{ played: PlayedConsole; base: string }> {
  const played = playConsole();
  return { played, base: await played.app.listen({ host: '127.0.0.1', port: 0 }) };
}

// A machine without Chromium proves the pages by their markup alone (test/gateway/console).
describe.skipIf(!existsSync(CHROMIUM))('the console in a browser, without a script', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  });
  afterAll(() => browser.close());

  it('takes two leads from the list to a plan that acts', async () => {
    const { played, base } = await serve();
    const ann = await person(played, base, 'ann');
    await ann.page.getByRole('link', { name: 'Dana Weiss' }).click();
    expect(await ann.page.getByRole('heading', { level: 1 }).textContent()).toContain('Dana Weiss');
    await ann.page.getByRole('checkbox', { name: '1' }).uncheck();
    await ann.page.getByRole('button', { name: 'Approve the chosen steps' }).click();
    expect(played.view.decisions.map(({ body }) => [body.personId, body.steps])).toEqual([['ann', [2]]]);
    expect(await ann.page.getByText('approved step 2').isVisible()).toBe(true);
    expect(ann.page.url()).toContain('#plan-p-1');

    const ben = await person(played, base, 'ben');
    await ben.page.getByRole('link', { name: 'Dana Weiss' }).click();
    await ben.page.getByRole('button', { name: 'Approve the chosen steps' }).click();
    expect(played.view.status).toBe('acting');
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
    await played.app.close();
  });

  it('takes a task by its labels, and shows what was written', async () => {
    const { played, base } = await serve();
    const { page, complaints } = await person(played, base, 'ann');
    await page.goto(`${base}/cases/case-s-dana`);
    await page.getByLabel('Is it explained?').selectOption('no');
    await page.getByLabel('Notes').fill('No project is known');
    await page.getByRole('button', { name: 'Done' }).click();
    expect(played.completions[0]?.body.fields['explained']).toBe('no');
    expect(await page.getByText('No project is known').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await played.app.close();
  });

  it('can be used from the keyboard, fits a phone, and labels every field and picture', async () => {
    const { played, base } = await serve();
    const { page } = await person(played, base, 'ann');
    for (const path of ['/', '/cases/case-s-dana', '/dead-letters', '/cases/case-s-mia']) {
      await page.goto(`${base}${path}`);
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
      await page.setViewportSize({ width: 390, height: 800 });
      const wide = await page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
      expect([path, wide]).toEqual([path, 0]);
      await page.setViewportSize({ width: 1360, height: 900 });
      const fields = page.locator('input:not([type=hidden]), select, textarea');
      for (const field of await fields.all()) {
        const named = (await field.locator('xpath=ancestor::label').count()) > 0;
        expect(named || (await field.getAttribute('aria-label')) !== null).toBe(true);
      }
      for (const picture of await page.locator('svg').all())
        expect(await picture.getAttribute('aria-label')).toBeTruthy();
      expect(await page.locator('h1').count()).toBe(1);
    }
    await played.app.close();
  });

  it('delivers an alert that names nobody to whom a person found', async () => {
    const { played, base } = await serve();
    const { page } = await person(played, base, 'ann');
    await page.getByRole('link', { name: '2 alerts could not be delivered' }).click();
    await page.getByLabel('Mail address of the account').fill('dana.weiss@example.com');
    await page.getByRole('button', { name: 'Deliver' }).click();
    expect(played.resent).toEqual([{ seq: 7, mail: 'dana.weiss@example.com' }]);
    await played.app.close();
  });
});
