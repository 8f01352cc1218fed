import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { countCases, listCases, type CaseFilter, type CaseOrder } from '../store/cases/case-list.js';
import { caseNumbers } from '../store/cases/numbers.js';
import { query } from '../store/postgres/connection.js';
import type { BenchDatabase } from './database.js';
import { clocked, type Spent, type Task } from './measure.js';

/** A company's: most have closed. */
const CASES = 50_000;
const OPEN = 2_500;
const ALERTS_EACH = 10;
const LEAD = { roles: ['lead'], personId: 'p-1' };

/** What the console shows of cases, each as people ask for it, one page a run and the next one after it; beside the plain statement for a page. */
export function listTasks(database: BenchDatabase): readonly Task[] {
  const console = database.as('console');
  let filled: Promise<void> | undefined;
  const task = (name: string, unit: string, run: () => Promise<unknown>): Task => ({
    ...{ name: `lists of ${CASES.toLocaleString('en')} cases, ${name}`, unit, count: 1 },
    run: async () => {
      await (filled ??= fill(database));
      await run();
    },
    plain: () => query(console, 'SELECT * FROM cases ORDER BY opened_at DESC, case_id DESC LIMIT 50'),
    by: (run) => served(console, run),
  });
  const pages = (name: string, filter: CaseFilter, order: CaseOrder = 'newest'): Task => {
    let after: string | undefined;
    return task(name, 'pages', async () => {
      const page = { order, limit: 50, ...(after === undefined ? {} : { after }) };
      after = (await listCases(console, filter, page)).next;
    });
  };
  const counts = (name: string, filter: CaseFilter): Task =>
    task(name, 'counts', () => countCases(console, filter, LEAD));
  return [
    pages('open', { open: true }),
    pages('open, due soonest', { open: true }, 'due'),
    pages('waiting for me', { open: true, waitsFor: LEAD }),
    pages('all', {}),
    pages('closed, gravest first', { open: false }, 'severity'),
    pages('all, last changed, not about me', { notSubjectIds: ['s-7'] }, 'updated'),
    pages('a rare verdict on a platform', { verdict: 'insider', platform: 'google' }),
    pages('by an alert', { id: 'al-4242' }),
    pages('by words that many have', { search: 'closed siem' }),
    pages('by a word that few have', { search: 'insider' }),
    pages('by words that none has', { search: 'insider edr google' }),
    counts('how many', {}),
    counts('how many of a severity', { severity: 'critical' }),
    counts('how many of a platform', { platform: 'google' }),
    counts('how many with a word', { search: 'insider' }),
    task('numbers of a year', 'looks', () => caseNumbers(console, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')),
  ];
}

/** With the CPU of the server's process behind the one connection that is asked, where that is on this machine. */
async function served(pool: Pool, run: () => unknown): Promise<Spent> {
  const cpu = async (): Promise<number> => {
    const { rows } = await query<{ pid: number }>(pool, 'SELECT pg_backend_pid() AS pid');
    return Number(readFileSync(`/proc/${rows[0]?.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  };
  const before = await cpu();
  const { ms } = await clocked(run);
  return { ms, cpuMs: (await cpu()) - before };
}

async function fill(database: BenchDatabase): Promise<void> {
  const records = database.as('records');
  await query(records, CASES_OF_A_COMPANY, [CASES, OPEN]);
  await query(
    records,
    `INSERT INTO case_alerts (alert_id, case_id, opened_at) SELECT 'al-' || row_number() OVER (), case_id, opened_at FROM cases, generate_series(1, $1)`,
    [ALERTS_EACH],
  );
  await query(
    records,
    `INSERT INTO plan_waits (plan_id, case_id, written, roles, ends_at, decided_by)
     SELECT 'p-' || row_number() OVER (), case_id, 1, CASE WHEN closed_at IS NULL THEN ARRAY['lead', 'responder'] ELSE '{}' END, opened_at, CASE WHEN severity = 4 THEN ARRAY['p-1'] ELSE '{}' END
     FROM cases WHERE stage IN ('containment', 'closed') AND severity > 2`,
  );
  await query(database.owner, 'VACUUM ANALYZE cases, case_alerts, plan_waits');
}

/** The newest are open; a tenth of the subjects has had many. */
const CASES_OF_A_COMPANY = `
  INSERT INTO cases (case_id, opened_at, subject_id, written, updated_at, stage, severity, verdict, platforms, sources, alert_count, open_tasks, open_plans,
    waits, task_roles, due_at, links, incident_id, closed_as, began_at, detected_at, acknowledged_at, contained_at, closed_at)
  SELECT 'case-s-' || subject, opened_at, 's-' || subject, 9, opened_at + interval '1 hour',
    CASE WHEN open THEN (ARRAY['triage', 'contact', 'containment', 'disclosure'])[1 + n % 4] ELSE 'closed' END, n % 5,
    (ARRAY['benign', 'false_positive', 'suspicious', 'compromised', 'undetermined', CASE WHEN n % 100 = 5 THEN 'insider' ELSE 'benign' END])[1 + n % 6],
    CASE WHEN n % 7 = 0 THEN ARRAY['google'] ELSE ARRAY['microsoft', 'slack'] END, ARRAY[(ARRAY['siem', 'edr', 'mail'])[1 + n % 3]], 1 + n % 9,
    (open AND n % 3 = 0)::int, 0, '[{"id":"t-1","kind":"interview","who":"lead","until":"2026-12-01T00:00:00.000Z"}]',
    CASE WHEN open AND n % 3 = 0 THEN ARRAY[(ARRAY['lead', 'responder', 'counsel'])[1 + n % 2]] ELSE '{}' END, CASE WHEN open THEN opened_at + n % 50 * interval '1 hour' END,
    '{}', CASE WHEN n % 10 = 0 THEN 'incident-' || n / 30 END, CASE WHEN NOT open THEN 'no_incident' END,
    opened_at - interval '9 min', opened_at, opened_at + interval '7 min', CASE WHEN n % 4 = 0 THEN opened_at + interval '90 min' END,
    CASE WHEN NOT open THEN opened_at + interval '5 hours' END
  FROM (SELECT n, n % 20000 AS subject, n > $1::int - $2::int AS open, timestamptz '2026-01-01' + n * interval '10 min' AS opened_at
        FROM generate_series(1, $1::int) n) given`;
