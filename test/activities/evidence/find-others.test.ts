import { describe, expect, it } from 'vitest';
import { createEvidenceActivities } from '../../../activities/evidence/index.js';
import { QuellError } from '../../../domain/errors.js';
import { NO_TRACES, type Sighting, type Traces } from '../../../domain/pivot.js';
import type { DirectoryEntry, EvidencePort } from '../../../platforms/ports.js';
import { House, perform } from '../support/house.js';
import { entry, port } from '../support/vendor.js';

const TRACES: Traces = { ...NO_TRACES, addresses: ['203.0.113.9'] };
const FROM = '2026-02-01T00:00:00.000Z';
const TO = '2026-03-02T12:00:00.000Z';
const sighting = (nativeId: string, change: Partial<Sighting> = {}): Sighting => ({
  ...{ platform: 'slack', tenant: 'main', nativeId, by: 'address', value: '203.0.113.9' },
  ...{ firstAt: FROM, lastAt: TO, rows: 1, succeeded: true },
  ...change,
});

type Found = Awaited<ReturnType<NonNullable<EvidencePort['findSightings']>>>;

async function bench(entries: readonly DirectoryEntry[], found: Found | Error, change: Partial<EvidencePort> = {}) {
  const house = await House.build();
  const asked: unknown[][] = [];
  const looked: unknown[] = [];
  const tenant = port([], entries);
  const here: EvidencePort = {
    ...tenant,
    directory: {
      ...tenant.directory,
      lookup: (by, options) => {
        looked.push(by);
        return tenant.directory.lookup(by, options);
      },
    },
    findSightings: (...args) => {
      asked.push(args.slice(0, 3));
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
    },
    ...change,
  };
  const activities = createEvidenceActivities({
    ports: [here],
    registry: house.registry,
    evidence: house.evidence.writer,
    grounds: house.grounds.writer,
    policies: house.policies,
    manifestKey: house.keys.signing('manifest'),
    audit: house.audit,
    spool: house.spool,
    geo: () => ({}),
  });
  const run = (platform: 'slack' | 'google' = 'slack') =>
    perform(activities, 'findOthers', {
      ...{ caseId: 'case-s-1', subjectId: 's-1', tenant: { platform, tenant: 'main' } },
      ...{ traces: TRACES, from: FROM, to: TO },
    });
  return { house, run, asked, looked };
}

describe('findOthers', () => {
  it('searches the tenant by the traces in the window, and names the subject of each account that got in', async () => {
    const { house, run, asked, looked } = await bench([entry('U2', { emails: ['ben@example.com'] })], {
      sightings: [sighting('U1'), sighting('U2', { by: 'session', value: 'S1' })],
      gaps: [],
    });
    const ada = await house.person({ accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'U1' }], mails: [] });
    const { sightings, gaps } = await run();
    expect(asked).toEqual([[TRACES, FROM, TO]]);
    const ben = await house.registry.find({ mail: 'ben@example.com' });
    expect(ben).toBeDefined();
    expect(sightings.map((s) => [s.nativeId, s.subjectId])).toEqual([
      ['U2', ben],
      ['U1', ada],
    ]);
    expect(gaps).toEqual([]);
    expect(looked).toEqual([{ nativeId: 'U2' }]);
    expect(await house.registry.find({ platform: 'slack', tenant: 'main', nativeId: 'U2' })).toBe(ben);
  });

  it('knows a person by mail who is known from elsewhere, so that they have one case', async () => {
    const { house, run } = await bench([entry('U2', { emails: ['ben@example.com'] })], {
      sightings: [sighting('U2')],
      gaps: [],
    });
    const google = { platform: 'google', tenant: 'main', nativeId: '1002' } as const;
    const ben = await house.person({ accounts: [google], mails: ['ben@example.com'] });
    expect((await run()).sightings).toMatchObject([{ subjectId: ben }]);
  });

  it('leaves a stranger without a subject, and looks up nobody who only failed', async () => {
    const failed = Array.from({ length: 400 }, (_, i) => sighting(`F${String(i)}`, { succeeded: false }));
    const { run, looked } = await bench([entry('F1')], { sightings: [...failed, sighting('U9')], gaps: [] });
    const { sightings, gaps } = await run();
    expect(sightings[0]).toEqual(sighting('U9'));
    expect(sightings).toHaveLength(300);
    expect(sightings.some((s) => s.subjectId !== undefined)).toBe(false);
    expect(looked).toEqual([{ nativeId: 'U9' }]);
    expect(gaps).toMatchObject([{ source: 'slack.others', code: 'TOO_MUCH' }]);
  });

  it('follows up no more accounts than it may, those with the surest traces first', async () => {
    const entries = Array.from({ length: 80 }, (_, i) =>
      entry(`U${String(i)}`, { emails: [`p${String(i)}@example.com`] }),
    );
    const { run } = await bench(entries, {
      sightings: entries.map((e, i) => sighting(e.nativeId, i === 79 ? { by: 'session' } : {})),
      gaps: [],
    });
    const { sightings, gaps } = await run();
    expect(sightings.filter((s) => s.subjectId !== undefined)).toHaveLength(60);
    expect(sightings.find((s) => s.by === 'session')?.subjectId).toBeDefined();
    expect(gaps).toMatchObject([{ code: 'TOO_MUCH' }]);
  });

  it('hands on what could not be searched, and a tenant that can’t be searched at all as a gap', async () => {
    const gap = {
      platform: 'slack',
      tenant: 'main',
      source: 'slack.audit_logs',
      code: 'VENDOR_SCOPE',
      text: 'lacks',
    } as const;
    const { run } = await bench([], { sightings: [], gaps: [gap] });
    expect(await run()).toEqual({ sightings: [], gaps: [gap] });
    const none = await bench([], { sightings: [], gaps: [] });
    const { findSightings: _none, ...blind } = port([]);
    const blindly = await bench([], { sightings: [], gaps: [] }, { ...blind, findSightings: undefined as never });
    expect((await blindly.run()).gaps).toMatchObject([{ code: 'UNSUPPORTED', source: 'slack.others' }]);
    await expect(none.run('google')).rejects.toMatchObject({ type: 'CONFIG', nonRetryable: true });
  });

  it('lets Temporal try again when the directory is down, and goes on without one that refuses', async () => {
    const found = { sightings: [sighting('U2')], gaps: [] };
    const lookup = (code: 'VENDOR_DOWN' | 'VENDOR_SCOPE') => ({
      directory: { ...port([]).directory, lookup: () => Promise.reject(new QuellError(code)) },
    });
    const down = await bench([], found, lookup('VENDOR_DOWN'));
    await expect(down.run()).rejects.toMatchObject({ type: 'VENDOR_DOWN', nonRetryable: false });
    const refused = await bench([], found, lookup('VENDOR_SCOPE'));
    expect((await refused.run()).sightings).toEqual([sighting('U2')]);
  });
});
