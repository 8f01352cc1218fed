import { QuellError } from '../../domain/errors.js';
import type { ProtectedBecause } from '../../domain/subject.js';
import type { AffectedAccount, ResolvedTarget } from '../../platforms/resolve.js';
import { assertBlockable } from './addresses.js';
import type { KnownPeople } from './people.js';

/** Facts that no approval overrides. */
const NEVER: readonly ProtectedBecause[] = ['break_glass', 'last_admin', 'own_app', 'unknown'];

export interface Standing {
  /** Only the VIP rule covers it, and no step without a person does. */
  readonly careful: boolean;
  /** Why, in the catalogue's words. */
  readonly because: readonly (ProtectedBecause | 'vip')[];
}

/**
 * How protected a write is: by the thing itself and by every account that it affects, whatever the target's type. Canonical ids are
 * compared with canonical ids. Throws PROTECTED for what no approval overrides.
 */
export function standingOf(resolved: ResolvedTarget, people: KnownPeople, neverBlock: readonly string[]): Standing {
  if (resolved.type === 'address') assertBlockable(resolved.address, neverBlock);
  const because = [...resolved.protectedBecause, ...resolved.affects.flatMap((a) => protectionOf(a, people))];
  const hard = because.find((b) => (NEVER as readonly string[]).includes(b));
  if (hard !== undefined) throw new QuellError('PROTECTED', hard);
  return { careful: because.length > 0, because };
}

function protectionOf(account: AffectedAccount, people: KnownPeople): readonly (ProtectedBecause | 'vip')[] {
  const { accountId, protectedBecause } = account;
  return [
    ...(people.breakGlass.has(accountId) ? (['break_glass'] as const) : []),
    ...protectedBecause,
    ...(people.vips.has(accountId) ? (['vip'] as const) : []),
    ...(people.deciders.some((d) => d.accounts?.includes(accountId)) ? (['approver'] as const) : []),
  ];
}
