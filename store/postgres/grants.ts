import { ROLES, type Role } from '../role-keys.js';

/** As SQL writes it: `INSERT`, `SELECT (seq, dedupe)`. */
export type Privilege = string;

const BUCKETS = ['SELECT', 'INSERT (bucket)', 'UPDATE (silent_until)'];
const LEASES = ['SELECT', 'INSERT (bucket, calls, until)', 'UPDATE (until)', 'DELETE'];

/**
 * What each worker role may do with each table, and nothing besides; who is not named sees nothing. Every table that is named here holds rows
 * of organisations, and a role sees those of its own alone.
 */
export const GRANTS: Readonly<Record<string, Partial<Readonly<Record<Role, readonly Privilege[]>>>>> = {
  rate_buckets: { evidence: BUCKETS, containment: BUCKETS, people: BUCKETS },
  rate_leases: { evidence: LEASES, containment: LEASES, people: LEASES },
  containment_turns: { containment: ['SELECT', 'INSERT', 'UPDATE (holder, until)', 'DELETE'] },
  containment_notes: { containment: ['SELECT', 'INSERT'], console: ['SELECT (plan_digest, step, kind, noted_at)'] },
  containment_uses: { containment: ['SELECT', 'INSERT'] },
  containment_burnt: { containment: ['SELECT', 'INSERT'] },
  containment_budget: { containment: ['SELECT', 'INSERT', 'UPDATE (given)'] },
  containment_leases: { containment: ['SELECT', 'INSERT', 'UPDATE (accounts, at, ends_at, released_at)'] },
  containment_switches: { containment: ['SELECT', 'INSERT'] },
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
  case_joins: { console: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] },
};

/** Functions that every role may call. */
export const FUNCTIONS = ['organisation()', 'newest_step()'] as const;

/** Tables of the schema itself, which no worker role sees. */
export const OWN_TABLES: readonly string[] = ['members', 'schema_migrations', 'schema_steps'];

/** The role of the database that holds the privileges of a worker role; who signs in is a member of it. */
export const groupOf = (role: Role): string => `quell_${role}`;

/** Roles that reach the database: the playbook worker runs workflow code alone. */
export const DATABASE_ROLES: readonly Role[] = ROLES.filter((role) => role !== 'playbook');
