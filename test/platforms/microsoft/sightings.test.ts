import { afterEach, describe, expect, it } from 'vitest';
import { NO_TRACES, type Traces } from '../../../domain/pivot.js';
import { deviceId } from '../../../simulator/microsoft/rows.js';
import { evidenceOf, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const THIEF = '203.0.113.66';
const signIn = (user: string, extra: object = {}): RowInput => ({
  type: 'sign_in',
  at: '-PT2H',
  user,
  ip: 'ip:attacker',
  ...extra,
});
const find = (traces: Partial<Traces>, extra = {}, options = {}) => {
  const { from, to } = tenant.query('dana');
  return (
    evidenceOf(tenant, extra).findSightings?.({ ...NO_TRACES, ...traces }, from, to, options) ??
    Promise.reject(new Error('no search'))
  );
};

describe('who else of a Microsoft tenant has an attacker’s traces', () => {
  it('finds everybody who came from the address, failures apart, and nobody from another or from before', async () => {
    tenant = await startTenant([
      signIn('@dana'),
      signIn('@max', { at: '-PT90M' }),
      signIn('@max', { at: '-PT60M', interactive: false }),
      signIn('@ada', { result: 'failure', repeat: 3 }),
      signIn('@gina', { ip: 'ip:office' }),
      signIn('@otto', { at: '-P5D' }),
    ]);
    const { sightings, gaps } = await find({ addresses: [THIEF] });
    expect(
      sightings.map((s) => ({ who: s.nativeId, by: s.by, value: s.value, rows: s.rows, succeeded: s.succeeded })),
    ).toEqual(
      [
        { who: tenant.id('dana'), by: 'address', value: THIEF, rows: 1, succeeded: true },
        { who: tenant.id('max'), by: 'address', value: THIEF, rows: 2, succeeded: true },
        { who: tenant.id('ada'), by: 'address', value: THIEF, rows: 3, succeeded: false },
      ].sort((a, b) => (a.who < b.who ? -1 : 1)),
    );
    const max = sightings.find((s) => s.nativeId === tenant.id('max'));
    expect(Date.parse(max?.lastAt ?? '') - Date.parse(max?.firstAt ?? '')).toBe(30 * 60_000);
    expect(gaps).toEqual([]);
  });

  it('recognises the session and the device at the address, and says that they can’t be searched for elsewhere', async () => {
    tenant = await startTenant([
      signIn('@max', { session: 's-thief', device: 'kali' }),
      signIn('@ada', { ip: 'ip:office', session: 's-thief', device: 'kali' }),
    ]);
    const platform = 'microsoft';
    const { sightings, gaps } = await find({
      addresses: [THIEF],
      sessions: [{ platform, id: 's-thief' }],
      devices: [{ platform, id: deviceId('kali') }],
    });
    expect(sightings.map((s) => [s.nativeId, s.by]).sort()).toEqual(
      ['address', 'device', 'session'].map((by) => [tenant.id('max'), by]),
    );
    expect(gaps.map((g) => [g.source, g.code])).toEqual([
      ['microsoft.others.session', 'UNSUPPORTED'],
      ['microsoft.others.device', 'UNSUPPORTED'],
    ]);
  });

  it('finds who consented to the app and whose grants it holds, and not who allowed another', async () => {
    tenant = await startTenant([
      {
        type: 'directory_audit',
        at: '-PT3H',
        user: '@max',
        activity: 'Consent to application',
        category: 'ApplicationManagement',
        app: 'app:thief',
        scopes: ['Chat.Read'],
      },
      { type: 'grant', at: '-PT3H', user: '@max', app: 'app:thief', scopes: ['Chat.Read'] },
      { type: 'grant', at: '-PT3H', user: '@ada', app: 'app:thief', scopes: ['Chat.Read'] },
      { type: 'grant', at: '-PT3H', user: '@gina', app: 'app:notes', scopes: ['User.Read'] },
    ]);
    const id = tenant.world.appId('thief');
    const { sightings, gaps } = await find({ apps: [{ platform: 'microsoft', id }] });
    expect(sightings.map((s) => [s.nativeId, s.by, s.value, s.rows, s.succeeded]).sort()).toEqual(
      [tenant.id('ada'), tenant.id('max')].sort().map((who) => [who, 'app', id, 1, true]),
    );
    expect(gaps).toEqual([]);
    expect((await find({ apps: [{ platform: 'google', id }] })).sightings).toEqual([]);
  });

  it('reads all pages, but no more than it may, and tells the rest as a gap', async () => {
    tenant = await startTenant([signIn('@max', { repeat: 23 })], { pageSize: 5 });
    expect((await find({ addresses: [THIEF] })).sightings).toMatchObject([{ rows: 23 }]);
    const { sightings, gaps } = await find({ addresses: [THIEF] }, {}, { maxPages: 2 });
    expect(sightings).toMatchObject([{ rows: 10 }]);
    expect(gaps).toMatchObject([{ source: 'microsoft.sign_ins', code: 'TOO_MUCH', tenant: 'main' }]);
  });

  it('waits when it is asked to, tries an outage again, and tells a lasting one as a gap without losing the rest', async () => {
    const grant: RowInput = { type: 'grant', at: '-PT3H', user: '@ada', app: 'app:thief', scopes: ['Chat.Read'] };
    tenant = await startTenant([signIn('@max'), grant]);
    const traces = { addresses: [THIEF], apps: [{ platform: 'microsoft', id: tenant.world.appId('thief') }] } as const;
    const calm = await find(traces);
    expect(calm.sightings).toHaveLength(2);
    tenant.fault('GET /auditLogs/signIns', 'throttle', 2);
    tenant.fault('GET /oauth2PermissionGrants', 'error', 1);
    expect(await find(traces)).toEqual(calm);
    tenant.fault('GET /auditLogs/signIns', 'error', 100);
    expect(await find(traces)).toMatchObject({
      sightings: calm.sightings.filter((s) => s.by === 'app'),
      gaps: [{ source: 'microsoft.sign_ins', code: 'VENDOR_DOWN' }],
    });
    tenant.world.faults.length = 0;
    tenant.fault('GET /oauth2PermissionGrants', 'missing_scope', 1);
    expect(await find(traces)).toMatchObject({ gaps: [{ source: 'microsoft.grants', code: 'VENDOR_SCOPE' }] });
  });

  it('says what a tenant without the sign-in log can’t show', async () => {
    tenant = await startTenant([signIn('@max')]);
    const { sightings, gaps } = await find({ addresses: [THIEF] }, { licences: { entraP1: false } });
    expect(sightings).toEqual([]);
    expect(gaps).toMatchObject([{ source: 'microsoft.others.address', code: 'UNSUPPORTED' }]);
  });

  it('ends with the reason of the signal', async () => {
    tenant = await startTenant([signIn('@max')]);
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(find({ addresses: [THIEF] }, {}, { signal })).rejects.toThrow('cancelled');
  });
});
