import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES, type Severity } from '../../../domain/platform.js';
import { JoinPace } from '../../../gateway/delivery/join-pace.js';

const DAY_MS = 86_400_000;
/** What a run of a case takes, less than half of it left to people. */
const UPDATES = 1_000;

/** Joins of one case within `forMs`, when `severityOf(n)` alerts come every `everyMs` and are told as soon as they may. */
function joinsOf(everyMs: number, forMs: number, severityOf: (n: number) => Severity): number {
  let now = 0;
  const pace = new JoinPace(() => now);
  let joins = 0;
  for (let n = 0; now < forMs; n++, now += everyMs) {
    const severity = severityOf(n);
    if (pace.dueAt('case-a', severity) > now) continue;
    pace.joined('case-a', severity, joins === 0);
    joins += 1;
  }
  return joins;
}

describe('the pace of joins', () => {
  it('leaves room for decisions whatever comes: an alert a second for two days', () => {
    expect(joinsOf(1_000, 2 * DAY_MS, () => 'medium')).toBeLessThan(UPDATES);
  });

  it('holds for alerts whose severities go up and down', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SEVERITIES), { minLength: 1, maxLength: 7 }), (severities) => {
        const of = (n: number): Severity => severities[n % severities.length] ?? 'info';
        expect(joinsOf(1_000, DAY_MS / 4, of)).toBeLessThan(UPDATES / 4);
      }),
      { numRuns: 20 },
    );
  });

  it('tells the first ones at once', () => {
    expect(joinsOf(1, 5, () => 'medium')).toBe(5);
  });

  it('tells at once of what is graver than the case knows, and once', () => {
    let now = 0;
    const pace = new JoinPace(() => now);
    for (let n = 0; n < 200; n++) pace.joined('case-a', 'low', n === 0);
    now = 1;
    expect(pace.dueAt('case-a', 'low')).toBeGreaterThan(now);
    expect(pace.dueAt('case-a', 'critical')).toBeLessThanOrEqual(now);
    pace.joined('case-a', 'critical', false);
    pace.joined('case-a', 'low', false);
    expect(pace.dueAt('case-a', 'critical')).toBeGreaterThan(now);
  });

  it('counts each case by itself, and a new one of the same subject from the beginning', () => {
    const pace = new JoinPace(() => 0);
    for (let n = 0; n < 200; n++) pace.joined('case-a', 'low', n === 0);
    expect(pace.dueAt('case-b', 'low')).toBe(0);
    pace.joined('case-a', 'low', true);
    expect(pace.dueAt('case-a', 'low')).toBe(0);
  });
});
