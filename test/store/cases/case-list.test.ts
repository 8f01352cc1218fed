import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../domain/platform.js';
import { waitsFor } from '../../../store/cases/case-entry.js';
import { CASE_ORDERS, countCases, listCases, type CaseFilter, type CaseOrder } from '../../../store/cases/case-list.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { query } from '../../../store/postgres/connection.js';
import { useDatabase } from '../../support/database.js';
import { day, NOW, summary } from './support.js';

const database = useDatabase();
const writer = (): CaseWriter => new CaseWriter(database.as('records'));
const ids = async (
  filter: CaseFilter,
  order: CaseOrder = 'newest',
  organisation: 'test' | 'other' = 'test',
): Promise<string> =>
  (await listCases(database.as('console', organisation), filter, { order, limit: 50 })).cases
    .map((c) => c.subjectId)
    .join(' ');

describe('a list of cases', () => {
  beforeAll(async () => {
    await query(database.pool, 'TRUNCATE cases, case_alerts, plan_waits');
    const put = (...args: Parameters<typeof summary>) => writer().put(summary(...args), args[2]?.dueAt ?? day(args[1]));
    const open = { stage: 'contact' } as const;
    await put('a', 1, { alertIds: ['al-one'], incidentId: 'incident-9' });
    await put('b', 2, { verdict: 'benign', closedAs: 'no_incident', severity: 'low', platforms: ['google', 'slack'] });
    await put('c', 3, { ...open, severity: 'critical', taskRoles: ['lead', 'responder'], dueAt: day(20) });
    await put('d', 4, { ...open, severity: 'medium', dueAt: day(10), alertIds: ['al-two'] });
    await put('e', 5, { ...open, verdict: 'insider' });
    const wait = { until: day(9), written: 1 };
    await writer().putPlan({ ...wait, planId: 'p-d', caseId: 'case-d', roles: ['lead'], decidedBy: ['ann'] });
    await writer().putPlan({ ...wait, planId: 'p-e', caseId: 'case-e', roles: [], decidedBy: [] });
    await writer().putPlan({ ...wait, planId: 'p-a', caseId: 'case-a', roles: ['lead'], decidedBy: [] });
  });

  it.each([
    ['all', {}, 'e d c b a'],
    ['open', { open: true }, 'e d c'],
    ['closed', { open: false }, 'b a'],
    ['of a severity', { severity: 'low' }, 'b'],
    ['of a verdict', { verdict: 'insider' }, 'e'],
    ['of a platform', { platform: 'google' }, 'b'],
    ['by the id of the case', { id: 'case-d' }, 'd'],
    ['by the beginning of it', { id: 'case-' }, 'e d c b a'],
    ['by the id of the subject', { id: 'd' }, 'd'],
    ['by an incident', { id: 'incident' }, 'a'],
    ['by an alert', { id: 'al-t' }, 'd'],
    ['by nothing that there is', { id: 'x%' }, ''],
    ['by words, which may be cut short', { search: 'comp SLACK' }, 'd c a'],
    ['by words of several fields', { search: 'closed google siem low' }, 'b'],
    ['by each part of a name', { search: 'incident' }, 'b'],
    ['by words and a filter', { search: 'slack', open: false }, 'b a'],
    ['by what is no word', { search: ':*' }, ''],
    ['of subjects', { subjectIds: ['a', 'e'] }, 'e a'],
    ['of nobody', { subjectIds: [] }, ''],
    ['not about whoever reads it', { notSubjectIds: ['e', 'b'] }, 'd c a'],
    ['that wait for a role', { waitsFor: { roles: ['lead'] } }, 'd c'],
    ['that wait for a role, of closed ones', { open: false, waitsFor: { roles: ['lead'] } }, ''],
    ['that wait for a person who has decided', { waitsFor: { roles: ['lead'], personId: 'ann' } }, 'c'],
    ['that wait for a person who has not', { waitsFor: { roles: ['lead'], personId: 'ben' } }, 'd c'],
    ['that wait for nobody', { waitsFor: { roles: [] } }, ''],
    [
      'by all together',
      { open: true, severity: 'critical', platform: 'slack', id: 'case-', verdict: 'compromised' },
      'c',
    ],
  ] satisfies [string, CaseFilter, string][])('%s', async (_, filter: CaseFilter, expected) => {
    expect(await ids(filter)).toBe(expected);
    expect(await ids(filter, 'newest', 'other')).toBe('');
  });

  it.each([
    ['newest', 'e d c b a'],
    ['oldest', 'a b c d e'],
    ['updated', 'c d e b a'],
    ['severity', 'c e a d b'],
    ['due', 'd c a b e'],
  ] as const)('in the order %s', async (order, expected) => {
    expect(await ids({}, order)).toBe(expected);
  });

  it('says of each whether it waits for somebody, as its filter does', async () => {
    const people = [
      { personId: 'ann', roles: ['lead'] },
      { personId: 'ben', roles: ['lead', 'other'] },
      { personId: 'cid', roles: ['responder'] },
    ];
    const { cases } = await listCases(database.as('console'), { open: true }, { limit: 50 });
    for (const person of people)
      expect(
        cases
          .filter((entry) => waitsFor(entry, person))
          .map((c) => c.subjectId)
          .join(' '),
      ).toBe(await ids({ waitsFor: person }));
  });

  it('is counted by what is asked for, whatever is shown', async () => {
    const ben = { roles: ['lead'], personId: 'ben' };
    const count = (filter: CaseFilter) => countCases(database.as('console'), filter, ben);
    expect(await count({})).toEqual({ open: 3, closed: 2, waiting: 2 });
    expect(await count({ open: false })).toEqual({ open: 3, closed: 2, waiting: 2 });
    expect(await count({ severity: 'critical' })).toEqual({ open: 1, closed: 0, waiting: 1 });
    expect(await count({ waitsFor: { roles: ['responder'] } })).toEqual({ open: 1, closed: 0, waiting: 1 });
    expect(await count({ id: 'case-d', notSubjectIds: ['d'] })).toEqual({ open: 0, closed: 0, waiting: 0 });
    expect(await countCases(database.as('console', 'other'), {}, ben)).toEqual({ open: 0, closed: 0, waiting: 0 });
  });
});

