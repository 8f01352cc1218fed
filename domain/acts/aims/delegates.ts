import type { AimOf } from '../define.js';
import { citedBy, strong, type AimInput } from './input.js';

/** Delegates, senders and forwarding that were added in the window by somebody else than the subject, or that hide security mails. */
export function delegateAims(input: AimInput): readonly AimOf<'delegate'>[] {
  const showing = strong(input).filter((f) => f.kind === 'hidden_notice' || f.kind === 'credential_change');
  return citedBy(showing, input.events).flatMap(({ platform, tenant, actor, target }) =>
    target?.type === 'delegate' && actor !== undefined
      ? [
          {
            platform,
            tenant,
            target: { type: 'delegate', delegateId: target.id, accountId: actor } as const,
            why: 'it was added to the mailbox in the window',
          },
        ]
      : [],
  );
}
