import { placeOf } from '../../address.js';
import type { EvidenceEvent } from '../../evidence.js';
import { foreignRows } from '../../foreign.js';
import type { AimOf } from '../define.js';
import { accountAt, strong, tenantOf, type AimInput } from './input.js';

/**
 * Ways into the mailbox of a compromised account: who the log shows as let in from a session that is not the subject's own, and who is there
 * now from outside the organisation. A colleague who reads the mailbox is often an assistant: without a row of the log nobody is aimed at.
 */
export function delegateAims(input: AimInput): readonly AimOf<'delegate'>[] {
  const foreign = foreignRows(strong(input), input.events);
  const tenants = new Set(foreign.map(tenantOf));
  const marksOf = ({ sessionId, ip }: EvidenceEvent): readonly string[] => [
    ...(sessionId === undefined ? [] : [sessionId]),
    ...(ip === undefined ? [] : [placeOf(ip)]),
  ];
  const marks = new Set(foreign.flatMap(marksOf));
  const isForeign = (e: EvidenceEvent): boolean => marksOf(e).some((mark) => marks.has(mark));
  return input.events.flatMap((e): readonly AimOf<'delegate'>[] => {
    const accountId = accountAt(input, e);
    if (e.kind !== 'mail_access' || accountId === undefined || !tenants.has(tenantOf(e))) return [];
    const now = e.target?.type === 'delegate' && e.labels?.includes('outside') === true;
    if (!now && !isForeign(e)) return [];
    // Where the log names nobody by id, the row does: who is let in is in the evidence, and not in the plan.
    const delegateId = e.target?.type === 'delegate' ? e.target.id : e.id;
    const why = now
      ? 'somebody outside has a way into the mailbox'
      : 'it was set up from a session that is not the subject’s';
    return [{ platform: e.platform, tenant: e.tenant, target: { type: 'delegate', delegateId, accountId }, why }];
  });
}
