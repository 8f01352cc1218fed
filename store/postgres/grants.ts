import { ROLES, type Role } from '../role-keys.js';

/** As SQL writes it: `INSERT`, `SELECT (seq, dedupe)`. */
export type Privilege = string;

const NOTES = ['INSERT (key, entry)'];
const BUCKETS = ['SELECT', 'INSERT (bucket)', 'UPDATE (silent_until)'];
const LEASES = ['SELECT', 'INSERT (bucket, calls, until)', 'UPDATE (calls, until)', 'DELETE'];

/**
 * What each worker role may do with each table, and nothing besides; who is not named sees nothing. Every table that is named here holds rows
 * of organisations, and a role sees those of its own alone.
 */
export const GRANTS: Readonly<Record<string, Partial<Readonly<Record<Role, readonly Privilege[]>>>>> = {
  audit_entries: {
    evidence: NOTES,
    containment: NOTES,
    records: [...NOTES, 'SELECT'],
    console: [...NOTES, 'SELECT'],
  },
  audit_waiting: { records: ['SELECT', 'DELETE'], console: ['SELECT'] },
  audit_lines: { records: ['SELECT', 'INSERT'], console: ['SELECT'] },
  audit_checkpoints: { records: ['SELECT', 'INSERT'], console: ['SELECT'] },
  audit_heads: { records: ['SELECT', 'INSERT', 'UPDATE'] },
  rate_buckets: { evidence: BUCKETS, containment: BUCKETS, people: BUCKETS },
  rate_leases: { evidence: LEASES, containment: LEASES, people: LEASES },
  containment_turns: { containment: ['SELECT', 'INSERT', 'UPDATE (holder, until)', 'DELETE'] },
  // Console: for `quell verify`, which holds each row against what the audit log says of it.
  containment_notes: { containment: ['SELECT', 'INSERT'], console: ['SELECT'] },
  containment_uses: { containment: ['SELECT', 'INSERT'], console: ['SELECT'] },
  containment_burnt: { containment: ['SELECT', 'INSERT'], console: ['SELECT'] },
  containment_budget: { containment: ['SELECT', 'INSERT', 'UPDATE (given)'] },
  containment_leases: {
    containment: ['SELECT', 'INSERT', 'UPDATE (accounts, at, ends_at, released_at)'],
    console: ['SELECT'],
  },
  containment_switches: { containment: ['SELECT', 'INSERT'], console: ['SELECT'] },
  // The key is noted by whichever role comes first, and counted up by those that bind and join.
  subject_registry: {
    evidence: ['SELECT', 'INSERT (key_id)', 'UPDATE (changes)'],
    records: ['SELECT', 'INSERT (key_id)', 'UPDATE (changes)'],
    console: ['SELECT', 'INSERT (key_id)'],
    people: ['SELECT', 'INSERT (key_id)'],
    analysis: ['SELECT', 'INSERT (key_id)'],
  },
  subjects: {
    evidence: ['SELECT', 'INSERT (subject_id, canonical)', 'UPDATE (canonical, profile, known_at)'],
    records: ['SELECT', 'UPDATE (canonical)', 'DELETE'],
    console: ['SELECT', 'INSERT (subject_id, canonical)'],
    people: ['SELECT'],
    analysis: ['SELECT'],
  },
  // Only who reads directories says that an alias is verified, and reads what it is.
  subject_aliases: {
    evidence: ['SELECT', 'INSERT (alias, subject_id, verified, box)', 'UPDATE (subject_id, verified, box)'],
    console: ['SELECT (organisation, alias, subject_id)', 'INSERT (alias, subject_id, box)'],
    records: ['SELECT (organisation, alias, subject_id)', 'DELETE'],
    people: ['SELECT (organisation, alias, subject_id)'],
    analysis: ['SELECT (organisation, alias, subject_id)'],
  },
  cases: {
    records: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    console: ['SELECT'],
    analysis: [
      'SELECT (case_id, opened_at, subject_id, verdict, incident_id, closed_as, closed_at)', // a subject's earlier incidents, others in the same one
    ],
  },
  case_alerts: { records: ['SELECT', 'INSERT', 'DELETE'], console: ['SELECT'] },
  plan_waits: { records: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], console: ['SELECT'] },
  incident_links: { records: ['SELECT', 'INSERT', 'UPDATE (incident_id)', 'DELETE'] },
  case_links: { records: ['SELECT', 'INSERT', 'DELETE'] },
  case_ties: { records: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] },
  case_holds: { records: ['SELECT', 'INSERT (case_id, held_by, note)', 'DELETE'], console: ['SELECT'] },
  case_forgettings: {
    records: ['SELECT', 'INSERT (case_id, because, closed_at)', 'UPDATE (because, closed_at, going, at)', 'DELETE'],
    console: ['SELECT'],
  },
  forget_decisions: { records: ['SELECT', 'INSERT (nonce, digest)', 'UPDATE (done_at, refused)'] },
  ended_sessions: { console: ['SELECT', 'INSERT', 'DELETE'] },
  inbox: {
    // It cannot read what it keeps, nor change or take away anything.
    intake: [
      'INSERT (kind, source, dedupe, received_at, sealed_key, box)',
      'SELECT (organisation, seq, dedupe, bytes, status, settled_at, reason, alert_ids, case_ids)',
    ],
    console: [
      'SELECT',
      'UPDATE (status, settled_at, reason, alert_ids, case_ids, resent, named, sealed_key, box, claimed_by, free_at, tries, why, held_for)',
      'DELETE',
    ],
  },
  case_joins: { console: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], records: ['SELECT (case_id, telling_until)'] },
  source_turns: { console: ['SELECT', 'INSERT (source)', 'UPDATE (turns)'] },
};

/** Functions that every role may call. */
export const FUNCTIONS = ['organisation()', 'worker_role()', 'newest_step()'] as const;

/** Tables of which a role sees its own rows alone. */
export const OF_ONE_ROLE: readonly string[] = ['rate_buckets', 'rate_leases'];

/** Functions that only triggers call. Whoever may call one could hang it on a temporary table, and so write by its rights: into every organisation. */
export const TRIGGER_FUNCTIONS = ['audit_waits()'] as const;

/** Tables of the schema itself, which no worker role sees. */
export const OWN_TABLES: readonly string[] = ['members', 'schema_lock', 'schema_migrations', 'schema_steps'];

/** The role of the database that holds the privileges of a worker role; who signs in is a member of it. */
export const groupOf = (role: Role): string => `quell_${role}`;

/** Roles that reach the database: the playbook worker runs workflow code alone. */
export const DATABASE_ROLES: readonly Role[] = ROLES.filter((role) => role !== 'playbook');
