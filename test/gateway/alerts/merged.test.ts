import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertSubject } from '../../../domain/alert.js';
import { readAlerts } from '../../../gateway/alerts/index.js';
import { merged } from '../../../gateway/alerts/kit/accounts.js';

const named = (email?: string, nativeId?: string, more: Partial<AlertSubject> = {}): AlertSubject => ({
  kind: 'person',
  ...(email === undefined ? {} : { email }),
  ...(nativeId === undefined ? {} : { nativeId, platform: 'slack' as const }),
  ...more,
});

describe('the accounts of an alert', () => {
  it.each([
    ['the same twice', [named('a@x.example'), named('a@x.example')], [named('a@x.example')]],
    [
      'a fuller one after a barer one',
      [named('a@x.example'), named('a@x.example', 'U1')],
      [named('a@x.example', 'U1')],
    ],
    [
      'a barer one after a fuller one',
      [named('a@x.example', 'U1'), named(undefined, 'U1')],
      [named('a@x.example', 'U1')],
    ],
    [
      'two barer ones that a fuller one joins',
      [named(undefined, 'U1'), named('a@x.example'), named('a@x.example', 'U1')],
      [named('a@x.example', 'U1')],
    ],
  ])('are one: %s', (_, given, expected) => {
    expect(merged(given)).toEqual(expected);
  });
  it.each([
    ['two addresses', [named('a@x.example'), named('b@x.example')]],
    ['two ids of one address', [named('a@x.example', 'U1'), named('a@x.example', 'U2')]],
    ['two addresses of one id', [named('a@x.example', 'U1'), named('b@x.example', 'U1')]],
    ['one id of two platforms', [named(undefined, 'U1'), named(undefined, 'U1', { platform: 'google' })]],
    ['an app and a person', [named('a@x.example'), named('a@x.example', undefined, { kind: 'app' })]],
  ])('stay apart: %s', (_, given) => {
    expect(merged(given)).toEqual(given);
  });
  it('keeps the platform of an id with the id', () => {
    const other = named('a@x.example', undefined, { platform: 'microsoft' });
    expect(merged([named('a@x.example', 'U1'), other])).toEqual([named('a@x.example', 'U1')]);
  });
  it('knows a guest by the principal name and by the address', () => {
    expect(merged([named('kim_x.example#ext#@t.example'), named('kim@x.example')])).toHaveLength(1);
  });
  it('loses no name and invents none, and says it the same when it is merged again', () => {
    const some = fc.constantFrom(undefined, 'a', 'b', 'c');
    const list = fc.array(
      fc.tuple(some, some).filter(([m, i]) => m !== undefined || i !== undefined),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(list, (pairs) => {
        const given = pairs.map(([m, i]) => named(m && `${m}@x.example`, i && `U${i}`));
        const once = merged(given);
        expect(merged(once)).toEqual(once);
        const names = (all: readonly AlertSubject[]) =>
          new Set(all.flatMap((s) => [s.email, s.nativeId]).filter((t) => t !== undefined));
        expect(names(once)).toEqual(names(given));
        for (const { email, nativeId } of given)
          expect(
            once.some(
              (s) => (email === undefined || s.email === email) && (nativeId === undefined || s.nativeId === nativeId),
            ),
          ).toBe(true);
      }),
    );
  });
});

describe('an alert that names very many', () => {
  const COUNT = 10_000;
  const finding = (n: number) => ({
    ...{ class_uid: 2004, activity_id: 1, severity_id: 4, time: 1_773_136_800_000 },
    metadata: { version: '1.8.0', product: { name: 'Example', vendor_name: 'Microsoft' } },
    finding_info: { uid: 'f', title: 'Mail to all' },
    observables: Array.from({ length: n }, (_, i) => ({ name: 'user', type_id: 5, value: `person${i}@example.com` })),
  });
  /** Milliseconds of processor time, the best of some runs: the first ones compile. */
  function cpu(body: object): number {
    const runs = Array.from({ length: 6 }, () => {
      const before = process.cpuUsage();
      const { alerts } = readAlerts(body, { source: 's', format: 'ocsf', receivedAt: '2026-03-10T12:00:00.000Z' });
      expect(alerts).toHaveLength(1);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    return Math.min(...runs);
  }
  it('is read in time that grows with their number, and within a tenth of a second', () => {
    const whole = cpu(finding(COUNT));
    expect(whole).toBeLessThan(100);
    // Squared it would be 16 times as much.
    expect(whole).toBeLessThan(10 * Math.max(2, cpu(finding(COUNT / 4))));
  });
  it('is refused when it holds more than any alert does', () => {
    const { problems } = readAlerts(finding(60_000), {
      source: 's',
      format: 'ocsf',
      receivedAt: '2026-03-10T12:00:00.000Z',
    });
    expect(problems[0]?.message).toContain('reasonable depth and size');
  });
  it('of several in one body reads a thousand, and says so', () => {
    const many = Array.from({ length: 1_001 }, (_, n) => ({ id: `d-${n}`, subjects: [{ email: 'a@example.com' }] }));
    const { alerts, problems } = readAlerts(many, {
      source: 's',
      format: 'quell',
      receivedAt: '2026-03-10T12:00:00.000Z',
    });
    expect(alerts).toHaveLength(1_000);
    expect(problems.map((p) => p.code)).toEqual(['ALERT_FORMAT']);
  });
});
