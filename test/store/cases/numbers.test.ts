import { expect, it } from 'vitest';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { caseNumbers } from '../../../store/cases/numbers.js';
import { useDatabase } from '../../support/database.js';
import { day, summary } from './support.js';

const database = useDatabase();
const NONE = { opened: 0, closed: 0, alerts: 0, falsePositives: 0, benign: 0, attacks: 0 };
const HOUR = 3_600;

it('counts and measures what was opened in a time, together and by detector', async () => {
  const writer = new CaseWriter(database.as('records'));
  const times = { beganAt: day(2, 1), detectedAt: day(2, 2) };
  await writer.put(
    summary('a', 2, {
      ...{ alertCount: 4, sources: ['edr', 'siem'] },
      times: { ...times, acknowledgedAt: day(2, 12), containedAt: day(2, 8) },
    }),
    day(3, 2),
  );
  // A decision on a plan came before the first task; one of another case of the subject counts for that.
  const plan = { caseId: 'case-a', until: day(9), roles: [], decidedBy: ['ann'], written: 1 };
  await writer.putPlan({ ...plan, planId: 'p-1', decidedAt: day(2, 5) });
  await writer.putPlan({ ...plan, planId: 'p-0', decidedAt: day(1, 5) });
  await writer.put(
    summary('b', 3, { verdict: 'false_positive', times: { beganAt: day(3, 5), detectedAt: day(3, 4) } }),
    day(3, 8),
  );
  await writer.put(summary('c', 4, { verdict: 'benign' }), day(4, 2));
  await writer.put(summary('d', 5, { verdict: 'undetermined', stage: 'contact' }), day(5));
  await writer.put(summary('m', 5, { closedAs: 'merged' }), day(5));
  await writer.put(summary('old', 1), day(2));

  const { all, bySource } = await caseNumbers(database.as('console'), day(2), day(6));
  expect(all).toEqual({
    ...{ opened: 4, closed: 3, alerts: 7, falsePositives: 1, benign: 1, attacks: 1, falsePositiveShare: 1 / 3 },
    detectSeconds: HOUR / 2, // an alert from a clock that is ahead counts as at once
    acknowledgeSeconds: 3 * HOUR,
    containSeconds: 6 * HOUR,
    respondSeconds: ((24 + 4 + 2) / 3) * HOUR,
  });
  expect(bySource.map(({ source, opened, attacks }) => [source, opened, attacks])).toEqual([
    ['siem', 4, 1],
    ['edr', 1, 1],
  ]);
  expect(bySource[1]).toMatchObject({ falsePositiveShare: 0, detectSeconds: HOUR });
  expect(await caseNumbers(database.as('console'), day(20), day(21))).toEqual({ all: NONE, bySource: [] });
  expect(await caseNumbers(database.as('console', 'other'), day(1), day(9))).toEqual({ all: NONE, bySource: [] });
});
