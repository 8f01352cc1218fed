import type { Instant } from './platform.js';
import type { BudgetLimits } from './policy.js';

const HOUR_MS = 3_600_000;

/** An account that a step takes out of use for a while, by the vendor's id. */
export interface LeasedAccount {
  readonly accountId: string;
  readonly department?: string;
}

/** What one step may take of the blast radius. Its size is what the containment worker resolved, never what somebody says. */
export interface LeaseRequest {
  /** Plan digest and step: the same step leases once. */
  readonly owner: string;
  readonly accounts: readonly LeasedAccount[];
  readonly at: Instant;
  /** When it no longer counts as held. */
  readonly endsAt: Instant;
}
/** A lease that was given; `releasedAt` ends it early. */
export interface Lease extends LeaseRequest {
  readonly releasedAt?: Instant;
}

/** Leases that can still count: held, or given within the hour. The rest may be forgotten. */
export function livingLeases(leases: Iterable<Lease>, now: Instant): readonly Lease[] {
  return [...leases].filter((l) => isHeld(l, now) || inThisHour(l, now));
}

/** Which bound a lease would pass, in words; undefined when it may be given. An account counts once, however many steps are on it. */
export function refuseLease(
  leases: Iterable<Lease>,
  request: LeaseRequest,
  limits: BudgetLimits,
  now: Instant,
): string | undefined {
  const living = livingLeases(leases, now);
  if (living.some((l) => l.owner === request.owner && l.releasedAt === undefined)) return undefined;
  const recent = living.filter((l) => inThisHour(l, now));
  if (recent.length + 1 > limits.actionsPerHour)
    return bound(recent.length + 1, limits.actionsPerHour, 'steps in an hour');

  const hourly = accountsOf([...recent, request]);
  if (grows(hourly, recent) && hourly.size > limits.accountsPerHour)
    return bound(hourly.size, limits.accountsPerHour, 'accounts in an hour');
  const held = accountsOf([...living.filter((l) => isHeld(l, now)), request]);
  if (
    grows(
      held,
      living.filter((l) => isHeld(l, now)),
    ) &&
    held.size > limits.accountsHeld
  )
    return bound(held.size, limits.accountsHeld, 'accounts under containment at once');
  for (const department of new Set(request.accounts.flatMap((a) => a.department ?? []))) {
    const inIt = (ls: readonly LeaseRequest[]): ReadonlySet<string> => accountsOf(ls, department);
    const many = inIt([...recent, request]);
    if (many.size > inIt(recent).size && many.size > limits.accountsPerDepartmentPerHour)
      return bound(many.size, limits.accountsPerDepartmentPerHour, 'accounts of one department in an hour');
  }
  return undefined;
}

/** A lease from the future counts too: a clock that was set back gives no budget. */
const inThisHour = ({ at }: Lease, now: Instant): boolean => Date.parse(at) > Date.parse(now) - HOUR_MS;

const isHeld = ({ endsAt, releasedAt }: Lease, now: Instant): boolean =>
  releasedAt === undefined && Date.parse(endsAt) > Date.parse(now);

function accountsOf(leases: readonly LeaseRequest[], department?: string): ReadonlySet<string> {
  const accounts = leases.flatMap((l) => l.accounts);
  const counted = department === undefined ? accounts : accounts.filter((a) => a.department === department);
  return new Set(counted.map((a) => a.accountId));
}

const grows = (after: ReadonlySet<string>, before: readonly LeaseRequest[]): boolean =>
  after.size > accountsOf(before).size;

const bound = (would: number, limit: number, what: string): string => `${would} of ${limit} ${what}`;
