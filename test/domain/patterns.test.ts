import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding, FindingKind } from '../../domain/finding.js';
import { matchPatterns } from '../../domain/patterns.js';
import type { Pattern } from '../../domain/policy.js';
import { after, event, finding, HOUR } from './fixtures.js';

const pattern = (steps: readonly FindingKind[], given: Partial<Pattern> = {}): Pattern => ({
  id: 'p',
  name: 'P',
  steps: steps.map((f, i) => ({ finding: f, attack: `T${1000 + i}` })),
  withinHours: 24,
  minSources: 1,
  suggests: 'compromised',
  ...given,
});
const row = (id: string, hour: number, source = 'a'): EvidenceEvent => event({ id, at: after(hour * HOUR), source });
const A = (events: readonly string[], given: Partial<Finding> = {}): Finding =>
  finding({ id: `A-${events.join('')}`, kind: 'unusual_sign_in', events, ...given });
const B = (events: readonly string[], given: Partial<Finding> = {}): Finding =>
  finding({ id: `B-${events.join('')}`, kind: 'bulk_collection', events, ...given });
const C = (events: readonly string[], given: Partial<Finding> = {}): Finding =>
  finding({ id: `C-${events.join('')}`, kind: 'external_share', events, ...given });
const AB = pattern(['unusual_sign_in', 'bulk_collection']);
const ABC = pattern(['unusual_sign_in', 'bulk_collection', 'external_share']);
const holds = (p: Pattern, findings: readonly Finding[], rows: readonly EvidenceEvent[]): boolean =>
  matchPatterns([p], findings, rows).length === 1;

