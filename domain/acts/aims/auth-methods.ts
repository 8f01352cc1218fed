import type { AimOf } from '../define.js';
import { accountAt, citedBy, strong, type AimInput } from './input.js';

const WHY = 'it was registered from a session that is not the subject’s';

/**
 * Factors that were registered from a session that is not the subject's own. Where the log does not name the factor a person finds it: a
 * guess could take the person's own way in.
 */
export function authMethodAims(input: AimInput): readonly AimOf<'auth_method'>[] {
  const showing = strong(input).filter((f) => f.kind === 'credential_change' && !f.ownSession);
  return citedBy(showing, input.events).flatMap((e): readonly AimOf<'auth_method'>[] => {
    const accountId = accountAt(input, e);
    if (e.kind !== 'credential_change' || e.target?.type !== 'auth_method' || accountId === undefined) return [];
    const { platform, tenant, target } = e;
    return [{ platform, tenant, target: { type: 'auth_method', methodId: target.id, accountId }, why: WHY }];
  });
}
