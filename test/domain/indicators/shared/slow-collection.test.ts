import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../../../domain/evidence.js';
import { slowCollection, type SlowCollection } from '../../../../domain/indicators/shared/slow-collection.js';
import { after, AWAY, DAY, defaultPolicy, event, FOCUS, HOME, HOUR } from '../../fixtures.js';

const { slow } = defaultPolicy.indicators.volume;
const FROM = after(-30 * DAY);

/** A few downloads a day, on these days before the end; files are named by `series`. */
const taking = (
  days: readonly number[],
  perDay: number,
  series: string,
  given: Partial<EvidenceEvent> = {},
): EvidenceEvent[] =>
  days.flatMap((d) =>
    Array.from({ length: perDay }, (_, i) =>
      event({
        kind: 'file_download',
        at: after(-d * DAY + (9 + i / 60) * HOUR),
        target: { type: 'file', id: `${series}-${d}-${i}` },
        ...given,
      }),
    ),
  );
/** Days before the end, from the older to the newer. */
const between = (older: number, newer: number): number[] =>
  Array.from({ length: older - newer + 1 }, (_, i) => older - i);

const own = taking(between(30, 1), 4, 'own', HOME);
const thief = taking(between(19, 1), 15, 'taken', AWAY);
const find = (
  context: readonly EvidenceEvent[],
  others: readonly EvidenceEvent[] = own,
  from = FROM,
): SlowCollection | undefined => slowCollection({ context, others, from, to: FOCUS, thresholds: slow });

describe('slow collection', () => {
  it('fifteen files a day from a new device, beside the person’s own work', () => {
    const found = find(thief);
    expect(found).toMatchObject({ confidence: 'high', replaces: false });
    expect(found?.measures.map((m) => [m.name, m.value])).toEqual([
      ['collected slowly', 285],
      ['days of collecting', 19],
      ['never touched from elsewhere', 100],
    ]);
    expect(found?.events.map((e) => e.id).toSorted()).toEqual(thief.map((e) => e.id).toSorted());
    expect(found?.text).toContain('slowly, on 19 days, from a context that appeared 2026-02-19');
  });

  it('holds at its thresholds, and not one item or day below', () => {
    const days = between(12, 12 - slow.days + 1);
    const enough = [
      ...taking(days, Math.floor(slow.items / slow.days), 'x'),
      ...taking([12], slow.items % slow.days, 'y'),
    ];
    expect(find(enough)).toMatchObject({ confidence: 'medium' });
    expect(find(enough.slice(1))).toBeUndefined();
    expect(find(taking(days.slice(1), 20, 'x'))).toBeUndefined();
  });

  it('counts a page of messages as one conversation, and what failed not at all', () => {
    const pages = taking(between(10, 1), 5, 'page', { kind: 'conversation_read', count: 50 });
    expect(find(pages)).toBeUndefined();
    expect(find([...pages, ...taking(between(10, 1), 5, 'file')])?.measures[0]?.value).toBe(100);
    expect(find(thief.map((e) => ({ ...e, outcome: 'blocked' as const })))).toBeUndefined();
  });

  it('also where rows name no target: that nothing speaks against it is not that it was touched', () => {
    expect(find(thief.map(({ target: _, ...e }) => e))).toBeDefined();
  });

  it('faintly when the platform knows the device, or the other contexts stop and nobody manages the new one', () => {
    expect(find(thief.map((e) => ({ ...e, deviceKnown: true })))).toMatchObject({ confidence: 'low', replaces: false });
    const moved = find(thief, taking(between(30, 20), 15, 'own', HOME));
    expect(moved).toMatchObject({ confidence: 'low', replaces: true });
    expect(moved?.text).toContain('the other contexts stopped');
  });
});

describe('no slow collection', () => {
  it('a new managed laptop that takes the place of the old one', () => {
    const laptop = taking(between(19, 1), 15, 'work', { deviceKnown: true });
    expect(find(laptop, taking(between(30, 18), 15, 'own', HOME))).toBeUndefined();
  });

  it.each<[string, readonly EvidenceEvent[], (readonly EvidenceEvent[])?, string?]>([
    ['a context that was there all the time', [...taking([29], 1, 'early'), ...thief]],
    ['a newcomer, for whom every context is new', thief, taking(between(19, 1), 4, 'own', HOME)],
    ['a person without any other row', thief, []],
    ['a log that begins with the context', thief, own, after(-19 * DAY)],
    ['one day with most of it', [...taking(between(9, 2), 2, 'few'), ...taking([1], 200, 'burst')]],
    [
      'the second device of a person who reads the same files',
      taking(between(19, 1), 15, 'own'),
      taking(between(30, 1), 15, 'own', HOME).map((e) => ({
        ...e,
        at: new Date(Date.parse(e.at) - HOUR).toISOString(),
      })),
    ],
    ['nothing', []],
  ])('%s', (_, context, others, from) => {
    expect(find(context, others, from)).toBeUndefined();
  });
});

it('neither order nor repeated rows change anything', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...thief, ...thief], { minLength: 2 * thief.length }),
      fc.shuffledSubarray([...own, ...own], { minLength: 2 * own.length }),
      (context, others) => {
        expect(find(context, [...others, ...context])).toEqual(find(thief));
      },
    ),
    { numRuns: 25 },
  );
});

it('one item more never ends it, one row of old use never begins it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 19 }), fc.integer({ min: 21, max: 29 }), (day, old) => {
      expect(find([...thief, ...taking([day], 1, 'more')])).toBeDefined();
      expect(find([...thief, ...taking([old], 1, 'old')])).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});
