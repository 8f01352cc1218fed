import { QuellError, type ErrorCode } from '../domain/errors.js';
import type { Platform } from '../domain/platform.js';
import { hangsOn, reasonsOf, type Need } from './needs.js';
import type { VendorRole } from './operation.js';
import type { Limitation } from './ports.js';

/** Whether a credential can be used at all; named as in `Need.of`. `absent`: needed and not there; `refused`: the vendor does not take it. */
export interface CredentialFinding {
  readonly credential: string;
  readonly status: 'good' | 'absent' | 'refused' | 'unreadable' | 'unreachable';
  readonly because?: string;
}
/** `beyond`: given, and nothing that the role does needs it. */
export interface ScopeFinding {
  readonly scope: string;
  readonly of: string;
  readonly status: 'given' | 'missing' | 'beyond' | 'unknown';
  readonly why: readonly string[];
  readonly lost: readonly string[];
}
/** A role or privilege that the account behind a credential holds, beside its scopes. */
export interface RightFinding {
  readonly right: string;
  /** `unproven`: no read would show it. */
  readonly status: ScopeFinding['status'] | 'unproven';
  readonly because?: string;
  readonly lost: readonly string[];
}
export interface OperationFinding {
  readonly operation: string;
  readonly writes: boolean;
  readonly allowed: 'yes' | 'no' | 'unknown';
  /** What a `yes` rests on. No write is ever tried, nor a read of one person's data. */
  readonly by?: 'trial' | 'scopes';
  readonly because?: string;
}
export interface PlanFinding {
  readonly plan: string;
  readonly status: 'there' | 'missing' | 'unknown';
  readonly lost: readonly string[];
}

/** What the credentials of one role allow at one tenant. */
export interface RoleCheck {
  readonly platform: Platform;
  readonly tenant: string;
  readonly role: VendorRole;
  readonly credentials: readonly CredentialFinding[];
  readonly scopes: readonly ScopeFinding[];
  readonly rights: readonly RightFinding[];
  readonly operations: readonly OperationFinding[];
  readonly plan: readonly PlanFinding[];
  readonly limitations: readonly Limitation[];
}

/** What a vendor's own check tells; what the platform cannot do comes from its port. */
export type VendorCheck = Omit<RoleCheck, 'limitations'>;

/** How an operation ended that was tried; without a code it was allowed. */
export interface Outcome {
  readonly code?: ErrorCode;
  /** The vendor's typed code, as the error carries it. */
  readonly because?: string;
}

/** What a vendor's check found out, before it is put together. */
export interface Facts {
  readonly role: VendorRole;
  readonly needs: readonly Need[];
  readonly credentials: readonly CredentialFinding[];
  /** Scopes by `Need.of`; what is not there could not be read. */
  readonly given: ReadonlyMap<string, ReadonlySet<string>>;
  /** Scopes of those that could not be read all the same, one by one. */
  readonly untold?: ReadonlyMap<string, ReadonlySet<string>>;
  /** By name of the operation. */
  readonly tried: ReadonlyMap<string, Outcome>;
  readonly rights: readonly (Omit<RightFinding, 'lost'> & { readonly operations: readonly string[] })[];
}

/** Tries what changes nothing. Only the caller's own cancellation is thrown. */
export async function outcomeOf(attempt: () => Promise<unknown>): Promise<Outcome> {
  try {
    await attempt();
    return {};
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    if (error.code === 'VENDOR_NOT_FOUND') return {}; // it was looked for
    return { code: error.code, because: error.detail ?? error.code };
  }
}

/** What an error says of the credential that was used. */
export function credentialFinding(credential: string, { code, because }: Outcome): CredentialFinding {
  if (code === undefined) return { credential, status: 'good' };
  const status =
    code === 'VENDOR_AUTH' || code === 'VENDOR_SCOPE' ? 'refused' : code === 'CONFIG' ? 'unreadable' : 'unreachable';
  return { credential, status, ...(because === undefined ? {} : { because }) };
}

/** Puts the facts together. */
export function findingsOf(facts: Facts): Omit<VendorCheck, 'platform' | 'tenant' | 'role'> {
  const { role, needs } = facts;
  return {
    credentials: facts.credentials,
    scopes: scopesOf(facts),
    rights: facts.rights.map(({ operations, ...right }) => ({
      ...right,
      lost: hangsOn(
        role,
        needs.filter((n) => operations.includes(n.operation.name)),
      ).lost,
    })),
    operations: needs.map((need) => operationOf(facts, need)),
    plan: plansOf(facts),
  };
}

