import { afterEach, describe, expect, it } from 'vitest';
import { nativeIdOf } from '../../../simulator/core/world.js';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

const APPS = 'slack.audit_logs.apps';
const BOT = nativeIdOf('slack', 'bot:thief');

let tenant: Tenant;
afterEach(() => tenant.close());

const aboutApp = (): ReturnType<Tenant['query']> => tenant.query('dana', { nativeId: tenant.world.appId('thief') });
/** Files that were loaded with a token of the app, or without one. */
const loaded = (actor: string, name: string, app: string | undefined, repeat = 1): RowInput => ({
  type: 'audit',
  at: '-PT2H',
  action: 'file_downloaded',
  entity: `file:${name}-{n}.txt`,
  actor,
  ip: 'ip:attacker',
  repeat,
  every: 'PT3S',
  ...(app === undefined ? {} : { app }),
});
const names = (events: readonly { readonly target?: { readonly name?: string } }[]): readonly string[] => [
  ...new Set(events.map((e) => e.target?.name?.replace(/-\d+\.txt$/, '') ?? '')),
];

describe('what an app did with the tokens of accounts', () => {
  it('is read of who installed it, long before the window, and nothing that they did themselves', async () => {
    tenant = await startTenant([
      { type: 'integration', at: '-P80D', user: '@dana', app: 'app:thief', change: 'added' },
      loaded('@dana', 'by-token', 'app:thief', 25),
      loaded('@dana', 'by-hand', undefined, 5),
      loaded('@eve', 'of-a-stranger', undefined, 5),
    ]);
    const { events } = await readAll(tenant, APPS, aboutApp());
    expect(events).toHaveLength(25);
    expect(names(events)).toEqual(['by-token']);
    expect(events[0]).toMatchObject({
      kind: 'file_download',
      actor: tenant.id('dana'),
      app: { id: tenant.world.appId('thief'), name: 'Chat Backup' },
      ip: '203.0.113.66',
    });
  });

  it('is read of its bot, and of whoever an entry about the app names', async () => {
    tenant = await startTenant([
      { type: 'integration', at: '-P80D', user: '@dana', app: 'app:thief', change: 'added' },
      loaded(BOT, 'by-bot', 'app:thief'),
      loaded('@eve', 'by-token', 'app:thief'),
      { type: 'audit', at: '-P50D', action: 'app_approved', actor: '@eve', entity: 'app:thief' },
    ]);
    const { events } = await readAll(tenant, APPS, aboutApp());
    expect([...names(events)].sort()).toEqual(['by-bot', 'by-token']);
  });

  it('has the id that the same entry has where it is read of the person', async () => {
    tenant = await startTenant(
      [
        { type: 'integration', at: '-P2D', user: '@dana', app: 'app:thief', change: 'added' },
        loaded('@dana', 'by-token', 'app:thief', 5),
      ],
      { pageSize: 2 },
    );
    const ofApp = await readAll(tenant, APPS, aboutApp());
    const ofPerson = await readAll(tenant, 'slack.audit_logs.files', tenant.query('dana'));
    expect(ofApp.events.map((e) => e.id)).toEqual(ofPerson.events.map((e) => e.id));
    expect((await readAll(tenant, APPS, tenant.query('dana'))).events).toEqual([]);
  });

  it('stays in the window', async () => {
    tenant = await startTenant([
      { type: 'integration', at: '-P80D', user: '@dana', app: 'app:thief', change: 'added' },
      { ...loaded('@dana', 'long-ago', 'app:thief', 5), at: '-P9D' },
    ]);
    expect((await readAll(tenant, APPS, aboutApp())).events).toEqual([]);
  });

  it('says that something was left out where an account did more than is read, and keeps the rest', async () => {
    tenant = await startTenant(
      [
        { type: 'integration', at: '-P2D', user: '@dana', app: 'app:thief', change: 'added' },
        loaded('@dana', 'by-token', 'app:thief', 450),
      ],
      { pageSize: 2 },
    );
    const source = evidenceOf(tenant).sources.find((s) => s.id === APPS);
    const ids: string[] = [];
    let cursor: string | undefined;
    const walk = async (): Promise<void> => {
      do {
        const page = await source?.read(aboutApp(), cursor);
        ids.push(...(page?.events ?? []).map((e) => e.id));
        cursor = page?.next;
      } while (cursor !== undefined);
    };
    await expect(walk()).rejects.toMatchObject({ code: 'TOO_MUCH' });
    expect(new Set(ids).size).toBe(400);
  });

  it('goes without a name that Slack does not know', async () => {
    tenant = await startTenant([
      loaded('@eve', 'by-token', 'app:thief'),
      { type: 'audit', at: '-P50D', action: 'app_approved', actor: '@eve', entity: 'app:thief' },
    ]);
    let calls = 0;
    tenant.alter('audit.logs', (answer) => (calls++ === 0 ? '{"ok":false,"error":"invalid_action"}' : answer));
    const { events } = await readAll(tenant, APPS, aboutApp());
    expect(names(events)).toEqual(['by-token']);
  });

  it('is unknown, not nothing, where no log names an account', async () => {
    tenant = await startTenant();
    const nobody = tenant.query('dana', { nativeId: 'A0NOBODY' });
    await expect(readAll(tenant, APPS, nobody)).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
  });
});
