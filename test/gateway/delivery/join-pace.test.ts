import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES, type Severity } from '../../../domain/platform.js';
import { pauseBefore } from '../../../gateway/delivery/join-pace.js';
import type { Told } from '../../../store/inbox/case-joins.js';

const DAY_MS = 86_400_000;
/** What a run of a case takes, less than half of it left to people. */
const UPDATES = 1_000;

const graver = (a: Severity, b: Severity): Severity => (SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b) ? a : b);

/** Joins of one case within `forMs`, when `severityOf(n)` alerts come every `everyMs` and are told as soon as they may. */
function joinsOf(everyMs: number, forMs: number, severityOf: (n: number) => Severity): number {
  let told: Told | undefined;
  for (let n = 0, now = 0; now < forMs; n++, now += everyMs) {
    const severity = severityOf(n);
    if (told) told = { ...told, agoMs: told.agoMs + everyMs };
    if (pauseBefore(told, severity) > 0) continue;
    told = { joins: (told?.joins ?? 0) + 1, severity: graver(told?.severity ?? 'info', severity), agoMs: 0 };
  }
  return told?.joins ?? 0;
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

  it('tells at once of what is graver than the case knows, and gathers the rest', () => {
    const told = { joins: 200, severity: 'low', agoMs: 1_000 } as const;
    expect(pauseBefore(told, 'low')).toBe(299_000);
    expect(pauseBefore(told, 'critical')).toBe(0);
    expect(pauseBefore({ ...told, severity: 'critical' }, 'critical')).toBe(299_000);
    expect(pauseBefore({ ...told, agoMs: 300_000 }, 'low')).toBe(0);
  });
});
