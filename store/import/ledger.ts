// Reads what 0.2.0 kept; goes with the release after this one.
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import type { Instant } from '../../domain/platform.js';
import type { StepNote } from '../../domain/step-record.js';
import type { AuditEntry } from '../audit/entry.js';
import type { NoteSealer } from '../containment/note-boxes.js';
import { readLog } from '../lines.js';
import { query } from '../postgres/connection.js';
import { insert, type Part, type Target } from './rows.js';

const key = z.string().regex(/^[^:]+:\d+$/);
const write = z.looseObject({ platform: z.string(), operation: z.string(), targetId: z.string() });
const dated = z.looseObject({ at: z.iso.datetime() });
const lease = z.strictObject({
  owner: z.string(),
  accounts: z.array(z.looseObject({ accountId: z.string() })),
  at: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  releasedAt: z.iso.datetime().optional(),
});
const signed = z.looseObject({ body: z.looseObject({ nonce: z.string() }), keyId: z.string(), signature: z.string() });
const EntrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('used'), token: z.string(), plan: z.string() }),
  z.object({ type: z.literal('burnt'), token: z.string() }),
  z.object({ type: z.literal('leased'), lease }),
  z.object({ type: z.literal('lease_ended'), owner: z.string(), at: z.iso.datetime() }),
  z.object({ type: z.literal('switched'), signed, stopped: dated.optional() }),
  z.object({ type: z.literal('begun'), key, begun: dated }),
  z.object({ type: z.enum(['intended', 'refuted']), key, undo: z.boolean(), write }),
  z.object({ type: z.enum(['result', 'released']), key, result: dated }),
  z.object({ type: z.literal('reverting'), key, reverting: dated }),
]);
type Entry = z.infer<typeof EntrySchema>;
type Lease = z.infer<typeof lease>;
interface Note {
  readonly key: string;
  readonly kind: StepNote['kind'];
  readonly content: object;
  readonly at: Instant | undefined;
}

/** The containment worker's memory, as the log says it. */
export class OldLedger {
  readonly used = new Map<string, string>();
  readonly burnt = new Set<string>();
  readonly leases = new Map<string, Lease>();
  /** By nonce, as they were obeyed. */
  readonly switches = new Map<string, { readonly signed: object; readonly stopped: object | undefined }>();
  #notes: Note[] = [];

  get notes(): readonly Note[] {
    return this.#notes;
  }

  take(entry: Entry): void {
    switch (entry.type) {
      case 'used':
        this.used.set(entry.token, entry.plan);
        return;
      case 'burnt':
        this.burnt.add(entry.token);
        return;
      case 'leased':
        this.leases.set(entry.lease.owner, entry.lease);
        return;
      case 'lease_ended': {
        const held = this.leases.get(entry.owner);
        if (held) this.leases.set(entry.owner, { ...held, releasedAt: entry.at });
        return;
      }
      case 'switched':
        this.switches.delete(entry.signed.body.nonce);
        this.switches.set(entry.signed.body.nonce, { signed: entry.signed, stopped: entry.stopped });
        return;
      case 'begun':
        this.first('begun', entry.key, entry.begun);
        return;
      case 'reverting':
        this.first('reverting', entry.key, entry.reverting);
        return;
      case 'intended':
      case 'refuted':
        this.note(entry.undo ? `undo_${entry.type}` : entry.type, entry.key, entry.write);
        return;
      case 'result':
        this.last('finished', entry.key, entry.result);
        return;
      case 'released':
        this.last('released', entry.key, entry.result);
    }
  }

