import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { emptyWhenMissing, inSteps } from '../../steps.js';
import { METHODS } from '../methods.js';
import { addressOf } from '../people.js';
import { fileEventId } from './drive.js';
import { reachesOutside, type Permission } from '../sharing.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.files';
const text = z.string().nullish();
const permission = z.looseObject({ id: z.string(), type: z.string(), role: text, emailAddress: text, domain: text });
const file = z.looseObject({
  id: z.string(),
  name: text,
  createdTime: z.string(),
  /** 64-bit numbers come as text. */
  size: text,
  sha256Checksum: text,
  permissions: z.array(permission).nullish(),
});
/** Unnamed fields are left out of the answer. */
const FIELDS =
  'nextPageToken,files(id,name,createdTime,size,sha256Checksum,permissions(id,type,role,emailAddress,domain))';
const MIME_FOLDER = 'application/vnd.google-apps.folder';

/**
 * What the person put into Drive in the window, with sizes and hashes that the log does not give, and which of it is open
 * to the outside now (Drive does not say since when). Read as the person: their own files, and no older ones.
 */
export function fileSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'file_transfer',
    depth: 'wide',
    kinds: ['file_upload', 'share'],
    lagSeconds: 300,
    read: inSteps(
      emptyWhenMissing(async (query, pageToken, { signal }) => {
        const email = await addressOf(context.client, query.nativeId, signal);
        const answer = await context.client.call(
          METHODS.files,
          { email },
          (drive, options) =>
            drive.files.list(
              {
                q: `'me' in owners and mimeType != '${MIME_FOLDER}' and createdTime >= '${query.from}' and createdTime <= '${query.to}'`,
                fields: FIELDS,
                pageSize: 200,
                ...(pageToken === undefined ? {} : { pageToken }),
              },
              options,
            ),
          z.looseObject({ files: z.array(file).nullish(), nextPageToken: text }),
          signal,
        );
        const events = (answer.files ?? []).flatMap((row) => eventsOf(context, row, query.nativeId));
        return answer.nextPageToken ? { events, next: answer.nextPageToken } : { events };
      }),
    ),
  };
}

function eventsOf(context: SourceContext, row: z.infer<typeof file>, owner: string): readonly EvidenceEvent[] {
  const outside = (row.permissions ?? []).filter((p) => reachesOutside(context.settings, p));
  const common = compact({
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'file_transfer' as const,
    at: new Date(row.createdTime).toISOString(),
    actor: owner,
    bytes: row.size ? Number(row.size) : undefined,
    sha256: row.sha256Checksum?.toLowerCase(),
  });
  const target = compact({ type: 'file' as const, id: row.id, name: row.name });
  const upload = { ...common, id: fileEventId(row.id), kind: 'file_upload' as const, operation: 'files.list', target };
  return outside.length === 0
    ? [upload]
    : [
        upload,
        compact({
          ...common,
          id: `google:${SOURCE}:${row.id}:open`,
          kind: 'share' as const,
          operation: 'open to the outside',
          labels: [LABELS.state],
          target: { ...target, type: 'link' as const },
          externalRecipients: recipientsOf(outside),
          reasons: outside.some((p) => p.type === 'anyone') ? ['anonymous_link'] : undefined,
        }),
      ];
}

function recipientsOf(outside: readonly Permission[]): readonly string[] | undefined {
  const named = outside.flatMap((p) => p.emailAddress ?? p.domain ?? []);
  return named.length === 0 ? undefined : named;
}
