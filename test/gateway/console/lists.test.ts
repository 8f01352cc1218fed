import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConsolePorts } from '../../../gateway/console/ports.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { countCases, listCases } from '../../../store/cases/case-list.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { caseNumbers } from '../../../store/cases/numbers.js';
import { query } from '../../../store/postgres/connection.js';
import { day, summary } from '../../store/cases/support.js';
import { useDatabase } from '../../support/database.js';
import { play, signIn, type SignedIn } from '../support/signed-in.js';

const database = useDatabase();
let ports: Partial<ConsolePorts>;
let writer: CaseWriter;
/** A list asks no workflow: the test has none. */
const nobody = () => Promise.reject(new Error('a workflow was asked'));
beforeAll(() => {
  const pool = database.as('console');
  writer = new CaseWriter(database.as('records'));
  ports = {
    cases: (filter, page) => listCases(pool, filter, page),
    counts: (filter, person) => countCases(pool, filter, person),
    entry: (caseId) => new CaseIndex(pool).get(caseId),
    numbers: () => caseNumbers(pool, day(1), day(31)),
    ...{ view: nobody, containment: nobody },
  };
});
beforeEach(() => query(database.pool, 'TRUNCATE cases, case_alerts, plan_waits'));

const open = { stage: 'contact', severity: 'medium', verdict: 'suspicious' } as const;
const put = (...args: Parameters<typeof summary>) => writer.put(summary(...args), day(args[1]));
/** Ids of the cases on a page, from the top. */
const shown = async (person: SignedIn, url: string): Promise<readonly string[]> =>
  [...(await person.get(url)).body.matchAll(/href="\/cases\/case-([^"]+)"/g)].map(([, id]) => id ?? '');
const links = (body: string): readonly string[] =>
  [...body.matchAll(/href="(\/\?[^"]*)"/g)].map(([, href]) => (href ?? '').replaceAll('&amp;', '&'));
const sign = (person: string): Promise<SignedIn> => signIn(play({}, ports), person);