  /** When each step had its result: as `resultsIn` says it of the tables. */
  results(): ReadonlyMap<string, Instant> {
    return new Map(
      this.#notes.flatMap(({ key, kind, at }) =>
        at !== undefined && (kind === 'finished' || kind === 'released')
          ? [[`${key}:${kind === 'finished' ? 'act' : 'undo'}`, at] as const]
          : [],
      ),
    );
  }

  private first(kind: StepNote['kind'], key: string, content: z.infer<typeof dated>): void {
    if (!this.has(kind, key)) this.note(kind, key, content, content.at);
  }

  private last(kind: StepNote['kind'], key: string, content: z.infer<typeof dated>): void {
    if (this.has(kind, key)) this.#notes = this.#notes.filter((note) => note.kind !== kind || note.key !== key);
    this.note(kind, key, content, content.at);
  }

  private note(kind: StepNote['kind'], key: string, content: object, at?: Instant): void {
    this.#notes.push({ key, kind, content, at });
    this.#once.add(`${kind} ${key}`);
  }

  readonly #once = new Set<string>();
  private has(kind: StepNote['kind'], key: string): boolean {
    return this.#once.has(`${kind} ${key}`);
  }
}

/** Reads `containment/ledger.jsonl`. A last line that was cut short was never acted on. Errors: STORE_TAMPERED when a line is none, STORE. */
export async function readLedger(path: string): Promise<OldLedger> {
  const ledger = new OldLedger();
  await readLog(path, (text) => {
    const { data } = EntrySchema.safeParse(jsonOf(text));
    if (data === undefined) throw new QuellError('STORE_TAMPERED', 'action ledger');
    ledger.take(data);
    return data;
  });
  return ledger;
}

const Planned = z.looseObject({ planDigest: z.string() });

/** Whose case a plan was, as the audit chain says it; the ledger did not. */
export class CasesOfPlans {
  readonly #cases = new Map<string, string>();

  take({ caseId, data }: AuditEntry): void {
    const plan = Planned.safeParse(data).data?.planDigest;
    if (plan !== undefined && caseId !== undefined) this.#cases.set(plan, caseId);
  }

  of(planDigest: string): string {
    return this.#cases.get(planDigest) ?? 'case-unknown';
  }
}

/** `now`: of notes that did not say when. Errors: those of `query` and of `NoteSealer`. */
export async function writeLedger(
  target: Target,
  ledger: OldLedger,
  { sealer, cases }: { readonly sealer: NoteSealer; readonly cases: CasesOfPlans },
  now: Date,
): Promise<Part> {
  const sealing = ledger.notes.map(async ({ key, kind, content, at }) => {
    const [planDigest = '', digits] = key.split(':');
    const step = Number(digits);
    const id = { caseId: cases.of(planDigest), planDigest, step };
    return {
      ...{ plan_digest: planDigest, step, kind, noted_at: at ?? now.toISOString() },
      content: await sealer.seal(id, { kind, content }),
    };
  });
  const notes = await Promise.all(sealing);
  const leases = [...ledger.leases.values()].map(({ owner, accounts, at, endsAt, releasedAt = null }) => ({
    ...{ owner, accounts, at, ends_at: endsAt, released_at: releasedAt },
  }));
  const switches = [...ledger.switches].map(([nonce, { signed: words, stopped = null }], i) => ({
    ...{ number: i + 1, nonce, signed: words, stopped, obeyed_at: now.toISOString() },
  }));
  if (leases.length > 0)
    await query(target.on, 'INSERT INTO containment_budget (organisation, given) VALUES ($1, $2)', [
      target.organisation,
      leases.length,
    ]);
  return {
    taken: {
      'notes of steps': await insert(
        target,
        'containment_notes',
        ['plan_digest', 'step', 'kind', 'content', 'noted_at'],
        notes,
      ),
      'used decisions': await insert(
        target,
        'containment_uses',
        ['token', 'plan_digest', 'used_at'],
        [...ledger.used].map(([token, plan_digest]) => ({ token, plan_digest, used_at: now.toISOString() })),
      ),
      'burnt grounds': await insert(
        target,
        'containment_burnt',
        ['token', 'burnt_at'],
        [...ledger.burnt].map((token) => ({ token, burnt_at: now.toISOString() })),
      ),
      leases: await insert(target, 'containment_leases', ['owner', 'accounts', 'at', 'ends_at', 'released_at'], leases),
      'decisions on the stop': await insert(
        target,
        'containment_switches',
        ['number', 'nonce', 'signed', 'stopped', 'obeyed_at'],
        switches,
      ),
    },
    left: {},
  };
}