function scopesOf({ role, needs, given, untold }: Facts): readonly ScopeFinding[] {
  const reasons = reasonsOf(role, needs);
  const needed = reasons.map(({ scope, of, why, lost }): ScopeFinding => {
    const held = given.get(of);
    const unknown = held === undefined || untold?.get(of)?.has(scope) === true;
    return { scope, of, status: unknown ? 'unknown' : held.has(scope) ? 'given' : 'missing', why, lost };
  });
  const beyond = [...given].flatMap(([of, held]) =>
    [...held]
      .filter((scope) => !reasons.some((r) => r.of === of && r.scope === scope))
      .map((scope): ScopeFinding => ({ scope, of, status: 'beyond', why: [], lost: [] })),
  );
  return [...needed, ...beyond].sort((a, b) => compare(a.of, b.of) || compare(a.scope, b.scope));
}

function operationOf(facts: Facts, { operation, of, scopes }: Need): OperationFinding {
  const { credentials, given, untold, tried, rights } = facts;
  const finding = { operation: operation.name, writes: operation.writes };
  const bad = credentials.find((c) => c.credential === of && c.status !== 'good');
  if (bad) {
    const allowed = bad.status === 'absent' || bad.status === 'refused' ? 'no' : 'unknown';
    return { ...finding, allowed, because: `credential ${of}: ${bad.because ?? bad.status}` };
  }
  const held = given.get(of);
  const unknown = scopes.filter((s) => held === undefined || untold?.get(of)?.has(s) === true);
  const missing = scopes.filter((s) => held?.has(s) === false && !unknown.includes(s));
  if (missing.length > 0) return { ...finding, allowed: 'no', because: `needs ${missing.join(', ')}` };
  const outcome = tried.get(operation.name);
  if (outcome && outcome.code === undefined) return { ...finding, allowed: 'yes', by: 'trial' };
  if (outcome?.code !== undefined)
    return {
      ...finding,
      allowed: REFUSED.has(outcome.code) ? 'no' : 'unknown',
      because: outcome.because ?? outcome.code,
    };
  const right = rights.find(
    (r) => (r.status === 'missing' || r.status === 'unknown') && r.operations.includes(operation.name),
  );
  if (right)
    return { ...finding, allowed: right.status === 'missing' ? 'no' : 'unknown', because: `needs ${right.right}` };
  if (unknown.length > 0) return { ...finding, allowed: 'unknown', because: 'scopes could not be read' };
  return { ...finding, allowed: 'yes', by: 'scopes' };
}

const REFUSED: ReadonlySet<ErrorCode> = new Set(['VENDOR_AUTH', 'VENDOR_SCOPE', 'VENDOR_PLAN']);

function plansOf({ role, needs, tried }: Facts): readonly PlanFinding[] {
  const plans = [...new Set(needs.flatMap((n) => (n.plan === undefined ? [] : [n.plan])))].sort();
  return plans.map((plan) => {
    const under = needs.filter((n) => n.plan === plan);
    const ended = under.flatMap((n) => tried.get(n.operation.name) ?? []);
    const status = ended.some((o) => o.code === 'VENDOR_PLAN')
      ? 'missing'
      : ended.some((o) => o.code === undefined)
        ? 'there'
        : 'unknown';
    return { plan, status, lost: hangsOn(role, under).lost };
  });
}

/** 0: all that is needed is there; 1: something needed is missing; 2: something could not be told, and nothing is known to be missing. */
export function verdictOf(checks: readonly RoleCheck[]): 0 | 1 | 2 {
  if (checks.some(lacks)) return 1;
  return checks.some(isUnsure) ? 2 : 0;
}

const lacks = ({ credentials, scopes, rights, operations, plan }: RoleCheck): boolean =>
  credentials.some((c) => c.status === 'absent' || c.status === 'refused') ||
  [...scopes, ...rights, ...plan].some((f) => f.status === 'missing') ||
  operations.some((o) => o.allowed === 'no');

const isUnsure = ({ credentials, scopes, rights, operations }: RoleCheck): boolean =>
  credentials.some((c) => c.status !== 'good') ||
  [...scopes, ...rights].some((f) => f.status === 'unknown') ||
  operations.some((o) => o.allowed === 'unknown');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
