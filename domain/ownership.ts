import type { EvidenceEvent, EventKind } from './evidence.js';

/**
 * What only the account itself can do. The other kinds have rows that others wrote: what was sent to the account, done to it by an
 * administrator, or put into its drive by a colleague.
 */
const OWN_ACTS: readonly EventKind[] = [
  'sign_in',
  'sign_in_failed',
  'sign_in_stopped',
  'session',
  'api_activity',
  'message',
  'conversation_read',
  'file_download',
  'file_view',
];

/** A row of another account, which a vendor gave by mistake: it is not of the account that was asked for, nor of it as an app. */
export function isOfAnother({ kind, actor, app, target }: EvidenceEvent, nativeId: string): boolean {
  return OWN_ACTS.includes(kind) && actor !== undefined && ![actor, app?.id, target?.id].includes(nativeId);
}
