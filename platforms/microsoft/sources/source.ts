import type { TenantRef } from '../../../domain/platform.js';
import type { Notices } from '../../notice.js';
import type { EvidenceSource } from '../../ports.js';
import type { MicrosoftClient } from '../client.js';

export interface SourceContext extends TenantRef {
  readonly platform: 'microsoft';
  readonly client: MicrosoftClient;
  /** Whose mails are security notices. */
  readonly notices: Notices;
}

/** Reads of a subject: an app, which has no address, is in other lists than a person. */
export function personOrApp(person: EvidenceSource['read'], app: EvidenceSource['read']): EvidenceSource['read'] {
  return (query, ...rest) => (query.emails.length > 0 ? person : app)(query, ...rest);
}

/** UTC instant of a vendor time, which may lack its `Z` or carry seven digits of fraction; undefined when it is none. */
export function instant(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** An address without the port or brackets that audit records may put around it; undefined for anything else. */
export function address(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  const bare =
    /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text)?.[1] ?? /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.exec(text)?.[1] ?? text;
  return /^[0-9a-f:.]{3,45}$/i.test(bare) && /[.:]/.test(bare) ? bare : undefined;
}
