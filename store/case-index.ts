import { join } from 'node:path';
import { z } from 'zod';
import { alertCount, CLOSINGS, STAGES, VERDICTS, type CaseState, type Stage, type Verdict } from '../domain/case.js';
import { SEVERITIES, type Instant, type Platform, type Severity } from '../domain/platform.js';
import { QuellError } from '../domain/errors.js';
import { jsonOf } from '../domain/json.js';
import { AppendFile } from './append-file.js';
import { ensureDir, io, writeWhole } from './files.js';
import { LineTail, readLog } from './lines.js';
import { Lock } from './lock.js';
import { platform } from './platform-schema.js';

/** One case as the index knows it: ids and numbers, no personal data. A subject's later case has the same `caseId` and another `openedAt`. */
export interface CaseEntry {
  readonly caseId: string;
  readonly subjectId: string;
  readonly openedAt: Instant;
  readonly updatedAt: Instant;
  readonly stage: Stage;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly platforms: readonly Platform[];
  readonly alertCount: number;
  readonly openTasks: number;
  /** Plans that wait for a decision. */
  readonly openPlans: number;
  readonly incidentId?: string;
  readonly closedAs?: NonNullable<CaseState['closedAs']>;
  readonly report?: NonNullable<CaseState['report']>;
  /** Others the case touched; being contacted or harmed is not being involved. */
  readonly others?: readonly { readonly subjectId: string; readonly part: 'actor' | 'contacted' | 'harmed' }[];
}

/** Distinct incidents in which the subject acted, with verdict `compromised` or `insider`. */
export interface Involvement {
  readonly incidents: readonly string[];
  readonly count: number;
}

const EntrySchema: z.ZodType<CaseEntry> = z.object({
  caseId: z.string(),
  subjectId: z.string(),
  openedAt: z.string(),
  updatedAt: z.string(),
  stage: z.enum(STAGES),
  severity: z.enum(SEVERITIES),
  verdict: z.enum(VERDICTS),
  platforms: z.array(platform),
  alertCount: z.number(),
  openTasks: z.number(),
  openPlans: z.number(),
  incidentId: z.string().exactOptional(),
  closedAs: z.enum(CLOSINGS).exactOptional(),
  report: z.object({ html: z.string(), json: z.string(), sha256: z.string() }).exactOptional(),
  others: z.array(z.object({ subjectId: z.string(), part: z.enum(['actor', 'contacted', 'harmed']) })).exactOptional(),
});
/** A line holds the alerts that are new since the case's line before. */
const LineSchema = z.object({ entry: EntrySchema, alertIds: z.array(z.string()) });

/** What the log says: the last line of a case counts, its alerts add up. */
class Table {
  readonly cases = new Map<string, CaseEntry>();
  readonly alerts = new Map<string, string>();
  lines = 0;

  add(text: string): void {
    const parsed = LineSchema.safeParse(jsonOf(text));
    if (!parsed.success)
      throw new QuellError('STORE_TAMPERED', 'the case index holds a line that it cannot have written');
    const { entry, alertIds } = parsed.data;
    this.lines++;
    this.cases.set(idOf(entry), entry);
    for (const alertId of alertIds) this.alerts.set(alertId, idOf(entry));
  }

  clear(): void {
    this.cases.clear();
    this.alerts.clear();
    this.lines = 0;
  }
}

/** Outlives Temporal's retention. One writer (records), many readers. Errors: STORE, STORE_TAMPERED. */
export class CaseIndexWriter {
  private constructor(
    private readonly lock: Lock,
    private readonly file: AppendFile,
    private readonly table: Table,
  ) {}

