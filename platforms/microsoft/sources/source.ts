import type { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { TenantRef } from '../../../domain/platform.js';
import type { Notices } from '../../notice.js';
import type { EvidenceSource, SourcePage } from '../../ports.js';
import { mapRows, type Notes } from '../../kit/rows.js';
import type { MicrosoftClient, RawPage } from '../client.js';

export interface SourceContext extends TenantRef {
  readonly platform: 'microsoft';
  readonly client: MicrosoftClient;
  /** Whose mails are security notices. */
  readonly notices: Notices;
  /** Directory (tenant) id, where people of other organisations are told apart by theirs. */
  readonly tenantId?: string;
}

/** Reads of a subject: an app, which has no address, is in other lists than a person. */
export function personOrApp(person: EvidenceSource['read'], app: EvidenceSource['read']): EvidenceSource['read'] {
  return (query, ...rest) => (query.emails.length > 0 ? person : app)(query, ...rest);
}

/** A page of a list as a page of a source: each row by itself, with what of it could not be read. */
export function sourcePage<Row>(
  { rows, next, gap }: RawPage,
  shape: z.ZodType<Row>,
  map: (row: Row, notes: Notes) => readonly EvidenceEvent[],
): SourcePage {
  const { values, odd } = mapRows(rows, shape, map);
  return {
    events: values,
    ...(odd.length === 0 ? {} : { odd }),
    ...(next === undefined ? {} : { next }),
    ...(gap === undefined ? {} : { gap }),
  };
}
