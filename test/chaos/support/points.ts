import type { Role } from '../../../store/role-keys.js';
import type { Kill, KillPlan } from './killing.js';
import type { Statement } from './wire.js';

/** An edge between a role and the database at which its process is killed. */
export interface Edge {
  readonly role: Role;
  /** What the statement stands for. */
  readonly what: string;
  is(statement: Statement): boolean;
}

type Is = Edge['is'];
const says =
  (text: string): Is =>
  (statement) =>
    statement.text.includes(text);
/** One of its parameters is this word, or holds it as JSON does. */
const about =
  (text: string, word: string): Is =>
  (statement) =>
    statement.text.includes(text) && statement.values.some((v) => v === word || v.includes(`"${word}"`));
const commitOf =
  (text: string): Is =>
  (statement) =>
    statement.text === 'COMMIT' && statement.within.some((one) => one.text.includes(text));

const edges = (role: Role, of: Readonly<Record<string, Is>>): readonly Edge[] =>
  Object.entries(of).map(([what, is]) => ({ role, what, is }));

const NOTE = 'INSERT INTO audit_entries';
const CALLS = { 'calls of a vendor leased': commitOf('INSERT INTO rate_leases') };

/** A case from its alert to its end. Of a transaction the COMMIT stands for its statements: killed before it, the server undoes them all, as it does the lines of the audit chain here. */
export const CASE_EDGES: readonly Edge[] = [
  ...edges('intake', { accept: says('INSERT INTO inbox') }),
  ...edges('console', {
    claim: says('UPDATE inbox SET claimed_by = $4'),
    'new case let in': commitOf('INSERT INTO source_turns'),
    'subject made': says('INSERT INTO subjects'),
    'case told': says('INSERT INTO case_joins AS c'),
    settle: about('UPDATE inbox i SET status = o.status', 'delivered'),
    'dead letter': about('UPDATE inbox i SET status = o.status', 'dead_letter'),
  }),
  ...edges('evidence', {
    ...CALLS,
    'aliases bound': commitOf('UPDATE subject_registry'),
    profile: says('UPDATE subjects SET profile'),
    'audit entry': says(NOTE),
  }),
  ...edges('people', CALLS),
  ...edges('containment', {
    ...CALLS,
    'turn taken': says('INSERT INTO containment_turns'),
    'decision used': says('INSERT INTO containment_uses'),
    'decision and budget bound': commitOf('INSERT INTO containment_budget'),
    'step begun': about('INSERT INTO containment_notes', 'begun'),
    'write announced': about('INSERT INTO containment_notes', 'intended'),
    'step finished': about('INSERT INTO containment_notes', 'finished'),
    'turn ended': says('DELETE FROM containment_turns'),
    'audit entry': says(NOTE),
  }),
  ...edges('records', {
    'case row': says('INSERT INTO cases AS c'),
    'whom a plan waits for': says('INSERT INTO plan_waits'),
    'incident of a case': commitOf('INSERT INTO incident_links'),
    'what a closed case knows': says('INSERT INTO case_links'),
    'audit entry': says(NOTE),
    'audit lines': says('INSERT INTO audit_lines'),
    'audit chain signed': commitOf('INSERT INTO audit_checkpoints'),
  }),
];

/** A kill at each edge, before the server has the statement and after it is done there, each once, as the statement comes by. */
export class EachOnce implements KillPlan {
  readonly #left: Set<Kill & { readonly edge: Edge }>;

  constructor(edges: readonly Edge[]) {
    this.#left = new Set(
      edges.flatMap((edge) =>
        (['before', 'after'] as const).map((when) => ({ name: `${edge.role}: ${edge.what}, ${when}`, when, edge })),
      ),
    );
  }

  /** Those that no statement came by for. */
  get left(): readonly string[] {
    return [...this.#left].map(({ name }) => name);
  }

  at(role: Role, statement: Statement): Kill | undefined {
    const kill = [...this.#left].find(({ edge }) => edge.role === role && edge.is(statement));
    if (kill) this.#left.delete(kill);
    return kill;
  }

  giveBack(kill: Kill): void {
    if ('edge' in kill) this.#left.add(kill as Kill & { readonly edge: Edge });
  }
}
