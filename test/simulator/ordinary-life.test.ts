import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { JOBS, JOB_NAMES, WEEKDAYS } from '../../simulator/core/life/jobs.js';
import { withOrdinaryLife } from '../../simulator/core/ordinary-life.js';
import { durationMs, parseScenario, type Row } from '../../simulator/core/scenario.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { PLATFORMS, type Platform } from '../../simulator/core/platforms.js';

const DAY_MS = 86_400_000;

const scenarioWith = (life: Record<string, object>) =>
  parseScenario(
    stringify({
      ...{ name: 'months', shows: 'ordinary months', subject: 'lea', alerts: [], rows: [], life },
      people: Object.fromEntries(
        Object.keys({ lea: {}, ...life }).map((key) => [
          key,
          {
            ...{ name: `${key} Muster`, email: `${key}@example.com`, accounts: [...PLATFORMS] },
            ...{ authority: 'microsoft', mail: 'microsoft' },
          },
        ]),
      ),
      plays: { subject: { answer: 'me' } },
      promise: { verdict: 'benign' },
    }),
  );

const agoOf = (row: Row): number => -durationMs(row.at);
const isTaking = (row: Row): boolean =>
  row['operation'] === 'FileDownloaded' || row['action'] === 'file_downloaded' || row['event'] === 'download';

const life = fc.record(
  {
    job: fc.constantFrom(...JOB_NAMES),
    platform: fc.subarray([...PLATFORMS], { minLength: 1 }),
    days: fc.integer({ min: 1, max: 90 }),
    now: fc.tuple(fc.constantFrom(...WEEKDAYS), fc.integer({ min: 10, max: 23 })).map(([d, h]) => `${d} ${h}`),
    monthEnd: fc.integer({ min: 0, max: 29 }),
    quietHours: fc.integer({ min: 0, max: 200 }),
  },
  { requiredKeys: ['job', 'platform'] },
);

