import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGoogleClient } from '../../../platforms/google/client.js';
import { METHODS } from '../../../platforms/google/methods.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { Odd } from '../../../platforms/kit/rows.js';
import { evidenceOf, startTenant, type Tenant } from '../../platforms/google/fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

/** A source to its end, with what it told beside its rows. */
async function walked(sourceId: string, extra = {}) {
  const source = evidenceOf(tenant).sources.find((s) => s.id === sourceId);
  if (!source) throw new Error(`no source ${sourceId}`);
  const found = { events: [] as EvidenceEvent[], odd: [] as Odd[], gaps: [] as string[] };
  let cursor: string | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const page = await source.read(tenant.query('dana', extra), cursor);
    found.events.push(...page.events);
    found.odd.push(...(page.odd ?? []));
    if (page.gap) found.gaps.push(page.gap.code);
    cursor = page.next;
    if (cursor === undefined) return found;
  }
  throw new Error('paging does not end');
}
const activities = (asked: object) =>
  createGoogleClient(tenant.settings('evidence')).call(
    METHODS.activities,
    'admin',
    (reports, o) => reports.activities.list({ userKey: 'all', applicationName: 'login', ...asked }, o),
    z.looseObject({ items: z.array(z.unknown()).optional() }),
  );

describe('a search of the Reports API', () => {
  it('by an event that Google does not document is refused; by a parameter that the event lacks it is empty', async () => {
    tenant = await startTenant([{ type: 'login', at: '-PT1H', user: '@dana' }]);
    await expect(activities({ eventName: 'login_of_tomorrow' })).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    await expect(activities({ applicationName: 'nothing' })).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    await expect(activities({ filters: 'login_type==saml' })).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    for (const filters of ['login_type=saml', 'a==1,a==2'])
      await expect(activities({ eventName: 'login_success', filters })).rejects.toMatchObject({
        code: 'VENDOR_REFUSED',
      });
    expect(await activities({ eventName: 'login_success', filters: 'doc_id==x' })).not.toHaveProperty('items');
    expect(
      (await activities({ eventName: 'login_success', filters: 'login_challenge_method==password' })).items,
    ).toHaveLength(1);
  });

  it('shows a row when its log does, each in its own time', async () => {
    let now = new Date();
    const rows = [
      { type: 'login', at: '-PT1H', user: '@dana' },
      { type: 'drive', at: '-PT1H', user: '@dana', event: 'download', file: 'plan' },
    ];
    tenant = await startTenant(rows, { now: () => now, lagSeconds: { drive: 2 * 3600 } });
    expect((await walked('google.login')).events).toHaveLength(1);
    expect((await walked('google.drive')).events).toHaveLength(0);
    now = new Date(now.getTime() + 3_660_000);
    expect((await walked('google.drive')).events).toHaveLength(1);
  });
});

