import { beforeEach, describe, expect, it } from 'vitest';
import { CLOSINGS } from '../../../domain/case.js';
import type { PlanWait } from '../../../domain/plan-wait.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { query } from '../../../store/postgres/connection.js';
import { useDatabase } from '../../support/database.js';
import { day, NOW, summary } from './support.js';

const database = useDatabase();
beforeEach(() => query(database.pool, 'TRUNCATE cases, case_alerts, plan_waits'));
const writer = (): CaseWriter => new CaseWriter(database.as('records'));
const index = (organisation: 'test' | 'other' = 'test'): CaseIndex =>
  new CaseIndex(database.as('console', organisation));

describe('a case in the index', () => {
  it('is read back as it was written, and another organisation knows nothing of it', async () => {
    const report = { html: 'r.html', json: 'r.json', sha256: '0' };
    const times = { beganAt: day(1), detectedAt: day(2), acknowledgedAt: day(3), containedAt: day(4) };
    const waits = [{ id: 't-1', kind: 'interview', who: 'lead', until: day(9) }] as const;
    const written = summary('s-a', 1, { report, times, incidentId: 'incident-1', waits, taskRoles: ['lead'] });
    await writer().put(written, NOW);
    const { written: _, sources: __, alertIds: ___, links: ____, ...shown } = written;
    expect(await index().get('case-s-a')).toEqual({ ...shown, updatedAt: NOW, closedAt: NOW, plans: [] });
    expect(await index('other').get('case-s-a')).toBeUndefined();
    expect([...(await index('other').all())]).toEqual([]);
  });

  it.each(CLOSINGS)('is read back as %s', async (closedAs) => {
    await writer().put(summary('s-a', 1, { closedAs }), NOW);
    expect(await index().get('case-s-a')).toMatchObject({ stage: 'closed', closedAs });
  });

  it('is the newest of its id, beside the earlier ones of the subject', async () => {
    await writer().put(summary('s-a', 1), NOW);
    await writer().put(summary('s-a', 9, { stage: 'contact' }), NOW);
    await writer().put(summary('s-b', 5, { stage: 'triage' }), NOW);
    expect(await index().get('case-s-a')).toMatchObject({ openedAt: day(9), stage: 'contact' });
    expect(await index().get('case-s-c')).toBeUndefined();
    expect([...(await index().all())].sort()).toEqual(['case-s-a', 'case-s-b']);
    expect([...(await index().running())].sort()).toEqual(['case-s-a', 'case-s-b']);
    expect([...(await index().running(day(9)))]).toEqual(['case-s-b']);
  });

  it('holds each alert that it was ever told of, once', async () => {
    await writer().put(summary('s-a', 1, { alertIds: ['al-1', 'al-2', 'al-1'] }), NOW);
    await writer().put(summary('s-a', 1, { alertIds: ['al-3'], written: 2 }), NOW);
    await writer().put(summary('s-b', 1, { alertIds: ['al-1'] }), NOW);
    for (const [alert, subject] of [
      ['al-1', 's-a'],
      ['al-3', 's-a'],
      ['al-1', 's-b'],
    ] as const)
      expect(await index().holds(alert, subject)).toBe(true);
    expect(await index().holds('al-3', 's-b')).toBe(false);
    expect(await index('other').holds('al-1', 's-a')).toBe(false);
  });

  it('is never put back by a write that comes late, and its incident is never forgotten', async () => {
    const put = (written: number | undefined, more: Parameters<typeof summary>[2]) => {
      const { written: _, ...rest } = summary('s-a', 1, more);
      return writer().put({ ...rest, ...(written === undefined ? {} : { written }) }, NOW);
    };
    await put(3, { stage: 'exposure', incidentId: 'incident-1' });
    await put(2, { stage: 'contact', alertIds: ['al-late'] });
    expect(await index().get('case-s-a')).toMatchObject({ stage: 'exposure', incidentId: 'incident-1' });
    expect(await index().holds('al-late', 's-a')).toBe(true);
    await put(3, { stage: 'exposure', verdict: 'insider' }); // the same again, by another attempt
    await put(4, { stage: 'closed' });
    await put(3, { stage: 'exposure' });
    expect(await index().get('case-s-a')).toMatchObject({ stage: 'closed', incidentId: 'incident-1' });
    await put(5, { stage: 'disclosure' }); // the close failed, and the case went on
    expect(await index().get('case-s-a')).not.toHaveProperty('closedAt');
  });

  it('of a version that did not count its writes, ends with its close', async () => {
    const { written: _, ...old } = summary('s-a', 1, { stage: 'contact' });
    await writer().put(old, NOW);
    await writer().put({ ...old, stage: 'exposure' }, NOW);
    expect(await index().get('case-s-a')).toMatchObject({ stage: 'exposure' });
    await writer().put({ ...old, stage: 'closed' }, NOW);
    await writer().put(old, NOW);
    expect(await index().get('case-s-a')).toMatchObject({ stage: 'closed' });
  });

  it('is written by many at once to the end that the workflow gave it', async () => {
    const [one, two] = [writer(), new CaseWriter(database.as('records'))];
    const stages = ['triage', 'contact', 'escalation', 'investigation', 'containment', 'exposure', 'closed'] as const;
    const writes = stages.flatMap((stage, i) => [one, two].map((by) => ({ by, stage, written: i + 1 })));
    const shuffled = writes.toSorted((a, b) => ((a.written * 5) % 7) - ((b.written * 5) % 7));
    await Promise.all(
      shuffled.map(({ by, stage, written }) =>
        by.put(summary('s-a', 1, { stage, written, alertIds: [`al-${written}`] }), NOW),
      ),
    );
    expect(await index().get('case-s-a')).toMatchObject({ stage: 'closed' });
    for (const n of stages.keys()) expect(await index().holds(`al-${n + 1}`, 's-a')).toBe(true);
  });
});

