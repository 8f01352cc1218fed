import { z } from 'zod';
import type { AuditEntry, FileOfLine } from './audit/entry.js';
import { COMPARTMENTS, type Compartment } from './compartment.js';
import { addRow, LEDGER_NOTED, type LedgerRows } from './containment/ledger-rows.js';
import { MANIFEST } from './evidence-store.js';

/** Kind of the audit entry that says that the keys of its case were deleted. */
export const SHREDDED = 'case.shredded';

/** These are believed, so that no other role may say them. */
const SAID_BY: ReadonlyMap<string, string> = new Map([
  [SHREDDED, 'records'],
  [LEDGER_NOTED, 'containment'],
]);

export const maySay = (writer: string, { kind }: AuditEntry): boolean => (SAID_BY.get(kind) ?? writer) === writer;

const Shredded = z.looseObject({ parts: z.array(z.string()), compartments: z.array(z.enum(COMPARTMENTS)) });
const Opened = z.looseObject({ policyDigest: z.string() });
const Acted = z.looseObject({ planDigest: z.string(), step: z.number() });
const Noted = z.object({ row: z.string(), sha256: z.string() });
/** Steps that took effect, or were found done: the containment worker's ledger has their results. */
export const ACTED = /^action\.(act|undo)\.(done|already)$/;

export const isManifest = (key: string): boolean => key.startsWith(`${MANIFEST}.`);

/** What the audit chain says that there must be. Entries are taken in the chain's order. */
export class ChainStory {
  readonly cases = new Set<string>();
  /** Compartments whose keys were destroyed, by case. */
  readonly shredded = new Map<string, ReadonlySet<Compartment>>();
  /** Dossier files of shredded cases, by case. A bucket that locked them has them still, and the dossier of a later case of the same person lists them again. */
  readonly #gone = new Map<string, Set<string>>();
  /** Cases of which the index keeps nothing any more. */
  readonly unlisted = new Set<string>();
  /** Case that was pinned to a policy, by the policy's digest. */
  readonly policies = new Map<string, string>();
  /** Files by case, compartment and key. */
  readonly files = new Map<string, Map<string, FileOfLine>>();
  /** Evidence files that were collected without a manifest, with their case. */
  readonly unproven = new Map<string, string>();
  /** Case by `actionKey`. */
  readonly actions = new Map<string, string>();
  /** What the containment workers' ledger must hold. */
  readonly ledger: LedgerRows = new Map();

  take(entry: AuditEntry): void {
    const { kind, caseId = '', evidence = [], data } = entry;
    if (kind === 'case.opened') {
      this.cases.add(caseId);
      this.unlisted.delete(caseId);
      const digest = Opened.safeParse(data).data?.policyDigest;
      if (digest !== undefined) this.policies.set(digest, caseId);
    }
    for (const ref of evidence) this.name(caseId, ref);
    if (kind === 'evidence.collected' && !evidence.some(({ key }) => isManifest(key)))
      for (const { key } of evidence) this.unproven.set(key, caseId);
    const action = actionKey(entry);
    if (action !== undefined) this.actions.set(action, caseId);
    if (kind === LEDGER_NOTED) this.note(data);
    if (kind === SHREDDED) this.shred(caseId, data);
  }

  private note(data: AuditEntry['data']): void {
    const row = Noted.safeParse(data).data;
    if (row) addRow(this.ledger, row);
  }

  private name(caseId: string, ref: FileOfLine): void {
    const files = this.files.get(caseId) ?? new Map<string, FileOfLine>();
    this.files.set(caseId, files);
    const id = `${ref.compartment}/${ref.key}`;
    if (this.#gone.get(caseId)?.has(id)) return;
    files.set(id, { ...files.get(id), ...ref });
  }

  /** What was written before may go; a later case of the same person is a case like any. */
  private shred(caseId: string, data: AuditEntry['data']): void {
    const { parts = [], compartments = COMPARTMENTS } = Shredded.safeParse(data).data ?? {};
    this.shredded.set(caseId, new Set([...(this.shredded.get(caseId) ?? []), ...compartments]));
    if (parts.includes('row')) this.unlisted.add(caseId);
    const files = this.files.get(caseId);
    for (const [id, { compartment }] of files ?? []) {
      if (!compartments.includes(compartment)) continue;
      files?.delete(id);
      if (compartment === 'dossier') this.#gone.set(caseId, (this.#gone.get(caseId) ?? new Set()).add(id));
    }
    if (compartments.includes('evidence'))
      for (const [key, of] of this.unproven) if (of === caseId) this.unproven.delete(key);
  }
}

/** Plan, step and `act` or `undo` of an entry that tells of a step which took effect. */
export function actionKey({ kind, data }: AuditEntry): string | undefined {
  const what = ACTED.exec(kind)?.[1];
  if (what === undefined) return undefined;
  const acted = Acted.safeParse(data).data;
  return acted === undefined ? undefined : `${acted.planDigest}:${acted.step}:${what}`;
}
