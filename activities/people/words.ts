import { createHash } from 'node:crypto';
import type { OutgoingMessage } from '../../platforms/ports.js';
import type { PeopleDeps } from './deps.js';

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