describe('a plan that waits', () => {
  const wait = (more: Partial<PlanWait> = {}): PlanWait => ({
    ...{ planId: 'p-1', caseId: 'case-s-a', written: 1, roles: ['lead', 'responder'], until: day(9), decidedBy: [] },
    ...more,
  });
  const plans = async () => (await index().get('case-s-a'))?.plans;

  it('is one of its open case, until it waits for nobody; no late write brings it back', async () => {
    await writer().put(summary('s-a', 1, { stage: 'containment' }), NOW);
    await writer().putPlan(wait());
    const shown = { planId: 'p-1', roles: ['lead', 'responder'], until: day(9) };
    expect(await index().get('case-s-a')).toMatchObject({
      plans: [{ ...shown, decidedBy: [] }],
      waits: [{ id: 'p-1', kind: 'plan', who: 'approvers', until: day(9) }],
    });
    await writer().putPlan(wait({ written: 2, decidedBy: ['ann'], decidedAt: day(2) }));
    expect(await plans()).toEqual([{ ...shown, decidedBy: ['ann'] }]);
    await writer().putPlan(wait({ written: 3, roles: [] }));
    await writer().putPlan(wait({ written: 2 }));
    expect(await plans()).toEqual([]);
  });

  it('is none of a case that closed, and changes no other case', async () => {
    await writer().put(summary('s-a', 1), NOW);
    await writer().put(summary('s-b', 1, { stage: 'containment' }), NOW);
    await writer().putPlan(wait());
    await writer().putPlan(wait({ caseId: 'case-s-b', written: 7 }));
    expect(await plans()).toEqual([]);
    expect((await index().get('case-s-b'))?.plans).toEqual([]);
  });
});

describe('what analysis asks', () => {
  const analysis = (): CaseIndex => new CaseIndex(database.as('analysis'));

  it('is distinct incidents in which the subject acted: not benign, not merged, not old, not the running case', async () => {
    const put = (...args: Parameters<typeof summary>) => writer().put(summary(...args), NOW);
    await put('s-a', 10, { incidentId: 'incident-1' });
    await put('s-a', 11, { incidentId: 'incident-1', verdict: 'insider' });
    await put('s-a', 12);
    await put('s-b', 12, { incidentId: 'incident-2' });
    await put('s-a', 13, { verdict: 'benign' });
    await put('s-a', 14, { verdict: 'suspicious' });
    await put('s-a', 15, { closedAs: 'merged' });
    await put('s-a', 1, { incidentId: 'incident-old' });
    await put('s-old', 16);
    const found = await analysis().involvements(['s-a'], 25, NOW);
    expect(found.incidents).toEqual([expect.stringMatching(/^case-s-a@/), 'incident-1']);
    expect(found.count).toBe(2);
    expect((await analysis().involvements(['s-a'], 31, NOW)).count).toBe(3);
    await put('s-a', 17, { stage: 'triage', incidentId: 'incident-now' });
    expect((await analysis().involvements(['s-a'], 25, NOW, 'case-s-a')).count).toBe(2);
    expect((await analysis().involvements(['s-a'], 25, NOW)).incidents).toContain('incident-now');
    expect((await analysis().involvements(['s-a', 's-old'], 25, NOW, 'case-s-a')).count).toBe(3);
    expect((await analysis().involvements(['s-none'], 25, NOW)).count).toBe(0);
  });

  it('is the subjects of open cases of the same incident', async () => {
    const put = (subject: string, stage: 'exposure' | 'closed', incidentId: string) =>
      writer().put(summary(subject, 1, { stage, incidentId }), NOW);
    await put('s-1', 'exposure', 'incident-1');
    await put('s-2', 'exposure', 'incident-1');
    await put('s-3', 'closed', 'incident-1');
    await put('s-4', 'exposure', 'incident-2');
    expect(await analysis().together('case-s-1')).toEqual(['s-1', 's-2']);
    expect(await analysis().together('case-s-3')).toEqual([]);
    await writer().setIncident('case-s-4', day(1), 'incident-1');
    await writer().setIncident('case-s-nobody', day(1), 'incident-1');
    expect(await analysis().together('case-s-1')).toEqual(['s-1', 's-2', 's-4']);
  });
});
