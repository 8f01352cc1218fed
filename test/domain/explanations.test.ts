import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EXPLANATIONS,
  independentLines,
  MALICIOUS,
  probabilityOf,
  rank,
  weightsOf,
  type EvidenceLine,
  type Explanation,
} from '../../domain/explanations.js';
import { EVIDENCE, type EvidenceCode } from '../../domain/weights.js';

const CODES = Object.keys(EVIDENCE) as readonly EvidenceCode[];
const isMalicious = (e: Explanation): boolean => (MALICIOUS as readonly Explanation[]).includes(e);
const weights = (low: (e: Explanation) => number, high: (e: Explanation) => number) =>
  fc.record(
    Object.fromEntries(EXPLANATIONS.map((e) => [e, fc.double({ min: low(e), max: high(e), noNaN: true })])) as Record<
      Explanation,
      fc.Arbitrary<number>
    >,
  );
const line = (given: Partial<Record<keyof EvidenceLine, fc.Arbitrary<unknown>>> = {}): fc.Arbitrary<EvidenceLine> =>
  fc.record({
    code: fc.constantFrom(...CODES),
    strength: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
    group: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    ...given,
  }) as fc.Arbitrary<EvidenceLine>;
const lines = fc.array(line(), { maxLength: 12 });
/** A group of its own: in one that is taken the strongest telling counts, whatever it says. */
const apart = { group: fc.constant('apart') };
const runs = { numRuns: 300 };
const SLACK = 1e-9;

describe('the ranking', () => {
  it('names every explanation once, most likely first, and sums to one', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const { ranking, attack } = rank(given);
        expect(ranking.map((r) => r.explanation).toSorted()).toEqual([...EXPLANATIONS].sort());
        expect(ranking.reduce((n, r) => n + r.probability, 0)).toBeCloseTo(1, 9);
        expect(ranking.map((r) => r.probability)).toEqual(ranking.map((r) => r.probability).toSorted((a, b) => b - a));
        expect(attack).toBeCloseTo(
          MALICIOUS.reduce((n, e) => n + probabilityOf({ ranking, attack }, e), 0),
          9,
        );
      }),
      runs,
    );
  });

  it('is the same in whatever order and however often the lines are told', () => {
    fc.assert(
      fc.property(
        lines.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray([...given, ...given], { minLength: given.length * 2 })),
        ),
        ([given, shuffled]) => {
          expect(rank(shuffled)).toEqual(rank(given));
        },
      ),
      runs,
    );
  });

  it('counts several tellings of one event once: the strongest of a group', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const independent = independentLines(given);
        expect(independent.map((l) => l.group).toSorted()).toEqual([...new Set(given.map((l) => l.group))].sort());
        expect(rank(independent)).toEqual(rank(given));
      }),
      runs,
    );
    const told: EvidenceLine = { code: 'collection.other', group: 'collection', strength: 1 };
    const weaker: EvidenceLine = { code: 'collection.other', group: 'collection', strength: 0.7 };
    expect(rank([told, weaker, weaker]).attack).toBe(rank([told]).attack);
    expect(rank([told, { ...told, group: 'another event' }]).attack).toBeGreaterThan(rank([told]).attack);
  });

  it('never rises with more that exculpates', () => {
    const exculpating = line({
      ...apart,
      weights: weights(
        (e) => (isMalicious(e) ? -5 : 0),
        (e) => (isMalicious(e) ? 0 : 5),
      ),
    });
    fc.assert(
      fc.property(lines, exculpating, (given, more) => {
        expect(rank([...given, more]).attack).toBeLessThanOrEqual(rank(given).attack + SLACK);
      }),
      runs,
    );
  });

  it('never falls with more that incriminates', () => {
    const incriminating = line({
      ...apart,
      weights: weights(
        (e) => (isMalicious(e) ? 0 : -5),
        (e) => (isMalicious(e) ? 5 : 0),
      ),
    });
    fc.assert(
      fc.property(lines, incriminating, (given, more) => {
        expect(rank([...given, more]).attack).toBeGreaterThanOrEqual(rank(given).attack - SLACK);
      }),
      runs,
    );
  });

  it('without any evidence is ordinary work or nothing at all', () => {
    const { ranking, attack } = rank([]);
    expect(['own_work', 'false_alert']).toContain(ranking[0]?.explanation);
    expect(attack).toBeLessThan(0.1);
  });

  it('goes by the weights that a line was weighed with, then by the policy’s, then by the product’s', () => {
    const plain: EvidenceLine = { code: 'quiet', group: 'g', strength: 2 };
    const policy = { quiet: { intruder: 1 } };
    expect(weightsOf({ ...plain, weights: { app: 3 } }, policy)).toMatchObject({ app: 6, intruder: 0 });
    expect(weightsOf(plain, policy)).toMatchObject({ intruder: 2, false_alert: 0 });
    expect(weightsOf(plain).false_alert).toBeGreaterThan(0);
  });
});

describe('the table of weights', () => {
  it.each(CODES)('%s says what it means and where it comes from, and says something', (code) => {
    const { says, source, weights: table } = EVIDENCE[code];
    expect(says).not.toBe('');
    expect(source).not.toBe('');
    expect(Object.values<number>(table).some((w) => w !== 0)).toBe(true);
  });

  it.each<[EvidenceCode, Explanation]>([
    ['access.other', 'intruder'],
    ['collection.other', 'intruder'],
    ['control.other', 'intruder'],
    ['takeover.other', 'intruder'],
    ['leak.confirmed', 'intruder'],
    ['app.rogue', 'app'],
    ['app.collects', 'app'],
    ['collection.own', 'insider'],
    ['export.whole', 'insider'],
    ['share.own.critical', 'insider'],
    ['interview.no', 'insider'],
    ['interview.yes', 'authorised_work'],
    ['job.known', 'job'],
    ['attempts', 'attempt'],
    ['collection.like', 'own_work'],
    ['quiet', 'false_alert'],
  ])('%s speaks most for %s', (code, explanation) => {
    const table = weightsOf({ code, strength: 1 });
    expect(Math.max(...Object.values(table))).toBe(table[explanation]);
  });

  it.each<EvidenceCode>(['answer.me', 'interview.yes', 'collection.like', 'job.known', 'acts.own', 'quiet'])(
    '%s never raises',
    (code) => {
      for (const before of [[], [{ code: 'access.unknown', group: 'x', strength: 1 } as const]])
        expect(rank([...before, { code, group: 'g', strength: 1 }]).attack).toBeLessThanOrEqual(rank(before).attack);
    },
  );
});
