import { beforeEach, describe, expect, it } from 'vitest';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { IncidentLinks } from '../../../store/cases/incident-links.js';
import { query } from '../../../store/postgres/connection.js';
import { useDatabase } from '../../support/database.js';
import { day, summary } from './support.js';

const database = useDatabase();
beforeEach(() => query(database.pool, 'TRUNCATE cases, case_alerts, incident_links, case_links, case_ties'));
const links = (organisation: 'test' | 'other' = 'test'): IncidentLinks =>
  new IncidentLinks(database.as('records', organisation));

describe('a link', () => {
  it('makes one incident of the cases that share it, one after the other', async () => {
    const first = await links().join('case-1', ['b', 'a', 'b']);
    expect(first).toMatch(/^incident-[0-9a-f]{20}$/);
    expect(await links().join('case-1', ['a', 'b'])).toBe(first);
    expect(await links().join('case-2', ['c', 'b'])).toBe(first);
    expect(await links().join('case-3', ['c'])).toBe(first);
    expect(await links().join('case-4', ['z'])).not.toBe(first);
    expect(await links().incidentOf(['y', 'c'])).toBe(first);
    expect(await links().incidentOf(['y'])).toBeUndefined();
    expect(await links('other').incidentOf(['a'])).toBeUndefined();
  });

  it('makes one of them however many processes tell of it at once, in whatever order', async () => {
    for (let round = 0; round < 10; round++) {
      const own = (i: number): readonly string[] => [`${round}-${i}`, `${round}-shared`, `${round}-a${9 - i}`];
      const found = await Promise.all(
        Array.from({ length: 8 }, (_, i) => links().join(`case-${round}-${i}`, i % 2 ? own(i) : own(i).toReversed())),
      );
      expect(new Set(found).size).toBe(1);
      for (let i = 0; i < 8; i++) expect(await links().incidentOf(own(i).slice(0, 1))).toBe(found[0]);
    }
  });

  it('of cases that meet in a third is the first that was told', async () => {
    const [one, two] = [await links().join('case-1', ['a']), await links().join('case-2', ['b'])];
    expect(one).not.toBe(two);
    expect(await links().join('case-3', ['a', 'b', 'c'])).toBe(one);
    expect(await links().incidentOf(['c'])).toBe(one);
    expect(await links().incidentOf(['b'])).toBe(two);
  });
});

describe('a tie', () => {
  it('puts a case into the incident of another, until it closes; one that came later is of the next', async () => {
    const incident = await links().join('case-1', ['a']);
    await links().tie('case-2', incident, ['a'], day(2));
    expect(await links().tiedTo('case-2')).toBe(incident);
    expect(await links().join('case-2', ['own'])).toBe(incident);
    expect(await links('other').tiedTo('case-2')).toBeUndefined();
    await links().noteClosed('case-2', [], day(1));
    expect(await links().tiedTo('case-2')).toBe(incident);
    await links().noteClosed('case-2', [], day(3));
    expect(await links().tiedTo('case-2')).toBeUndefined();
  });

  it('is known to a case that holds all its links, unless it closed before the newest sighting', async () => {
    const incident = await links().join('case-s-1', ['a']);
    const knows = (given: readonly string[], lastAt: string) => links().knows('case-s-2', given, lastAt);
    expect(await knows(['a'], day(2))).toBe(false);
    await links().tie('case-s-2', incident, ['a', 'b'], day(2));
    expect(await knows(['a', 'b'], day(2))).toBe(true);
    expect(await knows(['a', 'c'], day(2))).toBe(false);
    await new CaseWriter(database.as('records')).put(summary('s-2', 1), day(5));
    expect([await knows(['a'], day(4)), await knows(['a'], day(6))]).toEqual([true, false]);
    await links().tie('case-s-2', incident, ['a'], day(7)); // of the next case, which the index does not know yet
    expect(await knows(['a'], day(6))).toBe(true);
  });
});

describe('cases that closed earlier', () => {
  it('are those of thirty days that share a link and are in no incident', async () => {
    const close = async (subject: string, given: readonly string[], at: string, more = {}): Promise<void> => {
      await new CaseWriter(database.as('records')).put(summary(subject, 1, { links: given, ...more }), at);
      await links().noteClosed(`case-${subject}`, given, at);
    };
    await close('s-1', ['a', 'b'], day(3));
    await close('s-2', ['b'], day(2), { severity: 'low' });
    await close('s-3', ['c'], day(3));
    await close('s-4', ['a'], day(3), { incidentId: 'incident-1' });
    await close('s-5', ['a'], day(3), { closedAs: 'merged' });
    await close('s-6', ['a'], day(3), { stage: 'exposure' });
    const shared = [
      { caseId: 'case-s-2', openedAt: day(1), severity: 'low' },
      { caseId: 'case-s-1', openedAt: day(1), severity: 'high' },
    ];
    expect(await links().earlier(['b', 'a'], day(31))).toEqual(shared);
    expect(await links().earlier(['b', 'a'], '2026-02-02T01:00:00.000Z')).toEqual([]);
    expect(await links().earlier(['z'], day(4))).toEqual([]);
    expect(await links('other').earlier(['a'], day(4))).toEqual([]);
  });
});
