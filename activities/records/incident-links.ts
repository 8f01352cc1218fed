import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { AppendFile } from '../../store/append-file.js';
import { readLines } from '../../store/lines.js';

const LineSchema = z.object({ incidentId: z.string(), caseId: z.string(), links: z.array(z.string()) });

/**
 * Which incident an attacker's address, app or session (hashed) belongs to. Append-only, outlives Temporal's retention; one writer, the
 * records role. Errors: STORE, STORE_TAMPERED.
 */
export class IncidentLinks {
  readonly #incidentOf = new Map<string, string>();

  private constructor(private readonly file: AppendFile) {}

  static async open(path: string): Promise<IncidentLinks> {
    const lines: z.infer<typeof LineSchema>[] = [];
    let end = 0;
    for await (const line of readLines(path)) {
      if (!line.whole) break;
      const parsed = LineSchema.safeParse(parse(line.text));
      if (!parsed.success) throw new QuellError('STORE_TAMPERED', 'incident links');
      lines.push(parsed.data);
      end = line.offset + line.length;
    }
    const links = new IncidentLinks(await AppendFile.open(path, end));
    for (const line of lines) links.#take(line.incidentId, line.links);
    return links;
  }

  /** The incident of the first link that is known; else a new one, whose id follows from the links, so that a retry finds the same. */
  async join(caseId: string, given: readonly string[]): Promise<string> {
    const links = [...new Set(given)].sort();
    const known = links.map((l) => this.#incidentOf.get(l)).find((id) => id !== undefined);
    const incidentId = known ?? `incident-${createHash('sha256').update(links.join('\n')).digest('hex').slice(0, 20)}`;
    const fresh = links.filter((l) => !this.#incidentOf.has(l));
    if (fresh.length > 0) {
      this.#take(incidentId, fresh); // before the first wait: a case beside this one joins it
      await this.file.append(`${JSON.stringify({ incidentId, caseId, links: fresh })}\n`);
    }
    return incidentId;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #take(incidentId: string, links: readonly string[]): void {
    for (const link of links) if (!this.#incidentOf.has(link)) this.#incidentOf.set(link, incidentId);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
