import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CLOSINGS, type CaseState } from '../../domain/case.js';
import { CaseIndex, caseEntry, CaseIndexWriter, type CaseEntry } from '../../store/case-index.js';

const base = mkdtempSync(join(tmpdir(), 'quell-cases-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let dir = '';
let n = 0;
beforeEach(() => {
  dir = join(base, String(n++));
});

const entry = (subject: string, day: number, more: Partial<CaseEntry> = {}): CaseEntry => ({
  caseId: `case-${subject}`,
  subjectId: subject,
  openedAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  updatedAt: '2026-01-31T00:00:00.000Z',
  stage: 'closed',
  severity: 'high',
  verdict: 'compromised',
  platforms: ['slack'],
  alertCount: 1,
  openTasks: 0,
  openPlans: 0,
  ...more,
});
const now = '2026-01-31T00:00:00.000Z';

describe('a closed case', () => {
  it.each(CLOSINGS)('is read back as %s', async (closedAs) => {
    const writer = await CaseIndexWriter.open(dir);
    await writer.put(entry('s-a', 1, { stage: 'closed', closedAs }), []);
    await writer.close();
    expect(await (await CaseIndex.open(dir)).list()).toMatchObject([{ closedAs }]);
  });
});

describe('case index', () => {
  it('shows readers the last state of each case, newest first, and keeps earlier cases of a subject', async () => {
    const [writer, index] = [await CaseIndexWriter.open(dir), await CaseIndex.open(dir)];
    await writer.put(entry('s-a', 1), ['al-1']);
    await writer.put(entry('s-b', 5, { stage: 'triage', verdict: 'suspicious' }), ['al-2']);
    await writer.put(entry('s-a', 9, { stage: 'contact', incidentId: 'incident-1' }), ['al-3']);
    await writer.put(entry('s-b', 5, { stage: 'contact', verdict: 'suspicious' }), ['al-2', 'al-4']);
    expect((await index.list()).map(({ caseId, openedAt, stage }) => [caseId, openedAt.slice(8, 10), stage])).toEqual([
      ['case-s-a', '09', 'contact'],
      ['case-s-b', '05', 'contact'],
      ['case-s-a', '01', 'closed'],
    ]);
    expect((await index.list({ open: true, limit: 1 })).map(({ caseId }) => caseId)).toEqual(['case-s-a']);
    expect(await index.list({ subjectId: 's-a' })).toHaveLength(2);
    expect(await index.list({ incidentId: 'incident-1' })).toHaveLength(1);
    expect((await index.get('case-s-a'))?.openedAt).toBe(entry('s-a', 9).openedAt);
    expect((await index.status('al-1'))?.openedAt).toBe(entry('s-a', 1).openedAt);
    expect((await index.status('al-4'))?.caseId).toBe('case-s-b');
    expect(await index.status('al-9')).toBeUndefined();
    await writer.close();
  });

  it('counts distinct incidents in which the subject acted: not contacts, not harm, not benign, not merged, not old, not the running case', async () => {
    const writer = await CaseIndexWriter.open(dir);
    const put = (one: CaseEntry): Promise<void> => writer.put(one, []);
    await put(entry('s-a', 10, { incidentId: 'incident-1' }));
    await put(entry('s-a', 11, { incidentId: 'incident-1', verdict: 'insider' }));
    await put(entry('s-a', 12));
    await put(entry('s-b', 12, { others: [{ subjectId: 's-a', part: 'actor' }], incidentId: 'incident-2' }));
    await put(entry('s-c', 12, { others: [{ subjectId: 's-a', part: 'contacted' }], incidentId: 'incident-3' }));
    await put(entry('s-d', 12, { others: [{ subjectId: 's-a', part: 'harmed' }], incidentId: 'incident-4' }));
    await put(entry('s-a', 13, { verdict: 'benign' }));
    await put(entry('s-a', 14, { verdict: 'suspicious' }));
    await put(entry('s-a', 15, { closedAs: 'merged' }));
    await put(entry('s-a', 1, { incidentId: 'incident-old' }));
    await put(entry('s-old', 16));
    const index = await CaseIndex.open(dir);
    expect(await index.involvements('s-a', 25, now)).toEqual({
      count: 3,
      incidents: ['case-s-a@2026-01-12T00:00:00.000Z', 'incident-2', 'incident-1'],
    });
    expect((await index.involvements('s-a', 31, now)).count).toBe(4);
    await put(entry('s-a', 17, { stage: 'triage', incidentId: 'incident-now' }));
    expect((await index.involvements('s-a', 25, now, 'case-s-a')).count).toBe(3);
    expect((await index.involvements('s-a', 25, now)).incidents).toContain('incident-now');
    expect((await index.involvements(['s-a', 's-old'], 25, now, 'case-s-a')).count).toBe(4);
    expect((await index.involvements('s-c', 25, now)).count).toBe(1);
    expect((await index.involvements('s-none', 25, now)).count).toBe(0);
    await writer.close();
  });

  it('survives a restart and a torn line, and is rewritten when it has grown; readers follow', async () => {
    let writer = await CaseIndexWriter.open(dir);
    await Promise.all(
      Array.from({ length: 1200 }, (_, i) => writer.put(entry('s-a', 1, { alertCount: i }), [`al-${i}`])),
    );
    await writer.close();
    const index = await CaseIndex.open(dir);
    expect(await index.list()).toHaveLength(1);
    const path = join(dir, 'cases.jsonl');
    appendFileSync(path, '{"entry":{"caseId":"case-x"');
    const before = readFileSync(path).length;
    writer = await CaseIndexWriter.open(dir);
    expect(readFileSync(path).length).toBeLessThan(before / 5);
    await writer.put(entry('s-b', 2), ['al-b']);
    expect((await index.list()).map(({ caseId }) => caseId)).toEqual(['case-s-b', 'case-s-a']);
    expect(await index.status('al-7')).toMatchObject({ caseId: 'case-s-a', alertCount: 1199 });
    expect(await index.status('al-b')).toMatchObject({ caseId: 'case-s-b' });
    await expect(CaseIndexWriter.open(dir)).rejects.toMatchObject({ code: 'STORE' });
    await writer.close();
  });

  it('takes ids and numbers of a case’s state, nothing else', () => {
    const state: CaseState = {
      caseId: 'case-s-a',
      subjectId: 's-a',
      openedAt: '2026-01-01T00:00:00.000Z',
      stage: 'containment',
      severity: 'critical',
      verdict: 'compromised',
      alerts: [
        { alertId: 'al-1', source: 'siem', platform: 'google', severity: 'high', occurredAt: now, receivedAt: now },
      ],
      alertsFolded: 41,
      collections: [],
      plans: [
        {
          planId: 'p1',
          containmentId: 'c1',
          digest: 'd',
          deadline: now,
          purpose: 'containment',
          status: 'awaiting_approval',
          results: [],
        },
        {
          planId: 'p2',
          containmentId: 'c2',
          digest: 'd',
          deadline: now,
          purpose: 'first_steps',
          status: 'holding',
          results: [],
        },
      ],
      tasks: [],
      timeline: [{ at: now, stage: 'intake', text: 'SECRET TEXT' }],
      unread: [],
      rounds: 3,
      alertsAssessed: 1,
      refused: [],
    };
    const made = caseEntry(state, now);
    expect(made).toMatchObject({ alertCount: 42, openPlans: 1, platforms: ['google'], stage: 'containment' });
    expect(JSON.stringify(made)).not.toContain('SECRET');
  });
});
