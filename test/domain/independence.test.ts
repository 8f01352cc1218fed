import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FINDING_KINDS, type Finding, type FindingKind } from '../../domain/finding.js';
import { independentFindings } from '../../domain/independence.js';
import { event, finding } from './fixtures.js';

const ROWS = Array.from({ length: 8 }, (_, i) => event({ id: `r${i}`, kind: 'file_download' }));
const on = (kind: FindingKind, events: readonly string[], given: Partial<Finding> = {}): Finding =>
  finding({ id: `${kind}-${events.join('')}`, kind, events, ...given });
const kindsOf = (findings: readonly Finding[], wanted: number, events = ROWS): string[] =>
  independentFindings(findings, events, wanted).map((f) => f.kind);

describe('independent findings', () => {
  it('are of different kinds, each on rows of its own', () => {
    const three = [on('bulk_collection', ['r0', 'r1']), on('platform_alert', ['r2']), on('external_share', ['r3'])];
    expect(kindsOf(three, 3).sort()).toEqual(['bulk_collection', 'external_share', 'platform_alert']);
  });

  it('are not one download told by three indicators', () => {
    const rows = ['r0', 'r1', 'r2'];
    const told = [on('bulk_collection', rows), on('volume_surge', rows), on('baseline_deviation', rows)];
    expect(kindsOf(told, 2)).toEqual([]);
    expect(kindsOf([...told, on('platform_alert', ['r4'])], 2)).toHaveLength(2);
    expect(kindsOf([...told, on('platform_alert', ['r4'])], 3)).toEqual([]);
  });

  it('may share the sign-in that authenticates them: it shows neither', () => {
    const signIn = event({ id: 's', kind: 'sign_in' });
    const both = [on('bulk_collection', ['r0', 's']), on('external_share', ['r1', 's'])];
    expect(kindsOf(both, 2, [...ROWS, signIn])).toHaveLength(2);
    expect(kindsOf([both[0]!, on('unusual_sign_in', ['s'])], 2, [...ROWS, signIn])).toHaveLength(2);
    expect(kindsOf([on('session_reuse', ['s']), on('unusual_sign_in', ['s'])], 2, [signIn])).toEqual([]);
  });

  it.each<[string, Partial<Finding>]>([
    ['the own session', { ownSession: true }],
    ['faint signs', { confidence: 'low' }],
    ['what rests on no row', { events: [] }],
    ['what rests on rows of another case', { events: ['elsewhere'] }],
  ])('are never %s', (_, given) => {
    expect(kindsOf([on('platform_alert', ['r0']), on('external_share', ['r1'], given)], 2)).toEqual([]);
  });

  const drawn = fc.array(
    fc.record({
      kind: fc.constantFrom(...FINDING_KINDS),
      events: fc.subarray(
        ROWS.map((r) => r.id),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    { maxLength: 8 },
  );
  const made = (given: readonly { readonly kind: FindingKind; readonly events: readonly string[] }[]): Finding[] =>
    given.map(({ kind, events }, i) => on(kind, events, { id: String(i) }));

  it('never count a log row twice, nor a kind', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 4 }), (given, wanted) => {
        const found = independentFindings(made(given), ROWS, wanted);
        const rows = found.flatMap((f) => f.events);
        expect(new Set(rows).size).toBe(rows.length);
        expect(new Set(found.map((f) => f.kind)).size).toBe(found.length);
        expect([0, wanted]).toContain(found.length);
      }),
    );
  });

  it('are found whenever there are so many, and no more evidence hides them', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 4 }), (given, wanted) => {
        const all = made(given);
        const subsets = all.reduce<Finding[][]>((sets, f) => [...sets, ...sets.map((s) => [...s, f])], [[]]);
        const exists = subsets.some((s) => {
          const rows = s.flatMap((f) => f.events);
          const isApart = new Set(rows).size === rows.length && new Set(s.map((f) => f.kind)).size === s.length;
          return s.length === wanted && isApart;
        });
        expect(independentFindings(all, ROWS, wanted).length > 0).toBe(exists);
      }),
    );
  });
});
