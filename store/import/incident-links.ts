// Reads what 0.2.0 kept; goes with the release after this one.
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { SEVERITIES } from '../../domain/platform.js';
import { readLog } from '../lines.js';
import { caseKey, type Closed } from './cases.js';
import { insert, type Part, type Target } from './rows.js';

const links = z.array(z.string());
const closed = z.object({
  ...{ caseId: z.string(), openedAt: z.iso.datetime(), severity: z.enum(SEVERITIES) },
  ...{ links, closedAt: z.iso.datetime() },
});
const joined = z.object({ incidentId: z.string(), caseId: z.string(), links, tied: z.literal(true).optional() });
const brought = z.object({ brought: z.string(), openedAt: z.string() });
const LineSchema = z.union([closed, joined, brought]);
type Line = z.infer<typeof LineSchema>;

/** Which incident a trace belongs to and which cases know of it, as the log says it. */
export class OldLinks {
  readonly incidentOf = new Map<string, string>();
  /** Links by case. */
  readonly held = new Map<string, Set<string>>();
  readonly tied = new Map<string, string>();
  /** By `caseKey`. */
  readonly closed = new Map<string, Closed>();

  take(line: Line): void {
    if ('brought' in line) {
      const key = caseKey({ caseId: line.brought, openedAt: line.openedAt });
      const was = this.closed.get(key);
      if (was) this.closed.set(key, { ...was, links: [] });
      return;
    }
    this.held.set(line.caseId, new Set([...(this.held.get(line.caseId) ?? []), ...line.links]));
    if ('closedAt' in line) {
      this.tied.delete(line.caseId);
      this.closed.set(caseKey(line), line);
      return;
    }
    if (line.tied) this.tied.set(line.caseId, line.incidentId);
    for (const link of line.links) if (!this.incidentOf.has(link)) this.incidentOf.set(link, line.incidentId);
  }
}

/** Reads `cases/incident-links.jsonl`. Errors: STORE_TAMPERED when a line is none, STORE. */
export async function readLinks(path: string): Promise<OldLinks> {
  const found = new OldLinks();
  await readLog(path, (text) => {
    const { data } = LineSchema.safeParse(jsonOf(text));
    if (data === undefined) throw new QuellError('STORE_TAMPERED', 'incident links');
    found.take(data);
    return data;
  });
  return found;
}

/** `now`: a tie that lasts came after its subject's last close. Errors: those of `query`. */
export async function writeLinks(target: Target, { incidentOf, held, tied }: OldLinks, now: Date): Promise<Part> {
  const known = [...held].flatMap(([case_id, its]) => [...its].map((link) => ({ link, case_id })));
  return {
    taken: {
      'traces of incidents': await insert(
        target,
        'incident_links',
        ['link', 'incident_id'],
        [...incidentOf].map(([link, incident_id]) => ({ link, incident_id })),
      ),
      'traces that cases know': await insert(target, 'case_links', ['link', 'case_id'], known),
      ties: await insert(
        target,
        'case_ties',
        ['case_id', 'incident_id', 'tied_at'],
        [...tied].map(([case_id, incident_id]) => ({ case_id, incident_id, tied_at: now.toISOString() })),
      ),
    },
    left: {},
  };
}
