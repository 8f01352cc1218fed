// Reads what 0.2.0 kept; goes with the release after this one.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import type { AuditEntry } from '../audit/entry.js';
import { REPORT_NAMES, type EvidenceWriter } from '../evidence-store.js';
import { errno, io, isSafeName } from '../files.js';
import { checked, problem, type Check, type Problem } from '../verify-check.js';
import { SHREDDED } from '../verify-story.js';
import { goOn } from './audit.js';
import type { Part, Target } from './rows.js';

const Reported = z.looseObject({ files: z.array(z.looseObject({ name: z.string(), sha256: z.string() })) });

/** The plain files of `reports/` that the chain tells of, by name; of a report that was written again the last one counts. */
export class OldReports {
  readonly #named = new Map<string, { readonly caseId: string; readonly sha256: string }>();

  constructor(private readonly dir: string) {}

  /** In the order of the chain. */
  take({ kind, caseId = '', data }: AuditEntry): void {
    if (kind === 'case.reported')
      for (const { name, sha256 } of Reported.safeParse(data).data?.files ?? [])
        this.#named.set(name, { caseId, sha256 });
    if (kind === SHREDDED) for (const [name, of] of this.#named) if (of.caseId === caseId) this.#named.delete(name);
  }

  /** They are those that the chain tells of. Errors: STORE. */
  async prove(): Promise<Check> {
    const problems: Problem[] = [];
    for (const [name, { sha256 }] of this.#named) {
      const bytes = await this.#read(name);
      if (bytes === undefined) problems.push(problem('REPORT_MISSING', `reports/${name}`));
      else if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        problems.push(problem('REPORT_CHANGED', `reports/${name}`));
    }
    return checked('reports', this.#named.size, problems, '');
  }

  /** Keeps them encrypted, each named by an entry behind the chain's end. `keys` has what they are called now. Errors: STORE, those of `query`. */
  async write(
    target: Target,
    writer: EvidenceWriter,
    now: Date,
  ): Promise<{ readonly keys: ReadonlyMap<string, string>; readonly part: Part }> {
    const keys = new Map<string, string>();
    const entries: AuditEntry[] = [];
    for (const [name, { caseId }] of this.#named) {
      const form = extname(name) === '.html' ? REPORT_NAMES.html : REPORT_NAMES.json;
      const file = await writer.writeBytes(caseId, form, (await this.#read(name)) ?? Buffer.of());
      keys.set(name, file.key);
      entries.push({
        ...{ key: `imported:${name}`, at: now.toISOString(), kind: 'case.reported', by: 'owner', caseId },
        evidence: [{ ...file, compartment: 'reports' }],
      });
    }
    await goOn(target, entries);
    return { keys, part: { taken: { files: entries.length }, left: {} } };
  }

  async #read(name: string): Promise<Buffer | undefined> {
    if (!isSafeName(name)) return undefined;
    return io('report', () =>
      readFile(join(this.dir, name)).catch((error: unknown) => {
        if (errno(error) === 'ENOENT') return undefined;
        throw error;
      }),
    );
  }
}