describe('ordinary life', () => {
  it('is the same each time, and another for another person', () => {
    fc.assert(
      fc.property(life, (spec) => {
        expect(scenarioWith({ lea: spec }).rows).toEqual(scenarioWith({ lea: spec }).rows);
      }),
      { numRuns: 20 },
    );
    const { rows } = scenarioWith({
      lea: { job: 'sales', platform: 'microsoft' },
      kim: { job: 'sales', platform: 'microsoft' },
    });
    const timesOf = (key: string) => rows.filter((r) => r['user'] === `@${key}`).map((r) => r.at);
    expect(timesOf('lea')).not.toEqual(timesOf('kim'));
  });

  it('lies before the start, bursts and quiet hours too, and no earlier than it says', () => {
    fc.assert(
      fc.property(life, (spec) => {
        const { rows } = scenarioWith({ lea: spec });
        for (const row of rows) {
          const last = agoOf(row) - (row.repeat - 1) * durationMs(row.every);
          expect(last).toBeGreaterThanOrEqual(0);
        }
        const acts = rows.filter((r) => !['device', 'auth_method', 'session', 'channel', 'space'].includes(r.type));
        for (const row of acts) {
          expect(agoOf(row)).toBeGreaterThanOrEqual((spec.quietHours ?? 0) * 3_600_000 - 1_000);
          expect(agoOf(row)).toBeLessThan(((spec.days ?? 60) + 2) * DAY_MS);
          expect(row.decisive).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is read by all three vendors: every reference is resolved', () => {
    for (const job of JOB_NAMES) {
      const world = new World(
        scenarioWith({
          lea: { job, platform: [...PLATFORMS], days: 40 },
          kim: { job: 'helpdesk', platform: [...PLATFORMS], days: 10 },
        }),
      );
      for (const make of [createSlackTenant, createMicrosoftTenant, createGoogleTenant])
        expect(() => make(world)).not.toThrow();
      for (const platform of PLATFORMS)
        for (const { fields } of world.rows(platform)) expect(JSON.stringify(fields)).not.toMatch(/"(@|ip:|app:)/);
    }
  });

  it.each(PLATFORMS)('has weeks: a desk job rests on two days of seven (%s)', (platform: Platform) => {
    const { rows } = scenarioWith({ lea: { job: 'payroll_clerk', platform, days: 70, now: 'wed 12' } });
    // The start is a Wednesday at noon: half a day back lies midnight, three and a half days back the night to Sunday.
    const isWeekend = (row: Row): boolean => [3, 4].includes(Math.floor((agoOf(row) + DAY_MS / 2) / DAY_MS) % 7);
    const taken = rows.filter(isTaking);
    expect(taken.length).toBeGreaterThan(80);
    expect(taken.filter(isWeekend)).toEqual([]);
  });

  it('has months: payroll is run on the last working day', () => {
    const { rows } = scenarioWith({ lea: { job: 'payroll_clerk', platform: 'microsoft', days: 75, monthEnd: 10 } });
    const runs = rows.filter((r) => r['label'] === 'Confidential');
    const days = runs.map((r) => Math.floor(agoOf(r) / DAY_MS));
    // Ten days before a Wednesday is a Sunday: closed on the Friday before. Forty is a Friday, seventy a Wednesday.
    expect([...days].sort((a, b) => a - b)).toEqual([12, 40, 70]);
    for (const run of runs) expect(run.repeat).toBeGreaterThan(JOBS.payroll_clerk.peak.files * 0.9);
  });

  it('has weekly peaks, nights and roads', () => {
    const of = (job: string) => scenarioWith({ lea: { job, platform: 'microsoft', days: 60, now: 'wed 15' } }).rows;
    const hourOf = (row: Row): number => (((15 - agoOf(row) / 3_600_000) % 24) + 24) % 24;
    const reports = of('manager').filter((r) => r.repeat > 5);
    expect(reports.length).toBeGreaterThanOrEqual(7);
    // Two days before a Wednesday is a Monday.
    for (const r of reports) expect(Math.round(agoOf(r) / DAY_MS) % 7).toBe(2);

    const shifts = of('night_operator').filter((r) => r['operation'] === 'FileDownloaded');
    expect(shifts.length).toBeGreaterThan(100);
    for (const r of shifts) expect(hourOf(r) >= 21 || hourOf(r) <= 7.5).toBe(true);

    const signIns = of('field_worker').filter((r) => r.type === 'sign_in');
    const byCarrier = signIns.filter((r) => String(r['ip']).startsWith('ip:carrier'));
    expect(byCarrier.length / signIns.length).toBeGreaterThan(0.6);
    expect(new Set(byCarrier.map((r) => r['ip'])).size).toBeGreaterThan(3);
  });

  it('knows its devices and sessions by names that a scenario can say', () => {
    const { rows } = scenarioWith({ lea: { job: 'engineer', platform: [...PLATFORMS], days: 70 } });
    const latest = (type: string) => rows.filter((r) => r.type === type).sort((a, b) => agoOf(a) - agoOf(b));
    const atDesk = latest('sign_in').filter((r) => r['device'] === 'lea-laptop');
    expect(atDesk[0]?.['session']).toBe('lea-s1');
    expect(atDesk.at(-1)?.['session']).toBe('lea-s3');
    expect(atDesk.every((r) => r['deviceKnown'])).toBe(true);
    expect(latest('session')[0]?.['session']).toBe('lea-k1');
  });

  it('spends the day of the start where it is said', () => {
    for (const [today, ip] of [
      ['office', 'ip:office'],
      ['home', 'ip:lea-home'],
    ] as const) {
      const { rows } = scenarioWith({ lea: { job: 'engineer', platform: 'microsoft', today } });
      const ips = rows.filter((r) => r.type === 'sign_in' && agoOf(r) < 8 * 3_600_000).map((r) => r['ip']);
      expect(new Set(ips)).toEqual(new Set([ip]));
    }
  });

  it('stays away when away, and is told of nobody who is not there', () => {
    const { rows } = scenarioWith({
      lea: { job: 'engineer', platform: 'google', days: 40, now: 'wed 15', away: [[20, 11]] },
    });
    const inside = rows.filter((r) => r.type !== 'device' && agoOf(r) < 20 * DAY_MS && agoOf(r) > 12 * DAY_MS);
    expect(inside).toEqual([]);
    expect(() => scenarioWith({ lea: { job: 'engineer', platform: 'google', office: 'nowhere' } })).toThrow(/nowhere/);
  });

  it('leaves scenarios without it as they are', () => {
    const raw = { name: 'plain', rows: [1] };
    expect(withOrdinaryLife(raw)).toBe(raw);
    const without = scenarioWith({});
    expect(without.rows).toEqual([]);
    expect(Object.keys(without.ips).sort()).toEqual(['attacker', 'home', 'hotel', 'office']);
  });
});
