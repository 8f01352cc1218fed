import { beforeEach, describe, expect, it } from 'vitest';
import { CaseJoins, type Share } from '../../../store/inbox/case-joins.js';
import { query } from '../../../store/postgres/connection.js';
import { useDatabase } from '../../support/database.js';
import { afterMs, emptyInbox, message, readerOf, seqs, taken, writerOf } from '../../support/inbox.js';
import { testKeys } from '../support.js';

const database = useDatabase();
const keys = testKeys();
beforeEach(() => emptyInbox(database));
const joins = (): CaseJoins => new CaseJoins(database.as('console'));
const SIEM: Share = { name: 'siem', newCasesPerMinute: 2 };

describe('the share of new cases of a source', () => {
  it('is one for all deliverers, each minute anew; the first are let in, and stay in', async () => {
    const [a, b] = [joins(), joins()];
    expect(await a.letIn(SIEM, ['case-1'])).toEqual(new Set(['case-1']));
    expect(await b.letIn(SIEM, ['case-9', 'case-1', 'case-3'])).toEqual(new Set(['case-9', 'case-1']));
    expect(await a.letIn(SIEM, ['case-3'])).toEqual(new Set());
    expect(await a.letIn({ name: 'edr', newCasesPerMinute: 1 }, ['case-3'])).toEqual(new Set(['case-3']));
    await afterMs(database, 60_001);
    expect(await a.letIn(SIEM, ['case-3', 'case-1', 'case-4'])).toEqual(new Set(['case-3', 'case-1']));
  });

  it('is kept by those who ask in the same moment', async () => {
    const asked = Array.from({ length: 40 }, (_, i) => `case-${i}`);
    const share: Share = { name: 'siem', newCasesPerMinute: 15 };
    const all = await Promise.all([0, 10, 20, 30].map((from) => joins().letIn(share, asked.slice(from, from + 10))));
    expect(all.reduce((sum, one) => sum + one.size, 0)).toBe(15);
  });

  it('is counted whatever locks of its own another login holds', async () => {
    const on = await database.as('intake', 'other').connect();
    try {
      await query(on, `SELECT pg_advisory_lock(hashtextextended('test' || 'siem', 0))`);
      expect(await joins().letIn(SIEM, ['case-1'])).toEqual(new Set(['case-1']));
    } finally {
      on.release(true);
    }
  });

  it('lets what waits for it go, oldest first, no more cases than there is room for, with all their messages', async () => {
    const writer = writerOf(database, keys);
    for (let i = 1; i <= 8; i++) await writer.append(message(i));
    await writer.append(message(9, { source: 'edr' }));
    const reader = readerOf(database, keys);
    await taken(reader);
    const cases = [1, 2, 3, 1, 3, 2, 4, 4, 5];
    await reader.hold(cases.map((c, i) => ({ seq: i + 1, why: 'cap', caseId: `case-${c}`, forMs: 600_000 })));
    const one = joins();
    const both = [SIEM, { name: 'edr', newCasesPerMinute: 1 }];
    await one.letIn(SIEM, ['case-other']);
    await one.letGo(both);
    expect(seqs(await taken(reader))).toEqual([1, 4, 9]);
    await reader.settle([1, 4, 9].map((seq) => ({ seq, status: 'delivered' })));
    await one.letIn(SIEM, ['case-1']);
    await one.letGo(both);
    expect(await taken(reader)).toEqual([]);
    await afterMs(database, 60_001);
    await one.letGo(both);
    expect(seqs(await taken(reader))).toEqual([2, 3, 5, 6]);
    // At the latest all are looked at again.
    await afterMs(database, 600_000);
    expect(seqs(await taken(readerOf(database, keys)))).toContain(7);
  });
});

describe('what a case was told', () => {
  it('is known to all deliverers: how often, how grave at most, how long ago', async () => {
    const [a, b] = [joins(), joins()];
    await a.letIn(SIEM, ['case-1']);
    expect(await a.told('case-1')).toBeUndefined();
    await a.joined('case-1', 'medium', true);
    await b.joined('case-1', 'critical', false);
    await b.joined('case-1', 'low', false);
    await afterMs(database, 5_000);
    const told = await a.told('case-1');
    expect(told).toMatchObject({ joins: 3, severity: 'critical' });
    expect(told?.agoMs).toBeGreaterThanOrEqual(5_000);
    await a.joined('case-1', 'low', true);
    expect(await b.told('case-1')).toMatchObject({ joins: 1, severity: 'low' });
    expect(await b.told('case-2')).toBeUndefined();
  });

  it('is forgotten after a month', async () => {
    const one = joins();
    await one.joined('case-old', 'low', true);
    await afterMs(database, 31 * 86_400_000);
    await one.joined('case-new', 'low', true);
    await one.prune();
    expect(await one.told('case-old')).toBeUndefined();
    expect(await one.told('case-new')).toBeDefined();
  });
});
