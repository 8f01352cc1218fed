import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { mapRows, needed, someList, someNumber, someText, type Mapped } from '../../kit/rows.js';
import { emptyWhenMissing, inSteps } from '../../kit/steps.js';
import { METHODS } from '../methods.js';
import { addressOf } from '../people.js';
import { fileEventId } from './drive.js';
import { reachesOutside, type Permission } from '../sharing.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.files';
export const fileShape = z.looseObject({
  id: z.string().min(1),
  name: someText,
  createdTime: z.union([z.string(), z.number()]),
  size: someNumber,
  sha256Checksum: someText,
  permissions: someList(z.looseObject({ type: z.string(), role: someText, emailAddress: someText, domain: someText })),
});
export const filesPage = z.looseObject({ files: someList(z.unknown()), nextPageToken: someText });
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
        const { files, nextPageToken } = await context.client.call(
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
          filesPage,
          signal,
        );
        const { values, odd } = filesIn(context, query.nativeId, files);
        return { events: values, odd, ...(nextPageToken === undefined ? {} : { next: nextPageToken }) };
      }),
    ),
  };
}

export function filesIn(
  context: Omit<SourceContext, 'client'>,
  owner: string,
  files: readonly unknown[],
): Mapped<EvidenceEvent> {
  return mapRows(files, fileShape, (row): readonly EvidenceEvent[] => {
    const outside = row.permissions.filter((p) => reachesOutside(context.settings, p));
    const hash = row.sha256Checksum?.toLowerCase();
    const common = compact({
      platform: context.platform,
      tenant: context.tenant,
      source: SOURCE,
      logSource: 'file_transfer' as const,
      at: needed(instantOf(row.createdTime), 'createdTime'),
      actor: owner,
      bytes: row.size !== undefined && row.size >= 0 ? row.size : undefined,
      sha256: hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined,
    });
    const target = compact({ type: 'file' as const, id: row.id, name: row.name });
    const upload = {
      ...common,
      id: fileEventId(row.id),
      kind: 'file_upload' as const,
      operation: 'files.list',
      target,
    };
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
  });
}

function recipientsOf(outside: readonly Permission[]): readonly string[] | undefined {
  const named = outside.flatMap((p) => p.emailAddress ?? p.domain ?? []);
  return named.length === 0 ? undefined : named;
}
