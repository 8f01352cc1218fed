import type { ActTarget, TargetOf, TargetType } from '../domain/act-target.js';
import { QuellError } from '../domain/errors.js';
import type { ResolvedSummary } from '../domain/plan.js';
import type { TenantRef } from '../domain/platform.js';
import type { ProtectedBecause } from '../domain/subject.js';
import type { CallOptions, Resolvers, TargetReading } from './ports.js';

declare const RESOLVED: unique symbol;

/** An account that a write affects, by the vendor's own id of it. */
export interface AffectedAccount {
  readonly accountId: string;
  readonly kind: 'person' | 'guest' | 'app' | 'shared';
  /** Vendor's id of the organisation that the account belongs to. */
  readonly homeTenant: string;
  /** As the directory names it; undefined where it does not. */
  readonly department: string | undefined;
  readonly protectedBecause: readonly ProtectedBecause[];
}

interface ResolvedFacts {
  readonly [RESOLVED]: true;
  readonly at: TenantRef;
  /** Every account that the write affects. */
  readonly affects: readonly AffectedAccount[];
  readonly reach: ResolvedSummary['reach'];
  /** Why the thing itself is protected, whoever it belongs to. */
  readonly protectedBecause: readonly ProtectedBecause[];
}

/**
 * A target as it is at the vendor, in the vendor's own spelling, with every account that a write to it affects. Gate, ledger, approval page,
 * audit line and adapter use this one; it is made in this file alone, and adapters accept nothing else.
 */
export type ResolvedTarget<T extends TargetType = TargetType> = T extends TargetType
  ? TargetOf<T> & ResolvedFacts
  : never;

/** Told of each affected account's name: for people who approve, and kept in nothing that was resolved. */
export type TellName = (accountId: string, name: string) => void;
type ResolverOf = (target: ActTarget, options: CallOptions) => Promise<readonly TargetReading[]>;

/**
 * Resolves a target by the containment worker's own read. Errors: UNRESOLVED when it is nothing or more than one thing at the vendor,
 * UNSUPPORTED when the platform has no such things, PROTECTED when it cannot be read for good (what is unknown is protected); what may
 * pass by itself (an outage, a vendor that is busy) is thrown as it is, so that the step is tried again.
 */
export async function resolveTarget<T extends TargetType>(
  port: TenantRef & { readonly resolvers: Resolvers },
  target: TargetOf<T>,
  options: CallOptions & { readonly named?: TellName } = {},
): Promise<ResolvedTarget<T>> {
  const resolver = port.resolvers[target.type] as ResolverOf | undefined;
  if (!resolver) throw new QuellError('UNSUPPORTED', `targets of type ${target.type}`);
  const readings = await readingsOf(() => resolver(target, options), options.signal);
  const [reading, second] = readings;
  if (!reading) throw new QuellError('UNRESOLVED', `${target.type}: nothing`);
  if (second) throw new QuellError('UNRESOLVED', `${target.type}: more than one`);
  for (const { accountId, name } of reading.affects) options.named?.(accountId, name);
  return branded({ platform: port.platform, tenant: port.tenant }, reading) as ResolvedTarget<T>;
}

async function readingsOf(
  read: () => Promise<readonly TargetReading[]>,
  signal: AbortSignal | undefined,
): Promise<readonly TargetReading[]> {
  try {
    return await read();
  } catch (error) {
    if (signal?.aborted || !(error instanceof QuellError) || error.retryable || error.code === 'UNSUPPORTED')
      throw error;
    if (error.code === 'VENDOR_NOT_FOUND') return [];
    throw new QuellError('PROTECTED', `unknown: ${error.code}`, { cause: error });
  }
}

function branded(at: TenantRef, reading: TargetReading): ResolvedTarget {
  const { target, affects, reach, protectedBecause } = reading;
  const facts = {
    at,
    reach,
    protectedBecause,
    affects: affects.map(({ name: _name, ...account }): AffectedAccount => account),
  };
  return { ...target, ...facts } as unknown as ResolvedTarget;
}

/** What is told of a resolved target: in ledger, results, audit log and on the approval page. */
export function summaryOf(resolved: ResolvedTarget): ResolvedSummary {
  const { affects, reach, at: _at, protectedBecause: _because, ...target } = resolved;
  return { target, affects: affects.map((a) => a.accountId).sort(), reach };
}
