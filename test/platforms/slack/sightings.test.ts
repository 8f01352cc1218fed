import { afterEach, describe, expect, it } from 'vitest';
import { NO_TRACES, type Traces } from '../../../domain/pivot.js';
import type { SlackEvidenceSettings } from '../../../platforms/slack/evidence.js';
import { sessionNumber, slackId } from '../../../simulator/slack/rows.js';
import { evidenceOf, startTenant, tokensOf, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const THIEF = '203.0.113.66';
const platform = 'slack' as const;
const audit = (action: string, actor: string, extra: object = {}): RowInput => ({
  ...{ type: 'audit', at: '-PT2H', action, actor },
  ...extra,
});
const find = (traces: Partial<Traces>, extra: Partial<SlackEvidenceSettings> = {}, options = {}) => {
  const { from, to } = tenant.query('dana');
  const port = evidenceOf(tenant, extra);
  return port.findSightings?.({ ...NO_TRACES, ...traces }, from, to, options) ?? Promise.reject(new Error('no search'));
};

describe('who else of a Slack organisation has an attacker’s traces', () => {
  it('finds sign-ins and anomalies at the address or in the session, failures apart', async () => {
    tenant = await startTenant([
      audit('user_login', '@dana', { ip: 'ip:attacker', session: 's-thief' }),
      audit('user_login', '@eve', { ip: 'ip:office', session: 's-thief' }),
      audit('anomaly', '@ada', { ip: 'ip:attacker', details: { reason: ['tor'] } }),
      audit('user_login_failed', '@olga', { ip: 'ip:attacker', repeat: 3, every: 'PT1M' }),
      audit('user_login', '@gus', { ip: 'ip:office', session: 's-own' }),
      audit('user_login', '@gus', { ip: 'ip:attacker', at: '-P5D' }),
    ]);
    const { sightings, gaps } = await find({
      addresses: [THIEF],
      sessions: [{ platform, id: String(sessionNumber('s-thief')) }],
    });
    expect(sightings.map((s) => [s.nativeId, s.by, s.rows, s.succeeded]).sort()).toEqual(
      [
        [tenant.id('dana'), 'address', 1, true],
        [tenant.id('dana'), 'session', 1, true],
        [tenant.id('eve'), 'session', 1, true],
        [tenant.id('ada'), 'address', 1, true],
        [tenant.id('olga'), 'address', 3, false],
      ].sort(),
    );
    expect(gaps).toEqual([]);
  });

  it('finds who gave the app access and who took the file', async () => {
    tenant = await startTenant([
      audit('app_installed', '@eve', { entity: 'app:thief' }),
      audit('app_uninstalled', '@olga', { entity: 'app:thief' }),
      audit('file_downloaded', '@ada', { entity: 'file:bait.docx', repeat: 2, every: 'PT1M' }),
      audit('file_downloaded', '@gus', { entity: 'file:other.docx' }),
    ]);
    const id = tenant.world.appId('thief');
    const file = slackId('F', 'bait.docx');
    const { sightings } = await find({ apps: [{ platform, id }], files: [{ platform, id: file }] });
    expect(sightings.map((s) => [s.nativeId, s.by, s.value]).sort()).toEqual(
      [
        [tenant.id('eve'), 'app', id],
        [tenant.id('ada'), 'file', file],
      ].sort(),
    );
  });

  it('reads the access logs for those who called from the address without signing in', async () => {
    tenant = await startTenant([
      { type: 'access', at: '-PT2H', user: '@eve', ip: 'ip:attacker' },
      { type: 'access', at: '-PT2H', user: '@ada', ip: 'ip:office' },
    ]);
    const { sightings } = await find({ addresses: [THIEF] });
    expect(sightings).toMatchObject([{ nativeId: tenant.id('eve'), by: 'address', succeeded: true }]);
  });

  it('reads all pages of the same window, but no more than it may', async () => {
    tenant = await startTenant([audit('user_login', '@eve', { ip: 'ip:attacker', repeat: 23, every: 'PT1M' })], {
      pageSize: 5,
    });
    expect((await find({ addresses: [THIEF] })).sightings).toMatchObject([{ rows: 23 }]);
    expect((await find({ addresses: [THIEF] }, {}, { maxPages: 2 })).gaps).toMatchObject([
      { source: 'slack.audit_logs', code: 'TOO_MUCH' },
    ]);
  });

  it('says what a smaller plan can’t show, and what it may not read', async () => {
    tenant = await startTenant([audit('user_login', '@eve', { ip: 'ip:attacker' })], { plan: 'business' });
    const { logs: _logs, ...without } = tokensOf(tenant).evidence;
    const traces = {
      addresses: [THIEF],
      ...{ sessions: [{ platform, id: '1' }], devices: [{ platform, id: 'd' }], files: [{ platform, id: 'F1' }] },
    } as const;
    const { sightings, gaps } = await find(traces, { tokens: without });
    expect(sightings).toEqual([]);
    expect(gaps.map((g) => g.source).sort()).toEqual(
      ['address', 'device', 'file', 'session'].map((kind) => `slack.others.${kind}`),
    );
    expect((await find(traces)).gaps.map((g) => g.source)).not.toContain('slack.others.address');
  });

  it('waits when it is asked to, and tells what it may not read as a gap', async () => {
    tenant = await startTenant([audit('user_login', '@eve', { ip: 'ip:attacker' })]);
    tenant.fault('audit.logs', 'throttle', 1);
    expect((await find({ addresses: [THIEF] })).sightings).toHaveLength(1);
    tenant.take('auditlogs:read');
    expect(await find({ addresses: [THIEF] })).toMatchObject({
      sightings: [],
      gaps: [{ source: 'slack.audit_logs', code: 'VENDOR_SCOPE' }],
    });
  });
});
