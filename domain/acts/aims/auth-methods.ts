import type { AimOf } from '../define.js';
import { citedBy, strong, type AimInput } from './input.js';

/** Factors that were registered from a session that is not the subject's own, where the row names the factor. */
export function authMethodAims(input: AimInput): readonly AimOf<'auth_method'>[] {
  const showing = strong(input).filter((f) => f.kind === 'credential_change' && !f.ownSession);
  return citedBy(showing, input.events).flatMap(({ kind, platform, tenant, actor, target }) =>
    kind === 'credential_change' && target?.type === 'auth_method' && actor !== undefined
      ? [
          {
            platform,
            tenant,
            target: { type: 'auth_method', methodId: target.id, accountId: actor } as const,
            why: 'it was registered from a session that is not the subject’s',
          },
        ]
      : [],
  );
}
