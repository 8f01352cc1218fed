import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { SEVERITIES, type Instant, type Severity } from '../../domain/platform.js';
import { AppendFile } from '../../store/append-file.js';
import { readLog } from '../../store/lines.js';

/** A case that closed without an incident: a later one that shares a trace takes it in. */
export interface ClosedCase {
  readonly caseId: string;
  readonly openedAt: Instant;
  readonly severity: Severity;
  readonly links: readonly string[];
  readonly closedAt: Instant;
}

const joined = z.object({
  incidentId: z.string(),
  caseId: z.string(),
  links: z.array(z.string()),
  /** Another case's trace led to it. */
  tied: z.literal(true).exactOptional(),
});
const closed = z.object({
  caseId: z.string(),
  openedAt: z.string(),
  severity: z.enum(SEVERITIES),
  links: z.array(z.string()),
  closedAt: z.string(),
});
const brought = z.object({ brought: z.string(), openedAt: z.string() });
const LineSchema = z.union([closed, joined, brought]);
type Line = z.infer<typeof LineSchema>;

/** A closed case is news to an incident for as long as a quiet incident waits for a related one. */
const REMEMBERED_MS = 30 * 86_400_000;

/**
 * Which incident an attacker's address, app or session (hashed) belongs to, and which cases hold it. Append-only, outlives Temporal's
 * retention; one writer, the records role. Errors: STORE, STORE_TAMPERED.
 */
export class IncidentLinks {
  readonly #incidentOf = new Map<string, string>();
  /** Links by case id. */
  readonly #held = new Map<string, Set<string>>();
  readonly #tied = new Map<string, string>();
  readonly #closedAt = new Map<string, Instant>();
  readonly #waiting = new Map<string, ClosedCase>();

  private constructor(private readonly file: AppendFile) {}

  static async open(path: string): Promise<IncidentLinks> {
    const { entries, end } = await readLog(path, (text): Line => {
      const parsed = LineSchema.safeParse(jsonOf(text));
      if (!parsed.success) throw new QuellError('STORE_TAMPERED', 'incident links');
      return parsed.data;
    });
    const links = new IncidentLinks(await AppendFile.open(path, end));
    for (const entry of entries) links.#take(entry);
    return links;
  }

  /** The incident of the first link that is known; else the one that the case is tied to, or a new one, whose id follows from the links, so that a retry finds the same. */
  async join(caseId: string, given: readonly string[]): Promise<string> {
    const links = [...new Set(given)].sort();
    const known = this.#known(links) ?? this.#tied.get(caseId);
    const incidentId = known ?? `incident-${createHash('sha256').update(links.join('\n')).digest('hex').slice(0, 20)}`;
    const fresh = links.filter((l) => !this.#incidentOf.has(l) || this.#held.get(caseId)?.has(l) !== true);
    // Taken before the first wait: a case beside this one joins it.
    if (fresh.length > 0) await this.#write({ incidentId, caseId, links: fresh });
    return incidentId;
  }

  /** Another case's traces led to this one: one incident, whatever its own evidence shows. */
  async tie(caseId: string, incidentId: string, links: readonly string[]): Promise<void> {
    if (this.#tied.get(caseId) === incidentId && this.#holdsAll(caseId, links)) return;
    await this.#write({ incidentId, caseId, links: [...links], tied: true });
  }

  tiedTo(caseId: string): string | undefined {
    return this.#tied.get(caseId);
  }

  /** Does the case know of these links already? One that closed before `lastAt` does not know of what was seen since. */
  knows(caseId: string, links: readonly string[], lastAt: Instant): boolean {
    const closedAt = this.#closedAt.get(caseId);
    return this.#holdsAll(caseId, links) && (closedAt === undefined || closedAt >= lastAt);
  }

  /** The incident that one of the links belongs to. */
  incidentOf(links: readonly string[]): string | undefined {
    return this.#known([...links].sort());
  }

  /** The case has closed. With links it is in no incident yet, and waits for one. */
  async noteClosed(of: ClosedCase): Promise<void> {
    await this.#write({ ...of, links: [...of.links] });
  }

  /** Cases that closed lately, share a link and are in no incident yet. */
  earlier(links: readonly string[], now: Instant): readonly ClosedCase[] {
    const from = new Date(Date.parse(now) - REMEMBERED_MS).toISOString();
    return [...this.#waiting.values()].filter((c) => c.closedAt >= from && c.links.some((l) => links.includes(l)));
  }

  /** It is in an incident now. */
  async brought({ caseId, openedAt }: ClosedCase): Promise<void> {
    await this.#write({ brought: caseId, openedAt });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #known(links: readonly string[]): string | undefined {
    return links.map((l) => this.#incidentOf.get(l)).find((id) => id !== undefined);
  }

  #holdsAll(caseId: string, links: readonly string[]): boolean {
    const held = this.#held.get(caseId);
    return links.every((l) => held?.has(l) === true);
  }

  async #write(line: Line): Promise<void> {
    this.#take(line);
    await this.file.append(`${JSON.stringify(line)}\n`);
  }

  #take(line: Line): void {
    if ('brought' in line) {
      this.#waiting.delete(`${line.brought}@${line.openedAt}`);
      return;
    }
    this.#held.set(line.caseId, new Set([...(this.#held.get(line.caseId) ?? []), ...line.links]));
    if ('closedAt' in line) {
      this.#closedAt.set(line.caseId, line.closedAt);
      this.#tied.delete(line.caseId);
      if (line.links.length > 0) this.#waiting.set(`${line.caseId}@${line.openedAt}`, line);
      return;
    }
    this.#closedAt.delete(line.caseId); // the subject's next case
    if (line.tied) this.#tied.set(line.caseId, line.incidentId);
    for (const link of line.links) if (!this.#incidentOf.has(link)) this.#incidentOf.set(link, line.incidentId);
  }
}
