// Reads what 0.2.0 kept; goes with the release after this one.
import { z } from 'zod';
import { CLOSINGS, STAGES, VERDICTS } from '../../domain/case.js';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { SEVERITIES, type Instant } from '../../domain/platform.js';
import { readLog } from '../lines.js';
import { platform } from '../platform-schema.js';
import { insert, type Part, type Target } from './rows.js';

const EntrySchema = z.object({
  caseId: z.string(),
  subjectId: z.string(),
  openedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  stage: z.enum(STAGES),
  severity: z.enum(SEVERITIES),
  verdict: z.enum(VERDICTS),
  platforms: z.array(platform),
  alertCount: z.number().int(),
  openTasks: z.number().int(),
  openPlans: z.number().int(),
  incidentId: z.string().optional(),
  closedAs: z.enum(CLOSINGS).optional(),
  report: z.object({ html: z.string(), json: z.string(), sha256: z.string() }).optional(),
});
type Entry = z.infer<typeof EntrySchema>;
/** A line holds the alerts that are new since the case's line before. */
const LineSchema = z.object({ entry: EntrySchema, alertIds: z.array(z.string()) });

/** A subject's later case has the same id and another opening. */
export const caseKey = ({ caseId, openedAt }: { readonly caseId: string; readonly openedAt: Instant }): string =>
  `${caseId}@${openedAt}`;

/** What links say of a case that closed. */
export interface Closed {
  readonly closedAt: Instant;
  /** Of one that waits for an incident. */
  readonly links: readonly string[];
}

export interface OldCases {
  /** By `caseKey`: of each the last line. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly alerts: ReadonlyMap<
    string,
    { readonly alert_id: string; readonly case_id: string; readonly opened_at: Instant }
  >;
}

/** Reads `cases/cases.jsonl`. Errors: STORE_TAMPERED when a line is none, STORE. */
export async function readCases(path: string): Promise<OldCases> {
  const entries = new Map<string, Entry>();
  const alerts = new Map<string, { alert_id: string; case_id: string; opened_at: Instant }>();
  await readLog(path, (text) => {
    const { data } = LineSchema.safeParse(jsonOf(text));
    if (data === undefined) throw new QuellError('STORE_TAMPERED', 'case index');
    const { entry, alertIds } = data;
    entries.set(caseKey(entry), entry);
    for (const alert_id of alertIds)
      alerts.set(`${alert_id} ${caseKey(entry)}`, { alert_id, case_id: entry.caseId, opened_at: entry.openedAt });
    return true;
  });
  return { entries, alerts };
}

const COLUMNS = [
  ...(['case_id', 'opened_at', 'subject_id', 'written', 'updated_at', 'stage', 'severity', 'verdict'] as const),
  ...(['platforms', 'sources', 'alert_count', 'open_tasks', 'open_plans', 'waits', 'task_roles', 'links'] as const),
  ...(['incident_id', 'closed_as', 'report', 'closed_at'] as const),
];

/** A running case writes what 0.2.0 did not keep of it (waits, times, roles) with its next change: its number is the lowest. `kept`: what its report's files are called now. Errors: those of `query`. */
export async function writeCases(
  target: Target,
  { entries, alerts }: OldCases,
  closed: ReadonlyMap<string, Closed>,
  kept: ReadonlyMap<string, string>,
): Promise<Part> {
  const reportOf = ({ report }: Entry): Entry['report'] | null => {
    const [html, json] = [kept.get(report?.html ?? ''), kept.get(report?.json ?? '')];
    return report && html !== undefined && json !== undefined ? { ...report, html, json } : null;
  };
  const rows = [...entries].map(([key, entry]) => ({
    ...{ case_id: entry.caseId, opened_at: entry.openedAt, subject_id: entry.subjectId, written: 0 },
    ...{ updated_at: entry.updatedAt, stage: entry.stage, severity: SEVERITIES.indexOf(entry.severity) },
    ...{ verdict: entry.verdict, platforms: entry.platforms, sources: [], alert_count: entry.alertCount },
    ...{ open_tasks: entry.openTasks, open_plans: entry.openPlans, waits: [], task_roles: [] },
    ...{ links: closed.get(key)?.links ?? [], incident_id: entry.incidentId ?? null },
    ...{ closed_as: entry.closedAs ?? null, report: reportOf(entry) },
    closed_at: entry.stage === 'closed' ? (closed.get(key)?.closedAt ?? entry.updatedAt) : null,
  }));
  return {
    taken: {
      cases: await insert(target, 'cases', COLUMNS, rows),
      alerts: await insert(target, 'case_alerts', ['alert_id', 'case_id', 'opened_at'], [...alerts.values()]),
    },
    left: {},
  };
}