  static async open(dir: string): Promise<CaseIndexWriter> {
    const lock = await Lock.take(join(dir, 'lock'));
    try {
      const table = new Table();
      const { entries, end } = await readLog(path(dir), (text) => text);
      for (const text of entries) table.add(text);
      if (table.lines <= 1000 + 4 * table.cases.size)
        return new CaseIndexWriter(lock, await AppendFile.open(path(dir), end), table);
      await compact(dir, table);
      return new CaseIndexWriter(lock, await AppendFile.open(path(dir)), table);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Durable when it resolves; the last entry of a case (caseId and openedAt) counts. `alertIds` join what is known. */
  async put(entry: CaseEntry, alertIds: readonly string[]): Promise<void> {
    const fresh = alertIds.filter((id) => this.table.alerts.get(id) !== idOf(entry));
    const line = JSON.stringify({ entry, alertIds: fresh });
    await this.file.append(`${line}\n`);
    this.table.add(line);
  }

  /** A case that had closed belongs to an incident after all. Unknown cases stay unknown. */
  async setIncident(caseId: string, openedAt: Instant, incidentId: string): Promise<void> {
    const entry = this.table.cases.get(idOf({ caseId, openedAt }));
    if (entry !== undefined && entry.incidentId !== incidentId) await this.put({ ...entry, incidentId }, []);
  }

  async close(): Promise<void> {
    await this.file.close();
    await this.lock.release();
  }
}

export class CaseIndex {
  private readonly table = new Table();
  private readonly tail: LineTail;

  private constructor(dir: string) {
    this.tail = new LineTail(path(dir));
  }

  static async open(dir: string): Promise<CaseIndex> {
    const index = new CaseIndex(dir);
    await index.refresh();
    return index;
  }

  /** Newest first. */
  async list(
    filter: {
      readonly open?: boolean;
      readonly subjectId?: string;
      readonly incidentId?: string;
      readonly limit?: number;
    } = {},
  ): Promise<readonly CaseEntry[]> {
    await this.refresh();
    return [...this.table.cases.values()]
      .filter((entry) => filter.open === undefined || (entry.stage !== 'closed') === filter.open)
      .filter((entry) => filter.subjectId === undefined || entry.subjectId === filter.subjectId)
      .filter((entry) => filter.incidentId === undefined || entry.incidentId === filter.incidentId)
      .sort((a, b) => (a.openedAt < b.openedAt ? 1 : a.openedAt > b.openedAt ? -1 : 0))
      .slice(0, filter.limit);
  }

  /** The newest case of that id. */
  async get(caseId: string): Promise<CaseEntry | undefined> {
    return (await this.list()).find((entry) => entry.caseId === caseId);
  }

  /** The case that holds an alert. */
  async status(alertId: string): Promise<CaseEntry | undefined> {
    await this.refresh();
    return this.table.cases.get(this.table.alerts.get(alertId) ?? '');
  }

  /** Over cases opened in the last `days` before `now`. `subjectId`: with all ids of `SubjectRegistry.allIds` when it was merged. `running` leaves out the case of that id that has not closed; the subject's earlier cases bear the same id. */
  async involvements(
    subjectId: string | readonly string[],
    days: number,
    now: Instant,
    running?: string,
  ): Promise<Involvement> {
    const ids = new Set(typeof subjectId === 'string' ? [subjectId] : subjectId);
    const from = new Date(Date.parse(now) - days * 86_400_000).toISOString();
    const acted = (await this.list()).filter(
      (entry) =>
        entry.openedAt >= from &&
        entry.openedAt <= now &&
        (entry.caseId !== running || entry.stage === 'closed') &&
        entry.closedAs !== 'merged' &&
        (entry.verdict === 'compromised' || entry.verdict === 'insider') &&
        (ids.has(entry.subjectId) ||
          (entry.others ?? []).some((other) => other.part === 'actor' && ids.has(other.subjectId))),
    );
    const incidents = [...new Set(acted.map((entry) => entry.incidentId ?? idOf(entry)))];
    return { incidents, count: incidents.length };
  }

  private refresh(): Promise<void> {
    return this.tail.poll(
      ({ text }) => {
        this.table.add(text);
      },
      () => {
        this.table.clear();
      },
    );
  }
}

/** The entry of a case's state. */
export function caseEntry(state: CaseState, updatedAt: Instant, others?: CaseEntry['others']): CaseEntry {
  const platforms = [
    ...(state.subject?.accounts ?? []).map(({ platform }) => platform),
    ...state.alerts.flatMap(({ platform }) => platform ?? []),
  ];
  return {
    caseId: state.caseId,
    subjectId: state.subjectId,
    openedAt: state.openedAt,
    updatedAt,
    stage: state.stage,
    severity: state.severity,
    verdict: state.verdict,
    platforms: [...new Set(platforms)].sort(),
    alertCount: alertCount(state),
    openTasks: state.tasks.filter(({ status }) => status === 'open').length,
    openPlans: state.plans.filter(({ status }) => status === 'awaiting_approval').length,
    ...(state.incidentId === undefined ? {} : { incidentId: state.incidentId }),
    ...(state.closedAs === undefined ? {} : { closedAs: state.closedAs }),
    ...(state.report === undefined ? {} : { report: state.report }),
    ...(others === undefined ? {} : { others }),
  };
}

/** Rewrites the log with one line a case; readers notice the new file. */
async function compact(dir: string, table: Table): Promise<void> {
  const alertsOf = new Map<string, string[]>();
  for (const [alertId, id] of table.alerts) {
    const held = alertsOf.get(id) ?? [];
    held.push(alertId);
    alertsOf.set(id, held);
  }
  const lines = [...table.cases.values()].map(
    (entry) => `${JSON.stringify({ entry, alertIds: alertsOf.get(idOf(entry)) ?? [] })}\n`,
  );
  await io('case index', async () => {
    await ensureDir(dir);
    await writeWhole(path(dir), lines.join(''));
  });
  table.lines = lines.length;
}

function idOf({ caseId, openedAt }: Pick<CaseEntry, 'caseId' | 'openedAt'>): string {
  return `${caseId}@${openedAt}`;
}

function path(dir: string): string {
  return join(dir, 'cases.jsonl');
}