describe('a pattern', () => {
  it('names what matched', () => {
    const rows = [row('1', 1), row('2', 2)];
    expect(matchPatterns([AB, ABC], [B(['2']), A(['1'])], rows)).toEqual([
      { patternId: 'p', name: 'P', attack: ['T1000', 'T1001'], findings: ['A-1', 'B-2'], suggests: 'compromised' },
    ]);
  });

  it('wants its order; steps may begin at the same instant', () => {
    expect(holds(AB, [A(['2']), B(['1'])], [row('1', 1), row('2', 2)])).toBe(false);
    expect(holds(AB, [A(['2']), B(['1'])], [row('1', 1), row('2', 1)])).toBe(true);
    // One late row of the first step doesn't matter when an early one is before the second.
    expect(holds(AB, [A(['1', '3']), B(['2'])], [row('1', 1), row('2', 2), row('3', 3)])).toBe(true);
  });

  it('wants its window, to the hour, and may begin at a later row of the first finding', () => {
    expect(holds(AB, [A(['1']), B(['2'])], [row('1', 0), row('2', 24)])).toBe(true);
    expect(holds(AB, [A(['1']), B(['2'])], [row('1', 0), row('2', 24.001)])).toBe(false);
    expect(holds(AB, [A(['1', '2']), B(['3'])], [row('1', 0), row('2', 10), row('3', 30)])).toBe(true);
    expect(holds(ABC, [A(['1']), B(['2']), C(['3'])], [row('1', 0), row('2', 20), row('3', 30)])).toBe(false);
  });

  it('wants independent sources inside the window', () => {
    const two = { ...AB, minSources: 2 };
    expect(holds(two, [A(['1']), B(['2'])], [row('1', 1, 'a'), row('2', 2, 'a')])).toBe(false);
    expect(holds(two, [A(['1']), B(['2'])], [row('1', 1, 'a'), row('2', 2, 'b')])).toBe(true);
    // A second source long before or after shows nothing about it.
    const rows = [row('0', -40, 'b'), row('1', 1, 'a'), row('2', 2, 'a'), row('9', 40, 'b')];
    expect(holds(two, [A(['0', '1']), B(['2', '9'])], rows)).toBe(false);
  });

  it('wants confidence and session as the step says', () => {
    const rows = [row('1', 1), row('2', 2)];
    const sure: Pattern = {
      ...AB,
      steps: [
        { finding: 'unusual_sign_in', attack: 'T1', minConfidence: 'medium', ownSession: false },
        { finding: 'bulk_collection', attack: 'T2' },
      ],
    };
    expect(holds(sure, [A(['1']), B(['2'])], rows)).toBe(true);
    expect(holds(sure, [A(['1'], { confidence: 'low' }), B(['2'])], rows)).toBe(false);
    expect(holds(sure, [A(['1'], { confidence: 'high' }), B(['2'], { confidence: 'low' })], rows)).toBe(true);
    expect(holds(sure, [A(['1'], { ownSession: true }), B(['2'])], rows)).toBe(false);
  });

  it('never takes one row for two steps', () => {
    expect(holds(AB, [A(['1']), B(['1'])], [row('1', 1)])).toBe(false);
    expect(holds(AB, [A(['1', '2']), B(['1', '2'])], [row('1', 1), row('2', 2)])).toBe(true);
    // A reused session cites all the downloads made in it: two of them are two rows.
    expect(holds(AB, [A(['1', '2', '3']), B(['2', '3'])], [row('1', 1), row('2', 2), row('3', 3)])).toBe(true);
    expect(holds(ABC, [A(['1', '2']), B(['1', '2']), C(['1', '2'])], [row('1', 1), row('2', 1)])).toBe(false);
  });

  it('never takes one finding for two steps, nor a finding without rows', () => {
    const twice = pattern(['bulk_collection', 'bulk_collection']);
    const rows = [row('1', 1), row('2', 2)];
    expect(holds(twice, [B(['1', '2'])], rows)).toBe(false);
    expect(holds(twice, [B(['1']), B(['2'])], rows)).toBe(true);
    expect(holds(AB, [A(['1']), B([])], rows)).toBe(false);
    expect(holds(AB, [A(['1']), B(['unknown'])], rows)).toBe(false);
  });

  it('takes back a choice that blocks a later step', () => {
    // The first bulk read begins after the share; the second one, later in the list, is between.
    const rows = [row('1', 1), row('2', 5), row('3', 2), row('4', 3)];
    const found = matchPatterns([ABC], [A(['1']), B(['2']), B(['3']), C(['4'])], rows);
    expect(found[0]?.findings).toEqual(['A-1', 'B-3', 'C-4']);
    // The earliest row of the second step is the only one of the third.
    expect(holds(ABC, [A(['1']), B(['3', '4']), C(['3'])], [row('1', 1), row('3', 2), row('4', 2)])).toBe(true);
    // The first sign-in is too old for the window.
    const late = [row('1', 0), row('2', 20), row('3', 30)];
    expect(matchPatterns([AB], [A(['1']), A(['2']), B(['3'])], late)[0]?.findings).toEqual(['A-2', 'B-3']);
  });

  it('agrees with trying everything', () => {
    const kinds = ['unusual_sign_in', 'bulk_collection', 'external_share'] as const;
    const scene = fc.record({
      rows: fc.array(fc.record({ hour: fc.nat(8), source: fc.constantFrom('a', 'b') }), { minLength: 1, maxLength: 5 }),
      cites: fc.array(fc.record({ kind: fc.constantFrom(...kinds), events: fc.uniqueArray(fc.nat(4)) }), {
        maxLength: 5,
      }),
      steps: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }),
      withinHours: fc.constantFrom(1, 3, 8),
      minSources: fc.constantFrom(1, 2),
    });
    let matched = 0;
    fc.assert(
      fc.property(scene, ({ rows, cites, steps, withinHours, minSources }) => {
        const events = rows.map((r, i) => row(String(i), r.hour, r.source));
        const findings = cites.map((c, i) => finding({ id: String(i), kind: c.kind, events: c.events.map(String) }));
        const p = pattern(steps, { withinHours, minSources });
        const got = holds(p, findings, events);
        matched += got ? 1 : 0;
        expect(got).toBe(tryEverything(p, findings, events));
        expect(holds(p, [...findings].reverse(), [...events].reverse())).toBe(got);
      }),
      { numRuns: 600 },
    );
    expect(matched).toBeGreaterThan(50);
  });

  it('stays quick over many rows that match nothing', () => {
    const many = Array.from({ length: 4000 }, (_, i) => row(`m${i}`, i / 1000));
    const ids = many.map((e) => e.id);
    const two = { ...ABC, minSources: 2 };
    expect(holds(two, [A(ids), B(ids), C(ids)], many)).toBe(false);
  });
});

/** Every way to give each step a finding and a row of its own. */
function tryEverything(p: Pattern, findings: readonly Finding[], events: readonly EvidenceEvent[]): boolean {
  const at = (e: EvidenceEvent): number => Date.parse(e.at);
  const options = findings.flatMap((f) => events.filter((e) => f.events.includes(e.id)).map((e) => ({ f, e })));
  const chains = p.steps.reduce<(typeof options)[]>(
    (done, step) => done.flatMap((c) => options.filter((o) => o.f.kind === step.finding).map((o) => [...c, o])),
    [[]],
  );
  return chains.some((chain) => {
    const begin = at(chain[0]!.e);
    const inside = (e: EvidenceEvent): boolean => at(e) >= begin && at(e) - begin <= p.withinHours * HOUR;
    const shown = events.filter((e) => inside(e) && chain.some((o) => o.f.events.includes(e.id)));
    return (
      new Set(chain.map((o) => o.f.id)).size === chain.length &&
      new Set(chain.map((o) => o.e.id)).size === chain.length &&
      chain.every((o, i) => inside(o.e) && (i === 0 || at(o.e) >= at(chain[i - 1]!.e))) &&
      new Set(shown.map((e) => e.source)).size >= p.minSources
    );
  });
}