describe('a page', () => {
  beforeEach(() => query(database.pool, 'TRUNCATE cases, case_alerts, plan_waits'));

  it.each(CASE_ORDERS)(
    'follows a page without a gap and without a case twice, in the order %s, though many are alike',
    async (order) => {
      for (let i = 0; i < 23; i++) {
        const severity = SEVERITIES[i % 2] ?? 'info';
        const due = i % 3 === 0 ? {} : { dueAt: day(20 + (i % 2)) };
        await writer().put(summary(`s-${i}`, 1 + (i % 2), { severity, ...due, stage: 'contact' }), day(1 + (i % 3)));
      }
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const more = after === undefined ? {} : { after };
        const page = await listCases(database.as('console'), {}, { order, limit: 5, ...more });
        seen.push(...page.cases.map((c) => c.caseId));
        after = page.next;
      } while (after !== undefined);
      const whole = await listCases(database.as('console'), {}, { order, limit: 100 });
      expect(seen).toEqual(whole.cases.map((c) => c.caseId));
      expect(new Set(seen).size).toBe(23);
      expect(whole.next).toBeUndefined();
    },
  );

  it('tells cases apart that the server opened in the same millisecond, or at the same time', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) await writer().put(summary(`s-${n}`, 1), NOW);
    await query(
      database.pool,
      `UPDATE cases SET opened_at = opened_at + interval '3 microseconds' WHERE subject_id < 's-4'`,
    );
    for (const order of CASE_ORDERS) {
      const first = await listCases(database.as('console'), {}, { order, limit: 4 });
      const second = await listCases(database.as('console'), {}, { order, limit: 4, after: first.next ?? '' });
      expect(new Set([...first.cases, ...second.cases].map((c) => c.caseId)).size, order).toBe(6);
    }
  });

  it('is not moved by a case that is opened meanwhile', async () => {
    for (const n of [1, 2, 3]) await writer().put(summary(`s-${n}`, n), NOW);
    const first = await listCases(database.as('console'), {}, { limit: 2 });
    await writer().put(summary('s-4', 4), NOW);
    const second = await listCases(database.as('console'), {}, { limit: 2, after: first.next ?? '' });
    expect([first, second].map((p) => p.cases.map((c) => c.subjectId))).toEqual([['s-3', 's-2'], ['s-1']]);
  });

  const forged = (...parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
  it.each([
    '',
    'x',
    forged('newest', 'now', '2026-01-01T00:00:00+00:00', 'a'),
    forged('newest', "2026-01-01T00:00:00+00:00'; --", '2026-01-01T00:00:00+00:00', 'a'),
    forged('severity', '3', '2026-01-01T00:00:00+00:00', 'a'),
    forged('newest', 7, '2026-01-01T00:00:00+00:00', 'a'),
    forged('newest', '2026-01-01T00:00:00+00:00', 'then', 'a'),
  ])('that begins nowhere is the first: %s', async (after) => {
    await writer().put(summary('s-1', 1), NOW);
    const { cases } = await listCases(database.as('console'), {}, { limit: 2, after });
    expect(cases).toHaveLength(1);
  });
});