describe('the list of cases', () => {
  it('is what its tab says, with how many there are of each', async () => {
    await put('s-a', 1);
    await put('s-b', 2, { ...open, taskRoles: ['lead'], openTasks: 1 });
    await put('s-c', 3, open);
    const ann = await sign('ann');
    expect(await shown(ann, '/')).toEqual(['s-c', 's-b']);
    expect(await shown(ann, '/?show=mine')).toEqual(['s-b']);
    expect(await shown(ann, '/?show=closed')).toEqual(['s-a']);
    expect(await shown(ann, '/?show=all')).toEqual(['s-c', 's-b', 's-a']);
    const { body } = await ann.get('/');
    for (const tab of ['>Open 2<', '>Waiting for me 1<', '>Closed 1<']) expect(body).toContain(tab);
    expect(body.match(/<strong class="mine">/g)).toHaveLength(1);
  });

  it('says whom each waits for, what for and how long, in fixed words', async () => {
    const waits = (['interview', 'answer', 'watch'] as const).map((kind, i) => ({
      ...{ id: `t-${i}`, kind, who: kind === 'interview' ? 'lead' : 'the subject', until: '2026-03-01T13:00:00.000Z' },
    }));
    await put('s-a', 1, { ...open, waits, openTasks: 1 });
    const { body } = await (await sign('ann')).get('/');
    expect(body).toContain('<b>lead</b> an interview <small>');
    expect(body).toContain('<small>and 1 more</small>');
  });

  it('is narrowed by severity, verdict, platform, role, an id, a mail address and words, all at once', async () => {
    await put('s-dana', 1, { ...open, severity: 'critical', taskRoles: ['responder'], alertIds: ['al-7'] });
    await put('s-mia', 2, { ...open, verdict: 'insider', platforms: ['google'] });
    await put('s-x', 3, { ...open, incidentId: 'incident-5' });
    const ann = await sign('ann');
    for (const [asked, expected] of [
      ['severity=critical', ['s-dana']],
      ['verdict=insider', ['s-mia']],
      ['platform=google', ['s-mia']],
      ['role=responder', ['s-dana']],
      ['q=al-7', ['s-dana']],
      ['q=case-s-x', ['s-x']],
      ['q=incident', ['s-x']],
      ['q=%20s-m', ['s-mia']],
      ['q=mia.lorenz%40example.com', ['s-mia']],
      ['q=nobody%40example.com', []],
      ['q=%25', []],
      ['q=insider', ['s-mia']],
      ['q=Crit%20SLACK', ['s-dana']],
      ['q=insider%20slack', []],
      ["q=insider'%20%26%20!%20google%20%7C%20%5C:*", ['s-mia']],
      ['severity=critical&platform=slack&role=responder&q=s-', ['s-dana']],
      ['severity=critical&platform=google', []],
      ['severity=none&verdict=&platform=%2F&role=king&show=some&order=x&severity=low', ['s-x', 's-mia', 's-dana']],
    ] as const)
      expect(await shown(ann, `/?${asked}`), asked).toEqual(expected);
    const { body } = await ann.get('/?severity=critical&q=s-%22%3E');
    expect(body).toContain('<option value="critical" selected>');
    expect(body).toContain('value="s-&quot;&gt;"');
    expect(links(body)).toContain('/?q=s-%22%3E&severity=critical&show=closed&order=newest');
  });

  it('goes on by pages with what was asked for, newest or gravest first, and shows each case once', async () => {
    for (let i = 0; i < 120; i++)
      await put(`s-${String(i).padStart(3, '0')}`, 1 + (i % 28), { ...open, severity: i % 2 ? 'high' : 'low' });
    const ann = await sign('ann');
    for (const order of ['newest', 'severity', 'updated']) {
      const seen: string[] = [];
      let url: string | undefined = `/?order=${order}&verdict=suspicious`;
      let pages = 0;
      for (; url !== undefined; pages++) {
        const { body } = await ann.get(url);
        seen.push(...[...body.matchAll(/href="\/cases\/case-([^"]+)"/g)].map(([, id]) => id ?? ''));
        expect(body.includes('>First page<')).toBe(pages > 0);
        url = links(body).find((href) => href.includes('after='));
      }
      expect(pages).toBe(3);
      expect(new Set(seen).size).toBe(120);
    }
  });

  it('never shows or counts the case about whoever reads it', async () => {
    await put('s-dana', 1, open);
    await put('s-mia', 2, open);
    const dana = await sign('dana');
    for (const url of ['/', '/?show=all', '/?q=s-dana', '/?q=dana.weiss%40example.com'])
      expect(await shown(dana, url), url).not.toContain('s-dana');
    expect((await dana.get('/')).body).toContain('>Open 1<');
  });

  it('is reached by labels alone, and runs no script', async () => {
    const { body } = await (await sign('ann')).get('/');
    expect(body).toContain('<form method="get" action="/" role="search"');
    for (const [, field] of body.matchAll(/<(?:select|input type="search"|input name="platform")[^>]* name="(\w+)"/g))
      expect(body).toMatch(new RegExp(`<label>[^<]+<(select|input)[^>]* name="${field}"`));
    expect(body).not.toContain('<script');
  });
});

describe('the numbers', () => {
  it('are shown together and by detector', async () => {
    await put('s-a', 2, { times: { detectedAt: day(1), beganAt: day(1) }, sources: ['siem', '<edr>'] });
    await put('s-b', 3, { verdict: 'false_positive' });
    const { body } = await (await sign('ann')).get('/numbers?days=7');
    expect(body).toContain('<a href="/numbers?days=7" aria-current="page">');
    expect(body).toMatch(/<th scope="row">All<\/th><td class="number">2<\/td><td class="number">2<\/td>/);
    expect(body).toContain('<td class="number">50 %</td>');
    expect(body).toContain('&lt;edr&gt;');
    expect((await play({}, ports).app.inject({ url: '/numbers' })).headers.location).toBe('/login');
  });
});