describe('what a reader that was not lenient would lose', () => {
  it('a page with odd rows: the rows beside them', async () => {
    const odd = [null, 'row', { id: { time: '2026-03-10T10:00:00Z' } }, { events: [{ name: 'login_success' }] }];
    tenant = await startTenant([{ type: 'login', at: '-PT1H', user: '@dana' }], { odd: { items: odd } });
    const { events, odd: told } = await walked('google.login');
    expect(events.map((e) => e.kind)).toEqual(['sign_in']);
    // The log is asked by person and by each kind of warning; the tenant puts the odd rows at the head of each list.
    expect(told.length).toBeGreaterThanOrEqual(odd.length);
  });

  it.each([
    ['google.alerts', 'alerts', { type: 'alert', at: '-PT1H', user: '@dana' }],
    ['google.messages', 'messages', { type: 'message', at: '-PT1H', space: 'team', from: '@dana', text: 'hi' }],
    ['google.messages', 'spaces', { type: 'message', at: '-PT1H', space: 'team', from: '@dana', text: 'hi' }],
    ['google.files', 'files', { type: 'file', at: '-PT1H', user: '@dana', name: 'plan' }],
    [
      'google.notices',
      'messages',
      { type: 'mail', at: '-PT1H', mailbox: '@dana', vendor: 'google', kind: 'new_sign_in' },
    ],
  ])('%s with an odd row in %s: the rest', async (source, list, row) => {
    tenant = await startTenant([row], { odd: { [list]: [{ name: '../spaces', odd: true }] } });
    const { events, odd } = await walked(source);
    expect(events).toHaveLength(1);
    expect(odd).toHaveLength(1);
  });

  it.each([
    ['google.login', 'items', { type: 'login', at: '-PT1H', user: '@dana' }],
    ['google.alerts', 'alerts', { type: 'alert', at: '-PT1H', user: '@dana' }],
    ['google.messages', 'messages', { type: 'message', at: '-PT1H', space: 'team', from: '@dana', text: 'hi' }],
    ['google.messages', 'spaces', { type: 'message', at: '-PT1H', space: 'team', from: '@dana', text: 'hi' }],
    ['google.files', 'files', { type: 'file', at: '-PT1H', user: '@dana', name: 'plan' }],
  ])('%s whose list %s leads to itself: what was read, with a gap, in few calls', async (source, list, row) => {
    tenant = await startTenant([row], { loops: [list] });
    tenant.world.calls = [];
    const { events, gaps } = await walked(source);
    expect(new Set(events.map((e) => e.id)).size).toBe(1);
    expect(new Set(gaps)).toEqual(new Set(['VENDOR_REPLY']));
    expect(tenant.world.calls.length).toBeLessThan(50);
  });

  it('an empty address: nothing that the person is known by', async () => {
    tenant = await startTenant([
      { type: 'drive', at: '-PT1H', user: '@dana', event: 'download', file: 'plan', ip: '' },
    ]);
    const [event] = (await walked('google.drive')).events;
    expect(event?.kind).toBe('file_download');
    expect(event).not.toHaveProperty('ip');
  });

  it('a service in the person’s log, a client by its id, a share with a domain', async () => {
    const file = { type: 'drive', at: '-PT1H', user: '@dana', file: 'plan' };
    tenant = await startTenant([
      { ...file, event: 'download', client: '77' },
      {
        ...{ ...file, event: 'change_document_access_scope' },
        parameters: { target_domain: 'partner.example.net', new_value: ['can_view'], old_value: ['none'] },
      },
    ]);
    const { events } = await walked('google.drive');
    expect(events.map((e) => [e.kind, e.externalRecipients]).sort()).toEqual([
      ['file_download', undefined],
      ['share', ['partner.example.net']],
    ]);
  });

  it('cards and quotes: the words of an app, and whose words they are', async () => {
    const card = {
      sections: [{ widgets: [{ textParagraph: { text: 'deploy token: see https://ci.example.com/7' } }] }],
    };
    tenant = await startTenant([
      { type: 'message', at: '-PT2H', space: 'team', from: '@max', to: ['@dana'], cards: [card] },
      { type: 'message', at: '-PT1H', space: 'team', from: '@dana', text: 'thanks', quotes: 'the password is hunter2' },
    ]);
    const { events } = await walked('google.messages', { readContent: true });
    expect(events.map((e) => [e.text, e.urls])).toEqual([
      ['deploy token: see https://ci.example.com/7', ['https://ci.example.com/7']],
      ['thanks', undefined],
    ]);
  });

  it('a rule’s action, a closed alert, a reset of a super administrator', async () => {
    tenant = await startTenant([
      { type: 'rule', at: '-PT1H', user: '@dana', event: 'action_complete', actions: ['DRIVE_BLOCK_EXTERNAL_SHARING'] },
      { type: 'alert', at: '-PT1H', user: '@dana', status: 'CLOSED' },
      {
        type: 'alert',
        at: '-PT2H',
        user: '@ada',
        kind: 'SensitiveAdminAction',
        title: 'Super admin password reset',
        about: '@dana',
      },
    ]);
    expect((await walked('google.rules')).events).toMatchObject([
      { reasons: ['action_complete', 'drive_block_external_sharing'] },
    ]);
    expect((await walked('google.alerts')).events).toMatchObject([
      { labels: ['high', 'closed'] },
      { actor: 'ada@example.com', target: { type: 'user', id: tenant.id('dana') } },
    ]);
  });
});
