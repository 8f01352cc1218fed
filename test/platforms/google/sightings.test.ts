import { afterEach, describe, expect, it } from 'vitest';
import { NO_TRACES, type Traces } from '../../../domain/pivot.js';
import { createGoogleEvidence } from '../../../platforms/google/evidence.js';
import type { GoogleSettings } from '../../../platforms/google/settings.js';
import { fileId } from '../../../simulator/google/rows.js';
import { startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const THIEF = '203.0.113.66';
const find = (traces: Partial<Traces>, settings: Partial<GoogleSettings> = {}, options = {}) => {
  const { from, to } = tenant.query('dana');
  const port = createGoogleEvidence(tenant.settings('evidence', settings));
  return port.findSightings?.({ ...NO_TRACES, ...traces }, from, to, options) ?? Promise.reject(new Error('no search'));
};

describe('who else of a Google tenant has an attacker’s traces', () => {
  it('finds sign-ins, app calls and files from the address, failures apart; Google’s own warnings are nobody’s act', async () => {
    tenant = await startTenant([
      { type: 'login', at: '-PT3H', user: '@dana', ip: 'ip:attacker' },
      { type: 'login', at: '-PT2H', user: '@max', event: 'login_failure', ip: 'ip:attacker', repeat: 2 },
      { type: 'token', at: '-PT2H', user: '@ada', app: 'app:thief', ip: 'ip:attacker' },
      { type: 'drive', at: '-PT1H', user: '@ada', event: 'download', file: 'plan', ip: 'ip:attacker' },
      { type: 'login', at: '-PT1H', user: '@olaf', event: 'suspicious_login', ip: 'ip:attacker' },
      { type: 'login', at: '-PT1H', user: '@olaf', ip: 'ip:office' },
      { type: 'login', at: '-P5D', user: '@olaf', ip: 'ip:attacker' },
    ]);
    const { sightings, gaps } = await find({ addresses: [THIEF] });
    expect(sightings.map((s) => [s.nativeId, s.rows, s.succeeded]).sort()).toEqual(
      [
        [tenant.id('dana'), 1, true],
        [tenant.id('max'), 2, false],
        [tenant.id('ada'), 2, true],
      ].sort(),
    );
    expect(new Set(sightings.map((s) => `${s.platform} ${s.tenant} ${s.by} ${s.value}`))).toEqual(
      new Set([`google main address ${THIEF}`]),
    );
    expect(gaps).toEqual([]);
  });

  it('finds who let the app in, who took the file and who forwards to the same target', async () => {
    tenant = await startTenant([
      { type: 'grant', at: '-PT3H', user: '@max', app: 'app:thief', scopes: ['openid'] },
      { type: 'grant', at: '-PT3H', user: '@ada', app: 'app:notes', scopes: ['openid'] },
      { type: 'drive', at: '-PT1H', user: '@ada', event: 'view', owner: '@dana', file: 'bait' },
      { type: 'drive', at: '-PT1H', user: '@ada', event: 'download', owner: '@dana', file: 'bait' },
      { type: 'drive', at: '-PT1H', user: '@max', event: 'download', owner: '@dana', file: 'other' },
      ...['drop@example.net', 'else@example.net'].map((forwardTo, i) => ({
        ...{ type: 'user_account', at: '-PT1H', event: 'email_forwarding_out_of_domain' },
        ...{ user: ['@olaf', '@max'][i], forwardTo },
      })),
    ]);
    const platform = 'google';
    const app = tenant.world.appId('thief');
    const file = fileId(tenant.id('dana'), 'bait');
    const { sightings } = await find({
      apps: [{ platform, id: app }],
      files: [{ platform, id: file }],
      forwards: ['drop@example.net'],
    });
    expect(sightings.map((s) => [s.nativeId, s.by, s.value, s.rows]).sort()).toEqual(
      [
        [tenant.id('max'), 'app', app, 1],
        [tenant.id('ada'), 'file', file, 2],
        [tenant.id('olaf'), 'forward', 'drop@example.net', 1],
      ].sort(),
    );
  });

  it('reads all pages, and asks no Drive log where there is none', async () => {
    tenant = await startTenant([{ type: 'login', at: '-PT2H', user: '@max', ip: 'ip:attacker', repeat: 23 }], {
      pageSize: 5,
    });
    expect((await find({ addresses: [THIEF] }, { licences: { driveLog: false } })).sightings).toMatchObject([
      { rows: 23 },
    ]);
    expect((await find({ addresses: [THIEF] }, {}, { maxPages: 2 })).gaps).toMatchObject([
      { source: 'google.login', code: 'TOO_MUCH' },
    ]);
  });

  it('waits when it is asked to, and tells what it may not read as a gap', async () => {
    tenant = await startTenant([{ type: 'login', at: '-PT2H', user: '@max', ip: 'ip:attacker' }]);
    tenant.fault('reports.activities.list', 'throttle', 1);
    expect((await find({ addresses: [THIEF] })).sightings).toHaveLength(1);
    tenant.fault('reports.activities.list', 'missing_scope', 100);
    const { sightings, gaps } = await find({ addresses: [THIEF] });
    expect(sightings).toEqual([]);
    expect(new Set(gaps.map((g) => `${g.source} ${g.code}`))).toEqual(
      new Set(['google.login VENDOR_SCOPE', 'google.token VENDOR_SCOPE', 'google.drive VENDOR_SCOPE']),
    );
  });
});
