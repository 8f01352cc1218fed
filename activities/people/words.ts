import { createHash } from 'node:crypto';
import type { OutgoingMessage } from '../../platforms/ports.js';
import type { PeopleDeps } from './deps.js';

export const TITLE = 'Security: was this you?';
export const NO_PASSWORD = 'We will never ask you for a password or a code.';

/** What a person may answer, as buttons and as choices of a form. */
export const ANSWERS = [
  { id: 'me', label: 'Yes, that was me' },
  { id: 'not_me', label: 'No, that was not me' },
  { id: 'unsure', label: 'I am not sure' },
] as const;

/** Look-before-send key: the same parts give the same key. */
export function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Where a case is looked at; opening the address decides nothing. */
export function caseLink(deps: PeopleDeps, caseId: string, label: string): NonNullable<OutgoingMessage['link']> {
  return { label, url: `${deps.consoleUrl.replace(/\/$/, '')}/cases/${encodeURIComponent(caseId)}` };
}

export function utc(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}
